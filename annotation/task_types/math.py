"""Math: solve a problem; the answer is a number, an expression, or one of the options, and the way to it may be asked for."""

from typing import ClassVar, Literal

from annotation.asks import Ask
from annotation.asks.label import Label
from annotation.asks.number import Number
from annotation.asks.writing import Writing
from annotation.records import Question, Shown
from annotation.schema import Kind
from annotation.task_types import _choice
from annotation.task_types._asking import Asking


class Math(Asking):
    """Formulas are drawn in the record and, as they are typed, beside the answer."""

    name: ClassVar[str] = "math"
    label: ClassVar[str] = "Solve a problem"
    example_kind: ClassVar = {
        "fields": {"problem": {"type": "text", "translate": True}, "solution": {"type": "string", "required": False}},
        "answer": "solution",
    }
    example_source: ClassVar = {"problem": "What is $2^3 + 1$?"}
    example_target: ClassVar = {"problem": "¿Cuánto es $2^3 + 1$?"}

    answer: Literal["number", "text", "choice"] = "number"
    steps: bool = False
    """Whether people also write how they came to it."""

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        text = "What is the answer?"
        asked: dict[str, Ask] = {
            "number": Number(name="answer", text=text),
            "text": Writing(name="answer", text=text, lines=1, form="math", language="any"),
            "choice": Label(name="answer", text=text, of=_choice.options(question)),
        }
        steps = Writing(name="steps", text="How did you come to it?", lines=5, form="math", required=False)
        return (asked[self.answer], steps) if self.steps else (asked[self.answer],)

    def fields(self, question: Question) -> tuple[Shown, ...]:
        """Its texts with their formulas; options stand in the question."""
        hidden = {*self.conceals(question.kind), _choice.options(question).split(".")[1] if self.answer == "choice" else ""}
        fields = question.kind.fields
        shown = [one for one in super().fields(question) if one.name not in hidden]
        return tuple(Shown(one.name, one.sides, "math" if fields[one.name].type == "text" else "") for one in shown)

    def conceals(self, kind: Kind) -> frozenset[str]:
        """The right answer, be it a text that is translated."""
        return frozenset({kind.answer} - {None})
