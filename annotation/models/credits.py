"""Credits: what a person's work is worth, as a ledger to which lines are only ever added."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from annotation.models.assignments import Submission
from annotation.models.campaigns import Campaign


class Credit(models.Model):
    """One line of a person's account: what one answer earned, or a manager's correction. A balance is a sum, never a column."""

    class Kind(models.TextChoices):
        SUBMISSION = "submission", "per answer"
        MINUTE = "minute", "per minute"
        WORD = "word", "per word"
        CORRECTION = "correction", "correction"
        BONUS = "bonus", "bonus"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="credits", db_index=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="credits")
    submission = models.OneToOneField(Submission, null=True, on_delete=models.PROTECT, related_name="credit")
    kind = models.CharField(max_length=10, choices=Kind)
    quantity = models.DecimalField(max_digits=12, decimal_places=4, help_text="answers, minutes or words")
    rate = models.DecimalField(max_digits=12, decimal_places=6, help_text="for one of them, when the line was written")
    amount = models.DecimalField(max_digits=14, decimal_places=6)
    unit = models.CharField(max_length=12, help_text="a currency, or points")
    reason = models.TextField(blank=True)
    # Of a correction or bonus, so that a form sent twice is one line.
    key = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001 - of an answer there is none, many times
    created = models.DateTimeField(db_default=Now(), editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(submission__isnull=False) ^ Q(kind__in=["correction", "bonus"]), name="earned_or_corrected"
            ),
            models.CheckConstraint(condition=Q(submission__isnull=False) | ~Q(reason=""), name="corrections_have_a_reason"),
        ]
        indexes = [models.Index(fields=["person", "created"], name="credit_statement")]

    def __str__(self) -> str:
        return f"credit {self.pk}"

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.campaign.dataset_id}"
