"""What the item browser keeps: the search index, which is a conclusion, and the views people have saved."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from annotation.models.datasets import Dataset
from annotation.models.units import Unit


class SearchEntry(models.Model):
    """What of a unit is searched: its key, source and present text, folded. Made by `annotation.search_index`, from nothing else.

    PostgreSQL itself sees to it that every unit has one, and empties it when the unit gets another text: an empty entry is
    *due*. Whoever writes units knows nothing of it.
    """

    unit = models.OneToOneField(Unit, primary_key=True, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    # The item's again, so that one dataset, or one kind of it, is one stretch of an index.
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    kind = models.CharField(max_length=40)
    folded = models.TextField(null=True, help_text="the texts as they are compared, one a line")  # noqa: DJ001 - null is due
    grams = SearchVectorField(null=True, help_text="every stretch of three characters; null when it is due")

    class Meta:
        indexes = [
            # What is new is gathered up to so many kilobytes before it is sorted in: by 4 MB, as usual, it takes several times as long.
            GinIndex(fields=["grams"], name="search_grams", condition=Q(grams__isnull=False), gin_pending_list_limit=16384),
            models.Index(fields=["dataset", "kind", "unit"], name="search_walk"),
            models.Index(fields=["dataset", "unit"], name="search_due", condition=Q(grams__isnull=True)),
        ]


class SavedView(models.Model):
    """A person's way of looking at a dataset's units, under a name; a shared one is there for its managers, too."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="views", db_index=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    wanted = models.JSONField(help_text="the filters, as `annotation.browsing.Wanted` has them")
    shared = models.BooleanField(default=False)
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "owner", "name"], name="one_view_per_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.dataset_id}"
