"""Mean: the weighted average of answers that are numbers, such as ratings."""

from collections.abc import Iterable
from math import fsum
from typing import ClassVar

from pydantic import NonNegativeFloat

from annotation.aggregators import Aggregator, Share, Takes
from annotation.aggregators._numbers import around, numbers
from annotation.aggregators._shares import by_task
from annotation.records import Answer, Verdict


class Mean(Aggregator):
    """The weighted average; agreed when more than ``threshold`` of the weight is no further than ``near`` from it."""

    name: ClassVar[str] = "mean"
    label: ClassVar[str] = "Mean of ratings"
    takes: ClassVar[Takes] = "numbers"
    near: NonNegativeFloat = 1.0
    threshold: Share = 0.5

    def aggregate(self, answers: Iterable[Answer]) -> dict[int, Verdict]:
        return {task: self._conclude(votes) for task, votes in by_task(answers).items()}

    def _conclude(self, votes: list[Answer]) -> Verdict:
        read = numbers(votes)
        middle = fsum(number * weight for number, weight in read) / fsum(weight for _, weight in read)
        return around(middle, read, near=self.near, threshold=self.threshold)
