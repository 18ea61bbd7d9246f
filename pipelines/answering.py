"""One evaluation at work: the rows it answers, those it learns from, and the predictions it leaves."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pipelines.baselines import Baseline
from pipelines.building import schema_of
from pipelines.models import Evaluation, Prediction
from pipelines.records import Row
from pipelines.rows import TRAIN, folds, read, scored_split


class Answering:
    """The rows of one evaluation. Where its release has no train split, rows are learned from fold by fold."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation, self.pk = evaluation, evaluation.pk
        self.schema = schema_of(evaluation.release)
        self.kind = self.schema.kind(evaluation.kind)
        there = evaluation.release.items.filter(kind=evaluation.kind, language=evaluation.language)
        splits = set(there.order_by().values_list("split", flat=True).distinct())
        self.split = scored_split(splits)
        self.train = TRAIN if TRAIN in splits - {self.split} else ""

    @property
    def parts(self) -> int:
        """In how many pieces the rows are answered by a baseline that learns."""
        return 1 if self.train else len(folds(self.rows()))

    @property
    def how(self) -> str:
        """Where a baseline that learns has its train rows from, as its signature says it."""
        return f"train:{self.train or f'cv{self.parts}'}"

    def rows(self, keys: Iterable[str] = (), *, split: str = "") -> list[Row]:
        """The rows to answer, all or those of the keys; or those of another split."""
        one = self.evaluation
        return read(one.release, self.schema, one.kind, one.language, split or self.split, keys)

    def predict(self, baseline: Baseline, part: int) -> list[tuple[Row, str | None]]:
        """Answers to one piece of the rows, learned from the train split or else from the other folds."""
        if self.train:
            asked, known = self.rows(), self.rows(split=self.train)
        else:
            parts = folds(self.rows())
            asked, known = parts[part], [row for at, rows in enumerate(parts) if at != part for row in rows]
        return list(zip(asked, baseline.predict([withheld(row) for row in asked], known), strict=True))

    def keep(self, answers: Iterable[tuple[Row, str | None]], detail: dict[str, Any] | None = None) -> None:
        """Put predictions on record as a release writes answers: a label, or the index of an option."""
        by_index = self.kind.fields[self.kind.answer or ""].type == "choice"
        rows = [
            Prediction(
                evaluation_id=self.pk,
                key=row.key,
                answer=row.choices.index(answer) if by_index and answer is not None else answer,
                detail=detail or {},
            )
            for row, answer in answers
        ]
        Prediction.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)


def withheld(row: Row) -> Row:
    """The row without its answer: what a baseline is shown."""
    return replace(row, answer=None)
