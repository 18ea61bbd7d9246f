"""Batches: many requests in one file, answered within a day at a lower price, or by a model server of one's own."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.flow import Flow
from pipelines.models.runs import Run, RunItem


class Batch(models.Model):
    """One file of a run's requests, which are rows of the ledger. Its run item looks after it; units wait for it to end."""

    class Status(models.TextChoices):
        OPEN = "open", "being filled"
        WRITTEN = "written", "ready to be sent"
        UPLOADED = "uploaded", "uploaded"
        RUNNING = "running", "in work at the endpoint"
        READ = "read", "read"
        EXPIRED = "expired", "expired"
        CANCELLED = "cancelled", "cancelled"
        FAILED = "failed", "refused by the endpoint"

    flow = Flow(
        write=((Status.OPEN,), Status.WRITTEN),
        upload=((Status.WRITTEN,), Status.UPLOADED),
        run=((Status.UPLOADED,), Status.RUNNING),
        # One that goes by hand is read where it was written.
        read=((Status.OPEN, Status.WRITTEN, Status.RUNNING), Status.READ),
        expire=((Status.RUNNING,), Status.EXPIRED),
        cancel=((Status.OPEN, Status.WRITTEN, Status.UPLOADED, Status.RUNNING), Status.CANCELLED),
        fail=((Status.RUNNING,), Status.FAILED),
    )

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="batches")
    item = models.OneToOneField(RunItem, on_delete=models.CASCADE, related_name="batch", help_text="what looks after it")
    provider = models.JSONField(help_text="spec of the provider that is asked")
    by_hand = models.BooleanField(default=False, help_text="written to a file and read from one, and sent nowhere")
    name = models.CharField(max_length=40, unique=True, help_text="by which the endpoint's is found again when its creation was not answered")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    file_id = models.CharField(max_length=200, blank=True, help_text="of its file at the endpoint")
    remote_id = models.CharField(max_length=200, blank=True, help_text="of the batch at the endpoint")
    requests = models.PositiveIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0, help_text="by the endpoint's last word")
    counts = models.JSONField(default=dict, help_text="what its results held: answered, failed, missing, duplicated, unknown")
    error = models.TextField(blank=True)
    created = models.DateTimeField(db_default=Now(), editable=False)
    sent = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True, help_text="when it ends at the latest")
    ended = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "batches"
        indexes = [models.Index(fields=["run", "id"], name="batch_unfinished", condition=Q(ended=None))]

    def __str__(self) -> str:
        return f"batch {self.pk}"

    @property
    def event_scope(self) -> str:
        return self.run.event_scope
