"""Median: the middle of answers that are numbers, which one wild rating does not move."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import accumulate
from typing import ClassVar

from pydantic import NonNegativeFloat

from annotation.aggregators import Aggregator, Share, Takes
from annotation.aggregators._numbers import around, numbers
from annotation.aggregators._shares import by_task
from annotation.records import Answer, Verdict


class Median(Aggregator):
    """The weighted median, halfway between the middle two; agreed as with the mean."""

    name: ClassVar[str] = "median"
    label: ClassVar[str] = "Median of ratings"
    takes: ClassVar[Takes] = "numbers"
    near: NonNegativeFloat = 1.0
    threshold: Share = 0.5

    def aggregate(self, answers: Iterable[Answer]) -> dict[int, Verdict]:
        return {task: self._conclude(votes) for task, votes in by_task(answers).items()}

    def _conclude(self, votes: list[Answer]) -> Verdict:
        read = numbers(votes)
        sums = list(accumulate(Fraction(weight) for _, weight in read))  # exact: half of the weight is half of it
        half = sums[-1] / 2
        low = next(number for (number, _), held in zip(read, sums, strict=True) if held >= half)
        high = next(number for (number, _), held in zip(read, sums, strict=True) if held > half)
        return around((low + high) / 2, read, near=self.near, threshold=self.threshold)
