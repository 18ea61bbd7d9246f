"""A rating: a whole number on a scale, with words at some or all of its steps; a wide scale is a slider."""

from random import Random
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from annotation.asks._ask import Ask, Scale
from annotation.records import Question
from core.told import told

# A row of more buttons than this is a slider.
BUTTONS = 11


class Rating(Ask):
    """A number from ``low`` to ``high``."""

    hint = told("choose a number")
    aggregator = "median"

    example = {"type": "rating", "name": "fluency", "text": "How fluent is it?", "low": 1, "high": 5, "anchors": {1: "not at all", 5: "fully"}}

    type: Literal["rating"] = "rating"
    low: int = 1
    high: int = 5
    anchors: dict[int, str] = Field({}, description="what a step means, by its number")

    @field_validator("anchors")
    @classmethod
    def _short(cls, given: dict[int, str]) -> dict[int, str]:
        return {step: given[step] for step in sorted(given)}

    @model_validator(mode="after")
    def _wide(self) -> "Rating":
        if not self.low < self.high <= self.low + 1000:
            raise ValueError(told(
                "{name} goes from {low} to {high}: at least two steps and at most 1,001",
                name=self.name, low=self.low, high=self.high,
            ))
        if outside := [step for step in self.anchors if not self.low <= step <= self.high]:
            raise ValueError(told(
                "{name} has words for {outside}, which is not on its scale",
                name=self.name, outside=outside[0],
            ))
        return self

    @property
    def scale(self) -> Scale:
        """A row of buttons is an order, a slider a measure: 1 to 5 is read as the one, 0 to 100 as the other."""
        return "interval" if self.slides else "ordinal"

    @property
    def metric(self) -> str:
        """The steps of a row of buttons are a closed set; those of a slider nobody hits exactly."""
        return "" if self.slides else "accuracy"

    @property
    def slides(self) -> bool:
        """Whether it has too many steps for buttons."""
        return self.high - self.low >= BUTTONS

    @property
    def steps(self) -> list[tuple[int, str]]:
        """Each step with its words."""
        return [(step, self.anchors.get(step, "")) for step in range(self.low, self.high + 1)]

    def problem(self, value: Any, question: Question, answers: dict[str, Any]) -> str | None:
        good = type(value) is int and self.low <= value <= self.high
        return None if good else told("is no whole number from {low} to {high}", low=self.low, high=self.high)

    def read(self, given: list[str]) -> Any:
        text = given[0].strip() if given else ""
        return int(text) if text.lstrip("-").isascii() and text.lstrip("-").isdigit() else text or None

    def alike(self, value: Any, expected: Any) -> float:
        """One less the distance as a share of the scale's length."""
        return 1 - abs(value - expected) / (self.high - self.low)

    def value_of(self, value: Any, part: str = "") -> Any:
        return value

    def sample(self, question: Question, dice: Random, answers: dict[str, Any]) -> int:
        return dice.randint(self.low, self.high)

    def shape(self, question: Question) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}
