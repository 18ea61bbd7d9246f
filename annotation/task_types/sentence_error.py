"""Sentence error: say whether there is an error, where it is, and how it should read."""

from typing import ClassVar

from annotation.asks import Ask
from annotation.asks._options import Options
from annotation.asks.label import Label
from annotation.asks.spans import Spans
from annotation.asks.writing import Writing
from annotation.records import Question
from annotation.task_types._asking import Asking
from annotation.task_types._places import texts


class SentenceError(Asking):
    """Flag, locate, correct: the last two are asked only where there is an error."""

    name: ClassVar[str] = "sentence_error"
    label: ClassVar[str] = "Find and correct an error"
    right_from: ClassVar[float] = 0.8

    kinds_of_error: Options = ("error",)
    """The labels of the places."""

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        there, when = ("no", "yes"), {"flag": "yes"}
        return (
            Label(name="flag", text="Is there an error?", options={one: one.capitalize() for one in there}),
            Spans(name="where", text="Where is it?", over=texts(question), labels=self.kinds_of_error, required=True, when=when),
            Writing(name="correction", text="How should it read?", when=when),
        )
