"""The options of a multiple-choice question: where they are, and a question to show it by."""

from typing import Any

from annotation.records import Question
from annotation.task_types._places import first, place

KIND: dict[str, Any] = {
    "fields": {
        "stem": {"type": "text", "translate": True},
        "options": {"type": "list", "translate": True},
        "answer": {"type": "choice", "of": "options"},
    },
    "answer": "answer",
}
SOURCE: dict[str, Any] = {"stem": "What did the river do?", "options": ["It froze", "It dried up", "It rose"], "answer": 0}
TARGET: dict[str, Any] = {"stem": "¿Qué hizo el río?", "options": ["Se heló", "Se secó", "Creció"]}


def options(question: Question | None) -> str:
    """The list that the kind's answer is an index into, else the record's first list."""
    field = question.kind.fields.get(question.kind.answer or "") if question else None
    return place(question, field.of) if field and field.of else first(question, "list")
