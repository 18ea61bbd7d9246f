"""Runs: any piece of machine work, as rows that any worker can pick up."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from annotation.models import Dataset
from core.flow import Flow


class Run(models.Model):
    """One piece of machine work: an import, a drafting, a release build, an evaluation. ``job`` is its plugin's spec."""

    class Status(models.TextChoices):
        RUNNING = "running", "running"
        DONE = "done", "done"
        STOPPED = "stopped", "stopped"
        CANCELLED = "cancelled", "cancelled"

    flow = Flow(
        finish=((Status.RUNNING,), Status.DONE),
        stop=((Status.RUNNING,), Status.STOPPED),
        cancel=((Status.RUNNING, Status.STOPPED), Status.CANCELLED),
        resume=((Status.STOPPED, Status.DONE, Status.CANCELLED), Status.RUNNING),
    )

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="runs")
    job = models.JSONField()
    status = models.CharField(max_length=10, choices=Status, default=Status.RUNNING)
    message = models.TextField(blank=True, help_text="why it stopped")
    # What the job wants shown beside the counts of its items: rows read, bytes done of bytes in all, …
    progress = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(db_default=Now(), editable=False)
    finished = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["status", "id"], name="run_status")]

    def __str__(self) -> str:
        return f"{self.job.get('name', 'run')} run {self.pk}"

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.dataset_id}"


class RunItem(models.Model):
    """One part of a run. Leased until a moment of the database's clock; ``token`` fences off a worker that comes back late."""

    class Status(models.TextChoices):
        WAITING = "waiting", "waiting"
        LEASED = "leased", "in work"
        DONE = "done", "done"
        DEAD = "dead", "given up"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="items", db_index=False)
    # Items of a later stage wait until every item of the earlier ones is done or dead.
    stage = models.PositiveSmallIntegerField(default=0)
    payload = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True, help_text="when a failed item may be tried again")
    waits_for = models.ForeignKey(
        "pipelines.Batch", null=True, on_delete=models.SET_NULL, related_name="waiting", db_index=False, help_text="not free until it ends"
    )
    result = models.JSONField(default=dict)
    error_class = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["run", "stage", "id"], name="runitem_free", condition=Q(status__in=["waiting", "leased"])
            ),
            models.Index(fields=["run", "status"], name="runitem_count"),
            models.Index(fields=["waits_for"], name="runitem_waits", condition=Q(waits_for__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"item {self.pk} of run {self.run_id}"


class Rejection(models.Model):
    """One row an import did not take: where, which field, why. Accepted and rejected together are all rows read."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="rejections", db_index=False)
    line = models.PositiveIntegerField(help_text="line of the file, from 1")
    field = models.CharField(max_length=80, blank=True)
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["run", "line"], name="rejection_order")]


class Pulse(models.Model):
    """When a part last showed life, by the database's clock."""

    part = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField(db_default=Now())
