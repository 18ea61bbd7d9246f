"""Majority: the label most people gave, one person one vote; a tie goes to the label that sorts first and counts as disputed."""

from collections.abc import Iterable
from typing import ClassVar

from annotation.aggregators import Aggregator, Share
from annotation.aggregators._shares import by_task, heaviest
from annotation.records import Answer, Verdict


class Majority(Aggregator):
    """Agreed when the winning label holds more than ``threshold`` of the votes; what a person weighs does not count."""

    name: ClassVar[str] = "majority"
    label: ClassVar[str] = "Majority vote"
    settles: ClassVar[bool] = True
    threshold: Share = 0.5

    def aggregate(self, answers: Iterable[Answer]) -> dict[int, Verdict]:
        return {task: heaviest(((one.label, 1.0) for one in votes), self.threshold) for task, votes in by_task(answers).items()}
