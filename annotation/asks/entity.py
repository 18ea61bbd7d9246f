"""An entity: which record of an uploaded terminology is meant, found by searching, or none of them."""

from random import Random
from typing import Any, Literal

from pydantic import Field

from annotation.asks._ask import Ask
from annotation.records import Question
from core.told import told

NIL = "NIL"


class Entity(Ask):
    """The key of an item of the kind that holds the terminology, or ``NIL``."""

    hint = told("choose a record, or say that there is none")
    metric = ""

    example = {"type": "entity", "name": "concept", "text": "Which concept is meant?", "kind": "concept"}

    type: Literal["entity"] = "entity"
    kind: str = Field(description="the kind of the dataset whose items are the terminology")
    nil: bool = True

    def problem(self, value: Any, question: Question, answers: dict[str, Any]) -> str | None:
        if not isinstance(value, str):
            return told("must be the key of a record")
        return told("must be a record: there is always one here") if value == NIL and not self.nil else None

    def points_at(self, value: Any) -> str | None:
        """The key of the item that must be there; None where none need be."""
        return None if value == NIL else value

    def sample(self, question: Question, dice: Random, answers: dict[str, Any]) -> str | None:
        return NIL if self.nil else None

    def shape(self, question: Question) -> dict[str, Any]:
        return {"type": "string"}
