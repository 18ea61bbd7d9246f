"""Weighted vote: the label with the most weight behind it, where a person's weight is the accuracy shown on gold items."""

from collections.abc import Iterable
from typing import ClassVar

from annotation.aggregators import Aggregator, Share
from annotation.aggregators._shares import by_task, heaviest
from annotation.records import Answer, Verdict


class Weighted(Aggregator):
    """Agreed when the winning label holds more than ``threshold`` of the weight, which is each person's accuracy on gold."""

    name: ClassVar[str] = "weighted"
    label: ClassVar[str] = "Vote weighted by gold"
    settles: ClassVar[bool] = True
    weighs: ClassVar[bool] = True
    threshold: Share = 0.5

    def aggregate(self, answers: Iterable[Answer]) -> dict[int, Verdict]:
        return {
            task: heaviest(((one.label, one.weight) for one in votes), self.threshold) for task, votes in by_task(answers).items()
        }
