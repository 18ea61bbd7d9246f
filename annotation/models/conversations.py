"""What people say about the work itself: comments on a task, flags that were looked at, appeals of a rejection."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from annotation.models.assignments import Submission, Task
from core.flow import Flow


class Comment(models.Model):
    """What somebody said about a task; appended. Who may read it says annotation/comments.py."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"comment {self.pk}"

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.task.campaign.dataset_id}"


class Resolution(models.Model):
    """Somebody has looked at what an answer flagged, and what came of it; appended."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="resolution")
    note = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"resolution {self.pk}"

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.submission.assignment.campaign.dataset_id}"


class Appeal(models.Model):
    """A person's text was sent back or rejected, and they ask for a second expert: once for each text."""

    class Status(models.TextChoices):
        OPEN = "open", "waiting for a second expert"
        UPHELD = "upheld", "the first decision stands"
        OVERTURNED = "overturned", "your text was right"

    flow = Flow(uphold=((Status.OPEN,), Status.UPHELD), overturn=((Status.OPEN,), Status.OVERTURNED))

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="appeal")
    judgement = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+", help_text="the first expert's answer")
    # What the text is shown beside, fixed when the appeal is made; None when there was no other.
    other = models.JSONField(null=True)
    reason = models.TextField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    note = models.TextField(blank=True, help_text="the second expert's, for the person")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"appeal {self.pk}"

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.submission.assignment.campaign.dataset_id}"
