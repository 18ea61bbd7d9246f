"""The signed scores of an evaluation: from its predictions and the release's answers, again and again the same."""

import numpy as np
from django.db import transaction
from django.db.models.functions import Collate

from core.errors import Conflict
from core.told import told
from pipelines import scoring
from pipelines.answering import Answering
from pipelines.layout import data_path, dragoman_version
from pipelines.metrics import Metric, metrics
from pipelines.models import Evaluation, Score
from pipelines.rows import choices_of, right_of


def compute(evaluation: Evaluation) -> list[Score]:
    """An evaluation's scores, not yet stored; `Conflict` while a row has no prediction. It takes a minute for a million rows."""
    task = Answering(evaluation)
    predicted, right, clusters = _compared(task)
    labels = task.kind.fields[task.kind.answer or ""].type == "label"
    suitable = [metric() for metric in metrics.all.values() if labels or not metric.for_labels]
    return [_signed(task, metric, scoring.estimate(metric, predicted, right, clusters)) for metric in suitable]


def replace(evaluation: Evaluation, made: list[Score]) -> None:
    """Put scores in the place of those the evaluation had."""
    with transaction.atomic():
        evaluation.scores.all().delete()
        Score.objects.bulk_create(made)


def _compared(task: Answering) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Predictions and right answers as indices of choices, -1 for no readable answer, and each row's source text."""
    evaluation = task.evaluation
    given = dict(evaluation.predictions.values_list("key", "answer"))
    rows = evaluation.release.items.filter(kind=evaluation.kind, language=evaluation.language, split=task.split)
    rows = rows.order_by(Collate("key", "C")).values_list("key", "cluster", "record")
    predicted, right, clusters = [], [], []
    for key, cluster, record in rows.iterator(chunk_size=2000):
        if key not in given:
            raise Conflict(told("{evaluation} has no answer to {key}: resume its run.", evaluation=evaluation, key=key))
        choices, answer = choices_of(task.kind, record), given[key]
        # Two options that read alike are one answer: both count as the first of them.
        reference = right_of(task.kind, record)
        right.append(choices.index(reference) if reference is not None else -2)
        predicted.append(-1 if answer is None else choices.index(choices[answer] if isinstance(answer, int) else answer))
        clusters.append(cluster)
    known = np.array(right) >= 0  # an item may lack its answer: then there is nothing to score
    if not known.any():
        raise Conflict(told("{evaluation} cannot be scored: no row says what the right answer is.", evaluation=evaluation))
    return np.array(predicted)[known], np.array(right)[known], [c for c, k in zip(clusters, known, strict=True) if k]


def _signed(task: Answering, metric: Metric, found: scoring.Estimate) -> Score:
    evaluation, release = task.evaluation, task.evaluation.release
    file = release.files.get(path=data_path(evaluation.kind, evaluation.language, task.split, "jsonl"))
    signature = (
        f"{metric.signature()}|kind:{evaluation.kind}|lang:{evaluation.language}|split:{task.split}"
        f"|baseline:{evaluation.signature}|{scoring.SIGNATURE}|release:{release.dataset.slug}-{release.version}"
        f"|data:{file.sha256[:12]}|dragoman:{dragoman_version()}"
    )
    values = {"value": found.value, "low": found.low, "high": found.high, "n": found.n, "clusters": found.clusters}
    return Score(evaluation=evaluation, metric=metric.name, signature=signature, **values)
