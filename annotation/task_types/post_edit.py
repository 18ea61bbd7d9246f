"""Post-edit: given the source and a draft, write the text as it should be."""

from random import Random
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from annotation.records import Question
from annotation.task_types import Scale, TaskType, flat
from annotation.task_types._written import likeness, text_of, written
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
    metric: ClassVar[str] = ""
    right_from: ClassVar[float] = 0.8

    def problems(self, answer: Payload, question: Question) -> dict[str, str]:
        return question.kind.translation_problems(question.source, answer.content)

    def sample(self, question: Question, dice: Random) -> dict[str, Any]:
        return {"content": written(question)}

    def label_of(self, answer: Payload) -> str:
        return digest(answer.content)

    def compared(self, answer: Payload) -> dict[str, str]:
        return {"": text_of(answer.content)}

    def concludes(self, name: str) -> str:
        return "text_centroid"

    def exported(self, answer: Payload) -> dict[str, Any]:
        return flat(answer.content, "content") | ({"comment": answer.comment} if answer.comment else {})

    def text(self, answer: Payload) -> dict[str, Any]:
        return answer.content

    def correct(self, answer: Payload, expected: Payload) -> float:
        return likeness(answer.content, expected.content)
