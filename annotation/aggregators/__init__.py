"""Many answers to one: one file an aggregator. The contract is `Aggregator`; `aggregators` is the registry."""

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from annotation.records import Answer, Verdict
from core.plugins import Plugin, Registry

Takes = Literal["labels", "numbers", "preferences", "spans", "texts"]
Share = Annotated[float, Field(ge=0, le=1)]


class Aggregator(Plugin):
    """Concludes a label for each task from its answers, whatever their order."""

    takes: ClassVar[Takes] = "labels"
    """What its answers must be: one of a closed set of labels, a number as text, left/right/tie, spans or free text."""

    settles: ClassVar[bool] = False
    """Whether its word on a task is always an answer somebody gave to that very task, and needs no other task: then a
    campaign settles by it, answer by answer. The others conclude over many tasks at once, or make an answer of their own: a
    campaign settles by majority until they are asked (``manage.py aggregate``).
    """

    weighs: ClassVar[bool] = False
    """Whether an answer counts by what its person was worth on gold in that language."""

    def aggregate(self, answers: Iterable[Answer]) -> dict[int, Verdict]:
        """Task id to verdict, for every task that has an answer; `Invalid` when an answer is not what it takes."""
        raise NotImplementedError(f"{self.name} does not aggregate")


aggregators: Registry[Aggregator] = Registry("aggregator", "annotation.aggregators", Aggregator)
