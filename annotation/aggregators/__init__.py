"""Many answers to one: one file an aggregator. The contract is `Aggregator`; `aggregators` is the registry."""

from collections.abc import Iterable

from annotation.records import Answer, Verdict
from core.plugins import Plugin, Registry


class Aggregator(Plugin):
    """Concludes a label for each task from its answers, whatever their order."""

    def aggregate(self, answers: Iterable[Answer]) -> dict[int, Verdict]:
        """Task id to verdict, for every task that has an answer."""
        raise NotImplementedError(f"{self.name} does not aggregate")


aggregators: Registry[Aggregator] = Registry("aggregator", "annotation.aggregators", Aggregator)
