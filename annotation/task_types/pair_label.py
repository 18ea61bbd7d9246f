"""Pair label: how two texts stand to each other: inference, paraphrase, or consistency."""

from typing import ClassVar, Literal

from annotation.asks import Ask
from annotation.asks.label import Label
from annotation.records import Question
from annotation.task_types._asking import Asking

PRESETS = {
    "nli": (
        "Suppose the first text is true. What of the second?",
        {"entailment": "It is true", "neutral": "It may be true or not", "contradiction": "It is false"},
    ),
    "paraphrase": ("Do both texts say the same?", {"paraphrase": "The same", "not_paraphrase": "Not the same"}),
    "consistency": (
        "Does the second text say only what the first one says?",
        {"consistent": "Yes", "unsupported": "It says more", "contradicted": "It says something else"},
    ),
}


class PairLabel(Asking):
    """One question with the options of a preset; the two texts are the record's own, or those it points at."""

    name: ClassVar[str] = "pair_label"
    label: ClassVar[str] = "Label a pair of texts"
    example_kind: ClassVar = {"fields": {"premise": {"type": "text", "translate": True}, "hypothesis": {"type": "text", "translate": True}}}
    example_source: ClassVar = {"premise": "The river froze before dawn.", "hypothesis": "It was cold."}
    example_target: ClassVar = {"premise": "El río se heló antes del amanecer.", "hypothesis": "Hacía frío."}

    preset: Literal["nli", "paraphrase", "consistency"] = "nli"
    wording: str = ""
    """Other words for the question."""

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        text, options = PRESETS[self.preset]
        return (Label(name="label", text=self.wording or text, options=options),)
