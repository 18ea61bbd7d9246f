"""The glossary: agreed renderings of a dataset's words in its languages."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from annotation.models.datasets import Dataset


class Term(models.Model):
    """One word or phrase of the source language and how it is said in another. Of a locked one no other rendering is right."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="terms", db_index=False)
    language = models.CharField(max_length=35, help_text="BCP 47 tag of the target")
    source = models.CharField(max_length=200)
    target = models.CharField(max_length=200)
    locked = models.BooleanField(default=False)
    note = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "language", "source"], name="one_rendering_per_term")]

    def __str__(self) -> str:
        return f"{self.source}: {self.target}"

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.dataset_id}"
