"""Majority: always the answer that was right most often, which is what a reader of no text can do."""

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from pipelines.baselines import Baseline
from pipelines.records import Row


class Majority(Baseline):
    """The most frequent label of the train rows or, where each row has its own options, the most frequent position."""

    name: ClassVar[str] = "majority"
    label: ClassVar[str] = "Majority class"

    def predict(self, rows: Sequence[Row], train: Sequence[Row]) -> list[str | None]:
        # A label's position among the labels is the same in every row, so positions serve for labels too.
        counts = Counter(row.choices.index(row.answer) for row in train if row.answer is not None)
        return [row.choices[min(range(len(row.choices)), key=lambda at: (-counts[at], at))] for row in rows]
