"""Pairwise: which of two texts is better, where who stands first is drawn for each person and recorded."""

from typing import ClassVar

from annotation.asks import Ask
from annotation.asks._ask import Place
from annotation.asks.preference import Preference
from annotation.records import Question, Shown
from annotation.task_types import _candidates
from annotation.task_types._asking import Asking


class Pairwise(Asking):
    """One of both, a tie, or both bad."""

    name: ClassVar[str] = "pairwise"
    label: ClassVar[str] = "Compare two texts"
    example_kind: ClassVar = _candidates.KIND
    example_source: ClassVar = _candidates.SOURCE
    example_target: ClassVar = _candidates.TARGET

    between: tuple[Place, ...] = ()
    """The two, such as target.one and target.other; without them the record's last two texts."""
    wording: str = "Which one is better?"
    ties: bool = True
    both_bad: bool = True

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        between = _candidates.last_two(question, self.between)
        return (Preference(name="preference", text=self.wording, between=between, ties=self.ties, both_bad=self.both_bad),)

    def fields(self, question: Question) -> tuple[Shown, ...]:
        return _candidates.around(super().fields(question), _candidates.last_two(question, self.between))
