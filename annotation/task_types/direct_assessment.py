"""Direct assessment: how much of the source's meaning a translation has, from 0 to 100, read in its document."""

from typing import ClassVar

from annotation.asks import Ask
from annotation.asks.rating import Rating
from annotation.records import Question
from annotation.schema import Kind
from annotation.task_types._asking import Asking

# The words at the scale's marks are those of WMT's campaigns since 2022.
ANCHORS = {
    0: "No meaning preserved",
    33: "Some meaning preserved",
    66: "Most meaning preserved and few grammar mistakes",
    100: "Perfect meaning and grammar",
}


class DirectAssessment(Asking):
    """One slider from 0 to 100; records that share ``document``'s value are shown before and after."""

    name: ClassVar[str] = "direct_assessment"
    label: ClassVar[str] = "Direct assessment, 0 to 100"
    right_from: ClassVar[float] = 0.8

    document: str = "document"
    """The field that says to which document a record belongs; kinds without it are judged sentence by sentence."""

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        text = "How accurately does the translation say what the source says?"
        return (Rating(name="score", text=text, low=0, high=100, anchors=ANCHORS),)

    def document_field(self, kind: Kind) -> str | None:
        return self.document if self.document in kind.fields else None
