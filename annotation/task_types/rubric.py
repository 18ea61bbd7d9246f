"""Rubric: several criteria, each rated by itself, with words for every score."""

from typing import ClassVar

from pydantic import model_validator

from annotation.asks import Ask
from annotation.asks.rating import Rating
from annotation.records import Question
from annotation.task_types._asking import Asking
from annotation.task_types._ordered import in_order
from core.told import told

# Adequacy and fluency as in LDC's guidelines for translations (2005).
ADEQUACY = Rating(
    name="adequacy",
    text="How much of the meaning is there?",
    anchors={1: "None", 2: "Little", 3: "Much", 4: "Most", 5: "All"},
)
FLUENCY = Rating(
    name="fluency",
    text="How good is the language?",
    anchors={1: "Incomprehensible", 2: "Disfluent", 3: "Not native", 4: "Good", 5: "Flawless"},
)


class Rubric(Asking):
    """Without criteria of its own it asks for adequacy and fluency."""

    name: ClassVar[str] = "rubric"
    label: ClassVar[str] = "Rate by several criteria"
    right_from: ClassVar[float] = 0.75

    criteria: tuple[Rating, ...] = (ADEQUACY, FLUENCY)
    """Each with name, text, low, high, and anchors: words by score."""

    @model_validator(mode="after")
    def _in_order(self) -> "Rubric":
        if not self.criteria:
            raise ValueError(told("a rubric has at least one criterion"))
        in_order(self.criteria)
        return self

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        return self.criteria
