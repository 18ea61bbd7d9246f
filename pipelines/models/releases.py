"""Releases: frozen, versioned selections with their files and checksums."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from annotation.models import Dataset
from core.flow import Flow


class Release(models.Model):
    """One version of a dataset. Its rows are copied in when it is frozen; once published nothing of it changes."""

    class Status(models.TextChoices):
        FROZEN = "frozen", "frozen"
        BUILT = "built", "built"
        PUBLISHED = "published", "published"
        YANKED = "yanked", "withdrawn"

    flow = Flow(
        build=((Status.FROZEN, Status.BUILT), Status.BUILT),
        publish=((Status.BUILT,), Status.PUBLISHED),
        yank=((Status.PUBLISHED,), Status.YANKED),
    )

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="releases", db_index=False)
    version = models.CharField(max_length=40, help_text="semantic version")
    status = models.CharField(max_length=10, choices=Status, default=Status.FROZEN)
    # What was asked for, and what the gate found: languages, minimum status, ready and missing per language and kind.
    terms = models.JSONField(default=dict)
    gate = models.JSONField(default=dict)
    manifest = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "version"], name="one_release_per_version")]

    def __str__(self) -> str:
        return f"{self.dataset.slug} {self.version}"

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.dataset_id}"


class ReleaseItem(models.Model):
    """One row of a release as it was when frozen: the record with its references resolved, and where each text came from."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="items", db_index=False)
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=35)
    split = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    # Items that came from one source text (the shared premise) are one cluster: what a bootstrap resamples.
    cluster = models.CharField(max_length=200)
    record = models.JSONField()
    provenance = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "kind", "language", "split", "key"], name="one_row_per_release")
        ]


class ReleaseFile(models.Model):
    """One file of a built release: its path inside the release's folder, its size and its SHA-256."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="files", db_index=False)
    path = models.CharField(max_length=255)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["path"]
        constraints = [models.UniqueConstraint(fields=["release", "path"], name="one_file_per_path")]
