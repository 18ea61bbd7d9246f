"""Generations: every call to a model, as cache, provenance and bill in one table."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from annotation.models import Dataset
from pipelines.models.runs import Run


class Generation(models.Model):
    """One attempt to have a model answer one request. Reserved before the call, settled once after it, never changed again."""

    class Outcome(models.TextChoices):
        PENDING = "pending", "asked, not answered yet"
        OK = "ok", "answered"
        TRANSIENT = "transient", "passing fault"
        QUOTA = "quota", "quota used up"
        AUTH = "auth", "key refused"
        BAD_REQUEST = "bad_request", "request refused"
        REFUSAL = "refusal", "model refused"
        TRUNCATED = "truncated", "answer cut off"
        FILTERED = "filtered", "filtered"
        SCHEMA = "schema", "answer in the wrong form"
        UNKNOWN = "unknown", "the worker died while it waited; perhaps billed"

    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="generations", db_index=False)
    batch = models.ForeignKey(
        "pipelines.Batch", null=True, on_delete=models.DO_NOTHING, related_name="generations", db_index=False, db_constraint=False,
        help_text="it was asked in; stays when that is gone",
    )
    request_hash = models.CharField(max_length=64)
    provider = models.CharField(max_length=40)
    endpoint = models.CharField(max_length=200, blank=True)
    model = models.CharField(max_length=120, blank=True)
    prompt = models.CharField(max_length=120, help_text="signature of the prompt")
    request = models.JSONField()
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.PENDING)
    answer = models.JSONField(null=True)
    error = models.TextField(blank=True)
    provider_request_id = models.CharField(max_length=120, blank=True)
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    cached_tokens = models.PositiveIntegerField(default=0, help_text="of the prompt's")
    reasoning_tokens = models.PositiveIntegerField(default=0, help_text="of the completion's")
    estimated = models.BooleanField(default=False, help_text="billed, or perhaps, and the endpoint told no tokens")
    price = models.JSONField(null=True, help_text="US dollars for a million tokens, as the price list said that day")
    reserved = models.DecimalField(max_digits=14, decimal_places=8, default=0, help_text="the most it can cost")
    cost = models.DecimalField(max_digits=14, decimal_places=8, default=0, help_text="US dollars")
    asked = models.DateTimeField(db_default=Now(), editable=False)
    seconds = models.FloatField(null=True)

    class Meta:
        constraints = [
            # The same request is asked once: by one worker at a time, and never again after an answer.
            models.UniqueConstraint(
                fields=["request_hash"], condition=Q(outcome__in=["pending", "ok"]), name="one_answer_per_request"
            )
        ]
        indexes = [
            models.Index(fields=["run", "outcome"], name="generation_bill"),
            models.Index(fields=["batch", "request_hash"], name="generation_batch", condition=Q(batch__isnull=False)),
            models.Index(fields=["asked"], name="generation_pending", condition=Q(outcome="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} call {self.pk} to {self.provider}"


class Budget(models.Model):
    """What a dataset, or one run of it, may spend on models. ``spent`` and ``reserved`` are kept with the ledger and can be summed anew from it."""

    dataset = models.OneToOneField(Dataset, null=True, on_delete=models.CASCADE, related_name="budget")
    run = models.OneToOneField(Run, null=True, on_delete=models.CASCADE, related_name="budget")
    soft = models.DecimalField(max_digits=14, decimal_places=8, null=True, help_text="US dollars: from here on it is said")
    hard = models.DecimalField(max_digits=14, decimal_places=8, null=True, help_text="US dollars: no call is made that could pass it")
    spent = models.DecimalField(max_digits=14, decimal_places=8, default=0)
    reserved = models.DecimalField(max_digits=14, decimal_places=8, default=0, help_text="for calls under way, at the most they can cost")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(dataset__isnull=False, run__isnull=True) | Q(dataset__isnull=True, run__isnull=False),
                name="budget_of_one",
            )
        ]

    def __str__(self) -> str:
        return f"budget of {self.dataset or self.run}"

    @property
    def over_soft(self) -> bool:
        """Whether the warning is due."""
        return self.soft is not None and self.spent >= self.soft
