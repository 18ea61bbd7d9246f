"""Items: the source records of a dataset, immutable, each under a stable key."""

from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models.functions import Now

from annotation.models.datasets import Dataset


class Item(models.Model):
    """One source record of a kind. ``content`` holds the fields of its kind; a ref field holds the other item's key."""

    class Origin(models.TextChoices):
        NATIVE = "native", "written in this language"
        IMPORTED = "imported", "from the source dataset"
        MADE = "made", "made by a machine"
        LOCALISED = "localised", "localised by a machine"
        RECORDED = "recorded", "recorded"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="items", db_index=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    split = models.CharField(max_length=40, default="test")
    language = models.CharField(max_length=35, help_text="BCP 47 tag of the source")
    origin = models.CharField(max_length=12, choices=Origin, default=Origin.IMPORTED)
    content = models.JSONField()
    hash = models.CharField(max_length=64, help_text="SHA-256 of the canonical JSON of kind and content")
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "kind", "key"], name="one_item_per_key")]
        indexes = [
            models.Index(fields=["dataset", "kind", "split", "id"], name="item_walk"),
            # For records that are the same; a tree would slow an import more than this does.
            HashIndex(fields=["hash"], name="item_same"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.dataset_id}"


class Reference(models.Model):
    """``item.content[field]`` points at ``target``: a premise shared by three pairs is one item with three references."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="references", db_index=False)
    field = models.CharField(max_length=40)
    target = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="referrers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "field"], name="one_target_per_field")]


class Making(models.Model):
    """Where a made item comes from: the item a machine made it of, and how. Written with it, and never changed."""

    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="making")
    source = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="makings")
    # The step's signature, who answered, request hashes, the run, and what the step noted besides.
    made_by = models.JSONField(default=dict)
    created = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"{self.item} made from {self.source}"
