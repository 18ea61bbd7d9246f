"""Multiple-choice edit: correct stem and options as one unit, and say which option is right in them."""

from typing import ClassVar

from pydantic import BaseModel

from annotation.asks import Ask
from annotation.asks.label import Label
from annotation.records import Question
from annotation.task_types import _choice
from annotation.task_types._asking import Asking, EditPayload


class MultipleChoiceEdit(Asking):
    """Stem and options are edited together; the right option is chosen without seeing which it was."""

    name: ClassVar[str] = "multiple_choice_edit"
    label: ClassVar[str] = "Edit a multiple-choice question"
    Payload: ClassVar[type[BaseModel]] = EditPayload
    right_from: ClassVar[float] = 0.8
    example_kind: ClassVar = _choice.KIND
    example_source: ClassVar = _choice.SOURCE
    example_target: ClassVar = _choice.TARGET

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        return (Label(name="answer", text="Which option is right in your text?", of=_choice.options(question)),)
