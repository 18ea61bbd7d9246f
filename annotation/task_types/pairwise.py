"""Pairwise: which of two texts is better, where who stands first is drawn for each person and recorded."""

from typing import ClassVar

from annotation.asks import Ask
from annotation.records import Question
from annotation.task_types._comparing import Comparing


class Pairwise(Comparing):
    """One of both, a tie, or both bad."""

    name: ClassVar[str] = "pairwise"
    label: ClassVar[str] = "Compare two texts"

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        return (self.preference(question),)
