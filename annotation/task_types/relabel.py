"""Relabel: say which label a record has, once by its source and once by its translation, without seeing the label it came with."""

from typing import ClassVar

from annotation.asks import Ask
from annotation.asks.label import Label
from annotation.records import Question
from annotation.task_types._asking import Asking
from annotation.task_types._labelled import KIND, labels


class Relabel(Asking):
    """Whether the label survived translation: both languages are labelled side by side."""

    name: ClassVar[str] = "relabel"
    label: ClassVar[str] = "Label again in both languages"
    example_kind: ClassVar = KIND

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        options = labels(question)
        return (
            Label(name="source", text="By the source", options=options),
            Label(name="target", text="By the translation", options=options),
        )
