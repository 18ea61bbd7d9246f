"""Generations: every call to a model, as cache, provenance and bill in one table."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

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

    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="generations")
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
        indexes = [models.Index(fields=["run", "outcome"], name="generation_bill")]

    def __str__(self) -> str:
        return f"{self.outcome} call {self.pk} to {self.provider}"
