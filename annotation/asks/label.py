"""One label: exactly one of the options, which may be steps of a scale or the leaves of a tree."""

from random import Random
from typing import Any, Literal

from annotation.asks._options import Choosing
from annotation.records import Question


class Label(Choosing):
    """The value of the option that was chosen."""

    type: Literal["label"] = "label"

    def problem(self, value: Any, question: Question, answers: dict[str, Any]) -> str | None:
        return self.unknown(value, question)

    def sample(self, question: Question, dice: Random, answers: dict[str, Any]) -> str | None:
        among = list(self.among(question))
        return dice.choice(among) if among else None

    def shape(self, question: Question) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.among(question))}
