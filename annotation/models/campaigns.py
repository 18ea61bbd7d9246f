"""Campaigns: who is asked what about which units, and what becomes of the answers."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from annotation.models.datasets import Dataset
from core.flow import Flow


class Campaign(models.Model):
    """One question asked of many units, in stages: people annotate, then experts verify as the verification rule says."""

    class Status(models.TextChoices):
        DRAFT = "draft", "being prepared"
        LIVE = "live", "live"
        PAUSED = "paused", "paused"
        CLOSED = "closed", "closed"

    class Verification(models.TextChoices):
        ALL = "all", "every task"
        DISPUTED = "disputed", "disputed tasks and a random share"
        SHARE = "share", "a random share"
        NONE = "none", "none"

    class Order(models.TextChoices):
        OLDEST = "oldest", "oldest first"
        PRIORITY = "priority", "by the priority of the import"
        UNCERTAINTY = "uncertainty", "least certain first"
        SIMILAR = "similar", "similar texts together"

    flow = Flow(
        open=((Status.DRAFT, Status.PAUSED), Status.LIVE),
        pause=((Status.LIVE,), Status.PAUSED),
        close=((Status.LIVE, Status.PAUSED), Status.CLOSED),
    )

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="campaigns", db_index=False)
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    task_type = models.JSONField(help_text="spec of the task type people annotate with")
    verify_type = models.JSONField(default=dict, help_text="spec of the task type experts verify with")
    adjudicate_type = models.JSONField(default=dict, help_text="spec of the task type experts adjudicate with; empty: the plain one")
    aggregator = models.JSONField(help_text="spec of the aggregator")
    languages = models.JSONField(default=list, help_text="BCP 47 tags; empty means all of the dataset")
    # The shapes of these and of the rules below are in annotation/plans.py: which units get a task, whom it is for, and what
    # comes of the answers.
    admission = models.JSONField(default=dict)
    audience = models.JSONField(default=dict)
    effects = models.JSONField(default=list)
    overlap = models.PositiveSmallIntegerField(default=1, help_text="answers wanted per task")
    max_overlap = models.PositiveSmallIntegerField(default=0, help_text="answers wanted at most, while people disagree")
    gold_rate = models.FloatField(default=0, help_text="share of a person's work that is gold")
    qualification = models.JSONField(default=dict, help_text="training and test before real work; empty: none")
    quality_rule = models.JSONField(default=dict, help_text="accuracy on gold below which a person is paused; empty: never")
    credit = models.JSONField(default=dict, help_text="what an answer is worth; empty: nothing is counted")
    batch_size = models.PositiveSmallIntegerField(default=0, help_text="tasks a person takes at once; 0: one by one")
    batch_days = models.PositiveSmallIntegerField(default=7, help_text="days until a batch is due")
    order = models.CharField(max_length=12, choices=Order, default=Order.OLDEST)
    verification = models.CharField(max_length=10, choices=Verification, default=Verification.ALL)
    verification_share = models.FloatField(default=0.05, help_text="random share verified in any case")
    max_rounds = models.PositiveSmallIntegerField(default=3, help_text="how often a task may be sent back")
    lease_minutes = models.PositiveIntegerField(default=30)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "slug"], name="one_campaign_per_slug")]

    def __str__(self) -> str:
        return self.name

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.dataset_id}"


class Guideline(models.Model):
    """One version of what people are told, in Markdown and by example; appended, so that a submission can name the one it followed."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="guidelines", db_index=False)
    version = models.PositiveIntegerField()
    text = models.TextField()
    # Each as `annotation.plans.Example`, without what it does not say.
    examples = models.JSONField(default=list, help_text="worked examples: source, draft, answer, why, language")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["campaign", "version"], name="one_text_per_version")]

    def examples_in(self, language: str) -> list[dict[str, str]]:
        """The worked examples for people of one language: those in it, and those in none."""
        return [one for one in self.examples if one.get("language") in (None, language)]
