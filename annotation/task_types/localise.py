"""Localise: write the record anew so that it fits where the language is spoken, and say what was changed for that."""

from typing import ClassVar

from pydantic import BaseModel

from annotation.asks import Ask
from annotation.asks._options import Options
from annotation.asks.labels import Labels
from annotation.asks.writing import Writing
from annotation.records import Question
from annotation.task_types._asking import Asking, TextPayload


class Localise(Asking):
    """The text keeps its shape; names, places, units and customs may be others."""

    name: ClassVar[str] = "localise"
    label: ClassVar[str] = "Localise"
    Payload: ClassVar[type[BaseModel]] = TextPayload
    aggregator: ClassVar[str] = "text_centroid"
    right_from: ClassVar[float] = 0.6

    changes: Options = ("names", "places", "units", "food", "customs", "institutions", "other")
    """What may have been changed."""

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        return (
            Labels(name="changed", text="What did you change, besides the language?", options=self.changes, least=0, required=False),
            Writing(name="why", text="Why?", language="any", required=False),
        )
