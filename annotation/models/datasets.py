"""A dataset: a benchmark under construction, with its schema and its languages."""

from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from annotation.schema import Schema
from core.fields import OrderedJSONField
from core.languages import Language, language


class Dataset(models.Model):
    """One benchmark under construction. `slug` is its stable name everywhere; `schema` is what `Schema.parse` takes."""

    slug = models.SlugField(unique=True, max_length=60)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    licence = models.CharField(max_length=60, default="cc-by-4.0", help_text="SPDX id, lower case")
    source_language = models.CharField(max_length=35, default="en")
    schema = OrderedJSONField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return self.name

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.pk}"

    @cached_property
    def kinds(self) -> Schema:
        """The parsed schema."""
        return Schema.parse(self.schema)

    @property
    def language_tags(self) -> list[str]:
        """Target languages, by tag, in order."""
        return sorted(row.tag for row in self.languages.all())

    @property
    def simulated(self) -> bool:
        """Whether any of its people are simulated: then every page and the card say so."""
        return self.members.filter(simulated=True).exists()


class DatasetLanguage(models.Model):
    """One target language of a dataset."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="languages", db_index=False)
    tag = models.CharField(max_length=35, help_text="BCP 47")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "tag"], name="one_row_per_dataset_language")]

    def __str__(self) -> str:
        return self.tag

    @property
    def language(self) -> Language:
        return language(self.tag)
