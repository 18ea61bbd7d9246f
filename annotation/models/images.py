"""Pictures in guidelines."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from annotation.models.datasets import Dataset


class Image(models.Model):
    """A picture of a dataset's guidelines, named by its content: appended, so that every version keeps its pictures."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="images", db_index=False)
    sha256 = models.CharField(max_length=64)
    extension = models.CharField(max_length=4)
    data = models.BinaryField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "sha256"], name="one_image_per_content")]

    def __str__(self) -> str:
        return f"image {self.sha256[:8]}"

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.dataset_id}"

    @property
    def file(self) -> str:
        """What it is called in an address."""
        return f"{self.sha256}.{self.extension}"
