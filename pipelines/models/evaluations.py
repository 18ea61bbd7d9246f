"""Evaluations: one baseline on one release in one language, its predictions and its signed scores."""

from django.db import models
from django.db.models.functions import Now

from core.flow import Flow
from pipelines.models.releases import Release
from pipelines.models.runs import Run


class Evaluation(models.Model):
    """One baseline answering one kind and language of one release. Scores can be deleted and rebuilt from the predictions."""

    class Status(models.TextChoices):
        RUNNING = "running", "running"
        SCORED = "scored", "scored"
        FAILED = "failed", "failed"

    flow = Flow(
        score=((Status.RUNNING, Status.FAILED, Status.SCORED), Status.SCORED),
        fail=((Status.RUNNING,), Status.FAILED),
    )

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="evaluations", db_index=False)
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=35)
    baseline = models.JSONField(help_text="spec")
    signature = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=Status, default=Status.RUNNING)
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="evaluations")
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "kind", "language", "signature"], name="one_evaluation_per_signature"
            )
        ]

    def __str__(self) -> str:
        return f"{self.baseline.get('name')} on {self.release} {self.kind} {self.language}"

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.release.dataset_id}"


class Prediction(models.Model):
    """One answer to one row. ``answer`` is None when the baseline gave none that can be read: that counts as wrong."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="predictions", db_index=False)
    key = models.CharField(max_length=200)
    answer = models.JSONField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evaluation", "key"], name="one_prediction_per_row")]


class Score(models.Model):
    """One signed number: a metric over an evaluation's predictions with its 95 % interval, all between 0 and 100."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="scores", db_index=False)
    metric = models.CharField(max_length=40)
    value = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    n = models.PositiveIntegerField(help_text="rows scored")
    clusters = models.PositiveIntegerField(help_text="source texts they come from")
    signature = models.CharField(max_length=400)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evaluation", "metric"], name="one_score_per_metric")]
