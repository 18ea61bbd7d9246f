"""Selections: which items of a dataset were chosen by a rule, and of every other why not."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from annotation.models.datasets import Dataset
from annotation.models.items import Item


class Selection(models.Model):
    """One look at a dataset's items by one rule, appended with what it said of each: a campaign or a release names it."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="selections", db_index=False)
    slug = models.SlugField(max_length=60)
    selector = models.JSONField(help_text="spec of the selector, its seed in it")
    signature = models.CharField(max_length=300)
    kinds = models.JSONField(help_text="the kinds of item it looked at")
    among = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", help_text="looked only at what this one kept")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "slug"], name="one_selection_per_slug")]

    def __str__(self) -> str:
        return self.slug

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.dataset_id}"


class Selected(models.Model):
    """What a selection said of one item: kept or not, in which bucket and split, and why it was rejected."""

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="rows", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    kept = models.BooleanField()
    bucket = models.CharField(max_length=60, blank=True)
    split = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was rejected")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["selection", "item"], name="one_verdict_per_item"),
            models.CheckConstraint(condition=models.Q(kept=True) | ~models.Q(reason=""), name="a_reject_has_its_reason"),
        ]
