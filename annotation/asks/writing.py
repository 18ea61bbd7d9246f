"""A text to write: a sentence, a rationale, a formula, a program; in the unit's language or any."""

from random import Random
from typing import Any, Literal

from pydantic import Field

from annotation.asks._alike import alike
from annotation.asks._ask import Ask
from annotation.asks._syntax import SAMPLES, Syntax, malformed
from annotation.records import Question
from core.told import told


class Writing(Ask):
    """The text exactly as it was typed."""

    hint = told("write it")
    scale = "text"
    aggregator = "text_centroid"
    metric = ""

    example = {"type": "text", "name": "why", "text": "Why?", "lines": 3}

    type: Literal["text"] = "text"
    lines: int = Field(2, ge=1, le=40)
    most: int = Field(10_000, ge=1, description="characters")
    language: Literal["target", "source", "any"] = "target"
    form: Literal["prose", "math", "code"] = "prose"
    """Math is shown beside the box as it is typed, and code is written in a fixed width, from left to right."""
    syntax: Syntax = ""
    """What it must be readable as; nothing is ever run."""

    def problem(self, value: Any, question: Question, answers: dict[str, Any]) -> str | None:
        if not isinstance(value, str):
            return told("must be text")
        if len(value) > self.most:
            return told("has {count} characters: {most} at most", count=len(value), most=self.most)
        return malformed(value, self.syntax)

    def blank(self, value: Any) -> bool:
        return not (isinstance(value, str) and value.strip()) and not isinstance(value, int | float | list | dict)

    def alike(self, value: Any, expected: Any) -> float:
        return alike(value, expected)

    def value_of(self, value: Any, part: str = "") -> Any:
        return value

    def sample(self, question: Question, dice: Random, answers: dict[str, Any]) -> str:
        return SAMPLES.get(self.syntax) or f"{dice.choice(('Yes', 'No'))}: {dice.randint(1, 99)}"

    def shape(self, question: Question) -> dict[str, Any]:
        return {"type": "string"}
