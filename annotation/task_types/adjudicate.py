"""Adjudicate: an expert takes one of the answers that disagree, or writes their own."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from annotation.records import Question
from annotation.task_types import TaskType
from core.told import told


class Payload(BaseModel):
    """The letter of the answer that stands, or an own answer in the shape the campaign's task type takes; and a note."""

    model_config = ConfigDict(extra="forbid")

    take: str | None = None
    own: dict[str, Any] | None = None
    note: str = ""


class Adjudicate(TaskType):
    """The answers stand side by side under letters, without names and in an order that tells nothing."""

    name: ClassVar[str] = "adjudicate"
    label: ClassVar[str] = "Adjudicate answers that disagree"
    Payload: ClassVar[type[BaseModel]] = Payload
    stages: ClassVar[tuple[str, ...]] = ("adjudicate",)
    template: ClassVar[str] = "frontend/work/adjudicate.html"

    def problems(self, answer: Payload, question: Question) -> dict[str, str]:
        if (answer.take is None) == (answer.own is None):
            return {"take": told("is missing: take one of the answers, or write your own")}
        if answer.take is not None and answer.take not in question.letters:
            return {"take": told("is none of {known}", known=", ".join(question.letters))}
        return {}

    def label_of(self, answer: Payload) -> str:
        return answer.take or "own"
