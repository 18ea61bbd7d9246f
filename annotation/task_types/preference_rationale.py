"""Preference with rationale: which of two texts is better, and why, in the person's own words."""

from typing import Any, ClassVar

from annotation.asks import Ask
from annotation.asks._ask import Place
from annotation.asks.preference import Preference
from annotation.asks.writing import Writing
from annotation.records import Question, Shown
from annotation.task_types import _candidates
from annotation.task_types._asking import Asking


class PreferenceRationale(Asking):
    """The choice is what people agree on; the reason is kept beside it."""

    name: ClassVar[str] = "preference_rationale"
    label: ClassVar[str] = "Compare two texts, with the reason"
    example_kind: ClassVar = _candidates.KIND
    example_source: ClassVar = _candidates.SOURCE
    example_target: ClassVar = _candidates.TARGET
    right_from: ClassVar[float] = 0.5

    between: tuple[Place, ...] = ()
    """The two, such as target.one and target.other; without them the record's last two texts."""
    wording: str = "Which one is better?"
    ties: bool = True
    both_bad: bool = True

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        between = _candidates.last_two(question, self.between)
        chosen = Preference(name="preference", text=self.wording, between=between, ties=self.ties, both_bad=self.both_bad)
        return (chosen, Writing(name="rationale", text="Why?", lines=3, language="any"))

    def label_of(self, answer: Any) -> str:
        return answer.answers["preference"]["chosen"]

    def fields(self, question: Question) -> tuple[Shown, ...]:
        return _candidates.around(super().fields(question), _candidates.last_two(question, self.between))
