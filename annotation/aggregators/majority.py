"""Majority: the label most people gave, weighted; a tie goes to the label that sorts first and counts as disputed."""

from collections import defaultdict
from collections.abc import Iterable
from typing import ClassVar

from annotation.aggregators import Aggregator
from annotation.records import Answer, Verdict


class Majority(Aggregator):
    """Agreed when the winning label holds more than ``threshold`` of the weight."""

    name: ClassVar[str] = "majority"
    label: ClassVar[str] = "Majority vote"
    threshold: float = 0.5

    def aggregate(self, answers: Iterable[Answer]) -> dict[int, Verdict]:
        votes: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for answer in answers:
            votes[answer.task][answer.label] += answer.weight
        return {task: self._conclude(count) for task, count in votes.items()}

    def _conclude(self, count: dict[str, float]) -> Verdict:
        label, weight = min(count.items(), key=lambda one: (-one[1], one[0]))
        share = weight / (sum(count.values()) or 1.0)
        return Verdict(label, share, share > self.threshold)
