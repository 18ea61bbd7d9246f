"""Verify: an expert accepts the text, edited or not, with a rating, or sends it back or rejects it with a reason."""

from random import Random
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from annotation.records import Question
from annotation.task_types import Outcome, TaskType
from core.hashing import digest
from core.told import told


class Payload(BaseModel):
    """The decision; with ``accept`` a rating of the text as it came and, where it was edited, the whole new text."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["accept", "redo", "reject"]
    rating: int | None = Field(None, ge=1, le=5)
    content: dict[str, Any] | None = None
    reason: str = ""


class Verify(TaskType):
    """An expert judges what the crowd wrote, and has the last word on the text."""

    name: ClassVar[str] = "verify"
    label: ClassVar[str] = "Verify a translation"
    Payload: ClassVar[type[BaseModel]] = Payload
    stages: ClassVar[tuple[str, ...]] = ("annotate", "verify")
    template: ClassVar[str] = "frontend/work/verify.html"

    def problems(self, answer: Payload, question: Question) -> dict[str, str]:
        if answer.decision != "accept":
            return {} if answer.reason.strip() else {"reason": told("is missing: say what is wrong, for the next person")}
        found = {} if answer.rating else {"rating": told("is missing: rate the text from 1 to 5")}
        if answer.content is not None:
            found |= question.kind.translation_problems(question.source, answer.content)
        elif question.draft is None and question.kind.translatable:
            found["content"] = told("is missing: there is no text to accept yet")
        return found

    def sample(self, question: Question, dice: Random) -> dict[str, Any] | None:
        there = question.draft is not None or not question.kind.translatable
        return {"decision": "accept", "rating": dice.randint(1, 5)} if there else None

    def label_of(self, answer: Payload) -> str:
        return answer.decision if answer.content is None else f"{answer.decision} {digest(answer.content)}"

    def text(self, answer: Payload) -> dict[str, Any] | None:
        return answer.content if answer.decision == "accept" else None

    def outcome(self, answer: Payload) -> Outcome:
        return answer.decision

    def reason(self, answer: Payload) -> str:
        return "" if answer.decision == "accept" else answer.reason
