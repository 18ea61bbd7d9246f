"""A number: any finite one within bounds, as a typed answer to a calculation."""

from math import isfinite
from random import Random
from typing import Any, Literal

from annotation.asks._ask import Ask
from annotation.records import Question
from core.told import told


class Number(Ask):
    """A number; whole with ``whole``."""

    hint = told("write a number")
    scale = "interval"
    aggregator = "median"
    metric = ""

    example = {"type": "number", "name": "result", "text": "What is the result?"}

    type: Literal["number"] = "number"
    least: float | None = None
    most: float | None = None
    whole: bool = False
    unit: str = ""

    def problem(self, value: Any, question: Question, answers: dict[str, Any]) -> str | None:
        if type(value) not in (int, float) or not isfinite(value):
            return told("is no number: write digits, and a point or a comma before the decimals")
        if self.whole and value != int(value):
            return told("is no whole number")
        if self.least is not None and value < self.least:
            return told("is below {least:g}", least=self.least)
        return told("is above {most:g}", most=self.most) if self.most is not None and value > self.most else None

    def read(self, given: list[str]) -> Any:
        """Digits of any script, with one point or comma before the decimals; anything else comes back as it was written."""
        text = given[0].strip() if given else ""
        try:
            number = float(text.replace(",", ".").replace("٫", ".").replace("−", "-"))
        except ValueError:
            return text or None
        return int(number) if isfinite(number) and number == int(number) else number

    def label_of(self, value: Any) -> str:
        return f"{value:.12g}"

    def value_of(self, value: Any, part: str = "") -> Any:
        return value

    def sample(self, question: Question, dice: Random, answers: dict[str, Any]) -> Any:
        low = self.least if self.least is not None else (self.most - 10 if self.most is not None else 0)
        high = self.most if self.most is not None else low + 10
        return dice.randint(int(low), int(high))

    def shape(self, question: Question) -> dict[str, Any]:
        bounds = {"minimum": self.least, "maximum": self.most}
        return {"type": "integer" if self.whole else "number"} | {k: v for k, v in bounds.items() if v is not None}
