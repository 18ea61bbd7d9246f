"""Tasks, the leases on them, and the answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from annotation.models.campaigns import Campaign, Guideline
from annotation.models.units import Unit
from core.flow import Flow


class Stage(models.TextChoices):
    ANNOTATE = "annotate", "annotate"
    VERIFY = "verify", "verify"
    ADJUDICATE = "adjudicate", "adjudicate"


class Task(models.Model):
    """One unit in one campaign and round. ``open`` is the number of free slots of the present stage; the row's lock guards it."""

    class Purpose(models.TextChoices):
        """What an answer to it is for. Nothing that a person sees before they have answered tells gold from work."""

        WORK = "work", "work"
        GOLD = "gold", "gold"
        TRAINING = "training", "training"
        TEST = "test", "test"

    class Status(models.TextChoices):
        OPEN = "open", "open"
        DONE = "done", "done"
        REDO = "redo", "sent back"
        REJECTED = "rejected", "rejected"
        WITHDRAWN = "withdrawn", "withdrawn"

    flow = Flow(
        advance=((Status.OPEN,), Status.OPEN),
        widen=((Status.OPEN,), Status.OPEN),
        finish=((Status.OPEN,), Status.DONE),
        send_back=((Status.OPEN,), Status.REDO),
        reject=((Status.OPEN,), Status.REJECTED),
        withdraw=((Status.OPEN,), Status.WITHDRAWN),
    )

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="tasks")
    # The unit's language again, so that the queue's statement reads one index.
    language = models.CharField(max_length=35)
    round = models.PositiveSmallIntegerField(default=1)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.ANNOTATE)
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.WORK)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    needed = models.PositiveSmallIntegerField(default=1, help_text="answers wanted at the present stage")
    open = models.SmallIntegerField(default=1, help_text="free slots at the present stage")
    priority = models.IntegerField(default=0)
    reason = models.TextField(blank=True, help_text="why the round before was sent back")
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "unit", "round", "purpose"], name="one_task_per_round"),
            models.CheckConstraint(condition=Q(open__gte=0), name="slots_never_below_zero"),
        ]
        indexes = [
            models.Index(
                fields=["campaign", "purpose", "language", "stage", "-priority", "id"],
                name="task_queue",
                condition=Q(status="open", open__gt=0),
            ),
            models.Index(fields=["unit"], name="task_unit"),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.campaign.dataset_id}"


class Assignment(models.Model):
    """A task leased to one person at a stage, until a moment of the database's clock; reserved while it waits in their batch."""

    class Status(models.TextChoices):
        ACTIVE = "active", "active"
        RESERVED = "reserved", "reserved"
        SUBMITTED = "submitted", "submitted"
        SKIPPED = "skipped", "skipped"
        EXPIRED = "expired", "expired"
        RELEASED = "released", "released"

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    # The task's campaign again, so that "one active assignment per person and campaign" is an index.
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    stage = models.CharField(max_length=10, choices=Stage)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    lease_until = models.DateTimeField()
    started = models.DateTimeField(db_default=Now())
    draft = models.JSONField(null=True, blank=True, help_text="the person's unsent answer")
    reason = models.TextField(blank=True, help_text="why it was skipped")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "person"], name="one_assignment_per_person"),
            models.UniqueConstraint(
                fields=["campaign", "person"], condition=Q(status="active"), name="one_active_assignment_per_person"
            ),
        ]
        indexes = [
            # That it is not null, which it never is, keeps PostgreSQL from looking here for what a person holds.
            models.Index(
                fields=["lease_until"],
                name="assignment_lease",
                condition=Q(status__in=["active", "reserved"], lease_until__isnull=False),
            ),
            models.Index(fields=["campaign", "person"], name="assignment_held", condition=Q(status__in=["active", "reserved"])),
            models.Index(fields=["campaign", "person", "id"], name="assignment_history"),
        ]

    def __str__(self) -> str:
        return f"assignment {self.pk}"

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.campaign.dataset_id}"


class Submission(models.Model):
    """The answer to an assignment, exactly as given; appended, never changed. One that its author replaced is a `FormerAnswer`."""

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="submission")
    payload = models.JSONField(help_text="what the task type's Payload takes")
    guideline = models.ForeignKey(Guideline, null=True, on_delete=models.PROTECT, related_name="+")
    seconds = models.FloatField(help_text="from claim to submit by the database's clock")
    flagged = models.TextField(blank=True, help_text="what the person wanted looked at")
    pastes = models.PositiveSmallIntegerField(default=0, help_text="how often something was pasted, as the browser counted")
    idempotency_key = models.CharField(max_length=80)
    body_hash = models.CharField(max_length=64)
    created = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"submission {self.pk}"


class FormerAnswer(models.Model):
    """An answer as it was before its author replaced it, while the task was not settled; appended, never changed."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="former_answers")
    payload = models.JSONField()
    flagged = models.TextField(blank=True)
    pastes = models.PositiveSmallIntegerField(default=0)
    idempotency_key = models.CharField(max_length=80)
    body_hash = models.CharField(max_length=64)
    replaced = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"former answer {self.pk}"
