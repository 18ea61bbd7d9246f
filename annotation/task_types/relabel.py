"""Relabel: say which label a record has, once by its source and once by its translation, without seeing the label it came with."""

from typing import Any, ClassVar

from pydantic import BaseModel

from annotation.records import Choice, Question
from annotation.task_types import TaskType, _choices


class Relabel(TaskType):
    """Whether the label survived translation: both languages are labelled side by side."""

    name: ClassVar[str] = "relabel"
    label: ClassVar[str] = "Label again in both languages"
    Payload: ClassVar[type[BaseModel]] = _choices.Payload
    template: ClassVar[str] = "frontend/work/choices.html"

    def choices(self, question: Question) -> list[Choice]:
        answer = question.kind.fields.get(question.kind.answer or "")
        labels = {label: label for label in answer.labels} if answer else {}
        return [Choice("source", "By the source", labels), Choice("target", "By the translation", labels)]

    def problems(self, answer: Any, question: Question) -> dict[str, str]:
        return _choices.problems(answer, self.choices(question))

    def label_of(self, answer: Any) -> str:
        return _choices.label(answer)

    def compared(self, answer: Any) -> dict[str, str]:
        return answer.answers
