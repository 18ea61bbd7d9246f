"""The label a record came with: what it may be, and a record that has one to show it by."""

from typing import Any

from annotation.records import Question

KIND: dict[str, Any] = {
    "fields": {
        "text": {"type": "text", "translate": True},
        "mood": {"type": "label", "labels": ["calm", "tense"], "required": False},
    },
    "answer": "mood",
}


def labels(question: Question | None) -> tuple[str, ...]:
    """The labels of the kind's answer field; none where it has none."""
    field = question.kind.fields.get(question.kind.answer or "") if question else None
    return tuple(field.labels) if field else ()
