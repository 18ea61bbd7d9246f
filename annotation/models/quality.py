"""What is known of a person's quality: gold and its grades, holds, qualifications, and what a manager made of a signal."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from annotation.models.assignments import Submission, Task
from annotation.models.campaigns import Campaign
from annotation.models.datasets import Dataset
from annotation.models.units import Translation
from core.flow import Flow


class Quality(models.Model):
    """What these nouns share: their Events have a scope of their own, because a dataset's history is for more eyes than these."""

    class Meta:
        abstract = True

    @property
    def event_scope(self) -> str:
        return f"quality:{self.dataset_id if hasattr(self, 'dataset_id') else self.campaign.dataset_id}"


class Gold(Quality):
    """A task whose right answers are known. To the person it is a task like any other."""

    class Status(models.TextChoices):
        ACTIVE = "active", "active"
        RETIRED = "retired", "retired"

    flow = Flow(retire=((Status.ACTIVE,), Status.RETIRED))

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="gold")
    accepted = models.JSONField(help_text="the right answers, each as the task type's Payload; one of them is enough")
    explanation = models.TextField(blank=True, help_text="why; shown after an answer in training, and nowhere else")
    # What people see as the draft: a verified text would be the answer itself.
    shown = models.ForeignKey(Translation, null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"gold {self.pk}"

    @property
    def campaign(self) -> Campaign:
        return self.task.campaign


class Grade(models.Model):
    """How right one answer to a gold task was; appended in the transaction that stored the answer, never changed."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="grade")
    gold = models.ForeignKey(Gold, on_delete=models.PROTECT, related_name="grades")
    # The submission's person, language and purpose again, so that an accuracy is a count over one index.
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="grades", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grades")
    language = models.CharField(max_length=35)
    purpose = models.CharField(max_length=8, choices=Task.Purpose)
    score = models.FloatField(help_text="0 to 1")
    right = models.BooleanField(help_text="whether the score reaches what the task type asks for")
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["campaign", "person", "language", "purpose", "created"], name="grade_walk")]


class Hold(Quality):
    """A person is given no more work of a campaign in a language, until a manager lifts it."""

    class Status(models.TextChoices):
        ACTIVE = "active", "active"
        LIFTED = "lifted", "lifted"

    flow = Flow(lift=((Status.ACTIVE,), Status.LIFTED))

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="holds")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="holds")
    language = models.CharField(max_length=35)
    reason = models.TextField()
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    created = models.DateTimeField(db_default=Now(), editable=False)
    lifted = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "person", "language"], condition=Q(status="active"), name="one_active_hold"
            )
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"


class Qualification(Quality):
    """How far a person is, in one language of a dataset, towards being given tasks of one type."""

    class Status(models.TextChoices):
        TRAINING = "training", "in training"
        TESTING = "testing", "in the test"
        PASSED = "passed", "passed"
        FAILED = "failed", "failed"

    flow = Flow(
        examine=((Status.TRAINING,), Status.TESTING),
        retry=((Status.TESTING,), Status.TESTING),
        # An end that is over, or a manager who gives somebody another chance.
        renew=((Status.PASSED, Status.FAILED), Status.TESTING),
        # `pass` is a word of Python.
        qualify=((Status.TESTING,), Status.PASSED),
        fail=((Status.TESTING,), Status.FAILED),
    )

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="qualifications", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="qualifications")
    language = models.CharField(max_length=35)
    task_type = models.CharField(max_length=40)
    status = models.CharField(max_length=8, choices=Status)
    tries = models.PositiveSmallIntegerField(default=0, help_text="tests finished since training or the last renewal")
    score = models.FloatField(null=True, help_text="of the last finished test, 0 to 1")
    # A moment before any answer to it, of the clock that stamps the grades.
    since = models.DateTimeField(db_default=Now(), help_text="when the present training or test began")
    expires = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "person", "language", "task_type"], name="one_qualification")
        ]

    def __str__(self) -> str:
        return f"qualification {self.pk}"


class Review(Quality):
    """What a manager made of a signal about a person. The person reads it, and may appeal to another manager."""

    class Action(models.TextChoices):
        DISMISSED = "dismissed", "dismissed"
        WARNED = "warned", "warned"
        SUSPENDED = "suspended", "suspended"

    class Status(models.TextChoices):
        STANDING = "standing", "standing"
        APPEALED = "appealed", "appealed"
        UPHELD = "upheld", "upheld"
        OVERTURNED = "overturned", "overturned"

    flow = Flow(
        appeal=((Status.STANDING,), Status.APPEALED),
        uphold=((Status.APPEALED,), Status.UPHELD),
        overturn=((Status.APPEALED,), Status.OVERTURNED),
    )

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="reviews")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    signal = models.CharField(max_length=20)
    evidence = models.JSONField(help_text="the signal's numbers as the manager saw them")
    action = models.CharField(max_length=10, choices=Action)
    note = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.STANDING)
    appeal = models.TextField(blank=True, help_text="what the person says to it")
    answer = models.TextField(blank=True, help_text="what the other manager says to that")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"review {self.pk}"
