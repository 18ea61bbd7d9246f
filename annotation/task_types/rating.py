"""Rating: one number for a text, with words at the steps."""

from typing import ClassVar

from annotation.asks import Ask
from annotation.asks.rating import Rating
from annotation.records import Question
from annotation.task_types._asking import Asking


class RateText(Asking):
    """One scale, 1 to 5 unless said otherwise."""

    name: ClassVar[str] = "rating"
    label: ClassVar[str] = "Rate"
    right_from: ClassVar[float] = 0.75

    wording: str = "How good is the translation?"
    low: int = 1
    high: int = 5
    anchors: dict[int, str] = {1: "Unusable", 5: "Flawless"}
    """What a step means, by its number."""

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        return (Rating(name="rating", text=self.wording, low=self.low, high=self.high, anchors=self.anchors),)
