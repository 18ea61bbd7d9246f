"""Several labels: any of the options, each with a weight where that is asked for."""

from random import Random
from typing import Any, Literal

from pydantic import Field

from annotation.asks._options import Choosing
from annotation.records import Question
from core.told import told


class Labels(Choosing):
    """A list of values, in any order, each once; with ``weighted`` {value: weight above 0 and up to 1}."""

    hint = told("choose at least one")
    structured = False

    example = {"type": "labels", "name": "topics", "text": "What is it about?", "options": {"food": "Food", "work": "Work", "home": "Home"}}

    type: Literal["labels"] = "labels"
    least: int = Field(1, ge=0)
    most: int | None = Field(None, ge=1)
    weighted: bool = False

    def problem(self, value: Any, question: Question, answers: dict[str, Any]) -> str | None:
        if not isinstance(value, dict if self.weighted else list):
            return told("must be {{value: weight}}") if self.weighted else told("must be a list of values")
        if problem := next((found for one in value if (found := self.unknown(one, question))), None):
            return problem
        if len({*value}) < len(value):
            return told("holds a value twice")
        if self.weighted and any(type(one) not in (int, float) or not 0 < one <= 1 for one in value.values()):
            return told("has a weight that is not above 0 and up to 1")
        if len(value) < self.least:
            return told("has {count}: choose {least} at least", count=len(value), least=self.least)
        return told(
            "has {count}: choose {most} at most",
            count=len(value), most=self.most,
        ) if self.most and len(value) > self.most else None

    def blank(self, value: Any) -> bool:
        return self.least > 0 and super().blank(value)

    def read(self, given: list[str]) -> Any:
        """Values as they come; with weights each as ``value=weight``, an empty weight being none."""
        if not self.weighted:
            return [one for one in given if one]
        pairs = (one.rpartition("=") for one in given)
        return {value: _weight(weight) for value, _equals, weight in pairs if weight.strip()}

    def label_of(self, value: Any) -> str:
        return super().label_of(value if self.weighted else sorted(value))

    def compared(self, value: Any) -> dict[str, str]:
        """Each option for itself, chosen or not: chance is another for each."""
        if not self.options:
            return {"": self.label_of(value)}
        inner = {one.under for one in self.options}
        return {one.value: "yes" if one.value in value else "no" for one in self.options if one.value not in inner}

    def exported(self, value: Any) -> dict[str, Any]:
        return {"": " ".join(f"{v}={w:g}" for v, w in value.items()) if self.weighted else " ".join(value)}

    def sample(self, question: Question, dice: Random, answers: dict[str, Any]) -> Any:
        among = list(self.among(question))
        if len(among) < self.least:
            return None
        chosen = dice.sample(among, min(len(among), max(1, self.least)))
        return dict.fromkeys(chosen, 1.0) if self.weighted else chosen

    def shape(self, question: Question) -> dict[str, Any]:
        among = list(self.among(question))
        if self.weighted:
            weight = {"type": "number", "exclusiveMinimum": 0, "maximum": 1}
            return {"type": "object", "properties": dict.fromkeys(among, weight), "additionalProperties": False}
        return {"type": "array", "items": {"type": "string", "enum": among}}


def _weight(text: str) -> Any:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text
