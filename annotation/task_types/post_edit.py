"""Post-edit: given the source and a draft, write the text as it should be."""

from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from annotation.records import Question
from annotation.task_types import Scale, TaskType
from core.hashing import digest


class Payload(BaseModel):
    """The whole text, field by field, exactly as written, and what the person wants to say about it."""

    model_config = ConfigDict(extra="forbid")

    content: dict[str, Any]
    comment: str = ""


class PostEdit(TaskType):
    """The person corrects a machine's draft, or translates where there is none."""

    name: ClassVar[str] = "post_edit"
    label: ClassVar[str] = "Post-edit a draft"
    Payload: ClassVar[type[BaseModel]] = Payload
    template: ClassVar[str] = "frontend/work/post_edit.html"
    scale: ClassVar[Scale] = "text"

    def problems(self, answer: Payload, question: Question) -> dict[str, str]:
        return question.kind.translation_problems(question.source, answer.content)

    def label_of(self, answer: Payload) -> str:
        return digest(answer.content)

    def compared(self, answer: Payload) -> dict[str, str]:
        """The texts themselves, in order of field; what is between them is no character of a text."""
        return {"": "\x1e".join(text for _name, value in sorted(answer.content.items()) for text in _texts(value))}

    def text(self, answer: Payload) -> dict[str, Any]:
        return answer.content


def _texts(value: Any) -> Iterator[str]:
    """The texts of a field, be it one text, a list or a table."""
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    else:
        yield value
