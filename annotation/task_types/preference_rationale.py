"""Preference with rationale: which of two texts is better, and why, in the person's own words."""

from typing import Any, ClassVar

from annotation.asks import Ask
from annotation.asks.writing import Writing
from annotation.records import Question
from annotation.task_types._comparing import Comparing


class PreferenceRationale(Comparing):
    """The choice is what people agree on; the reason is kept beside it."""

    name: ClassVar[str] = "preference_rationale"
    label: ClassVar[str] = "Compare two texts, with the reason"
    right_from: ClassVar[float] = 0.5

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        return (self.preference(question), Writing(name="rationale", text="Why?", lines=3, language="any"))

    def label_of(self, answer: Any) -> str:
        return answer.answers["preference"]["chosen"]
