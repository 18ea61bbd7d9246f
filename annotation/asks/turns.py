"""Turns: a dialogue written turn by turn from its outline."""

from random import Random
from typing import Any, Literal

from annotation.asks._alike import alike
from annotation.asks._ask import Ask, Place, texts_at
from annotation.records import Question
from core.told import told


class Turns(Ask):
    """One text for each entry of the outline, in its order."""

    hint = told("write every turn")
    scale = "text"
    aggregator = "text_centroid"
    metric = ""
    structured = False

    example = {"type": "turns", "name": "turns", "text": "Write each turn", "outline": "source.outline"}

    type: Literal["turns"] = "turns"
    outline: Place = "source.outline"

    def problem(self, value: Any, question: Question, answers: dict[str, Any]) -> str | None:
        outline = texts_at(question, self.outline)
        if outline is None:
            return told("cannot be answered: the record has no list {outline}", outline=self.outline)
        if not isinstance(value, list) or len(value) != len(outline):
            return told("must have {count} turns", count=len(outline))
        empty = next((at for at, one in enumerate(value, 1) if not isinstance(one, str) or not one.strip()), None)
        return told("lacks the {empty}. turn", empty=empty) if empty else None

    def blank(self, value: Any) -> bool:
        return not value or (isinstance(value, list) and not any(isinstance(one, str) and one.strip() for one in value))

    def read(self, given: list[str]) -> Any:
        return given or None

    def label_of(self, value: Any) -> str:
        return "\x1e".join(value)

    def alike(self, value: Any, expected: Any) -> float:
        """The least alike of the turns."""
        return min((alike(one, other) for one, other in zip(value, expected, strict=False)), default=0.0)

    def value_of(self, value: Any, part: str = "") -> Any:
        return value

    def exported(self, value: Any) -> dict[str, Any]:
        return {"": "\n".join(value)}

    def sample(self, question: Question, dice: Random, answers: dict[str, Any]) -> Any:
        outline = texts_at(question, self.outline) or ()
        return [f"{dice.choice(('Yes', 'No'))}, {at}." for at, _ in enumerate(outline, 1)] or None

    def shape(self, question: Question) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}}
