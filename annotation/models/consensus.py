"""What an aggregator concludes for a task: a conclusion, so it may be deleted and rebuilt from the submissions."""

from django.db import models

from annotation.models.assignments import Submission, Task


class Consensus(models.Model):
    """The conclusion for one task: whose answer stands, how sure, and by which aggregator."""

    class Outcome(models.TextChoices):
        AGREED = "agreed", "agreed"
        DISPUTED = "disputed", "disputed"
        ADJUDICATED = "adjudicated", "decided by an expert"

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="consensus")
    outcome = models.CharField(max_length=12, choices=Outcome)
    chosen = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    confidence = models.FloatField(help_text="0 to 1")
    signature = models.CharField(max_length=300)
