"""Graded similarity: how much two texts mean the same, from 0 to 5."""

from typing import ClassVar

from annotation.asks import Ask
from annotation.asks.rating import Rating
from annotation.records import Question
from annotation.task_types._asking import Asking
from annotation.task_types.pair_label import PairLabel

# The scale of SemEval's STS (Agirre et al. 2012).
ANCHORS = {
    0: "On different topics",
    1: "Not equivalent, but on the same topic",
    2: "Not equivalent, but share some details",
    3: "Roughly equivalent; something important differs",
    4: "Mostly equivalent; something unimportant differs",
    5: "They mean the same",
}


class Similarity(Asking):
    """One scale for the two texts of a record, or those it points at."""

    name: ClassVar[str] = "similarity"
    label: ClassVar[str] = "Grade how similar two texts are"
    right_from: ClassVar[float] = 0.8
    example_kind: ClassVar = PairLabel.example_kind
    example_source: ClassVar = PairLabel.example_source
    example_target: ClassVar = PairLabel.example_target

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        return (Rating(name="similarity", text="How similar in meaning are the two texts?", low=0, high=5, anchors=ANCHORS),)
