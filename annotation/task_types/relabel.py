"""Relabel: say which label a record has, once by its source and once by its translation, without seeing the label it came with."""

from typing import ClassVar

from annotation.asks import Ask
from annotation.asks.label import Label
from annotation.records import Question
from annotation.task_types._asking import Asking


class Relabel(Asking):
    """Whether the label survived translation: both languages are labelled side by side."""

    name: ClassVar[str] = "relabel"
    label: ClassVar[str] = "Label again in both languages"

    example_kind: ClassVar = {
        "fields": {
            "text": {"type": "text", "translate": True},
            "mood": {"type": "label", "labels": ["calm", "tense"], "required": False},
        },
        "answer": "mood",
    }

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        field = question.kind.fields.get(question.kind.answer or "") if question else None
        labels = field.labels if field else ()
        return (
            Label(name="source", text="By the source", options=labels),
            Label(name="target", text="By the translation", options=labels),
        )
