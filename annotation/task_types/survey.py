"""Survey: a few questions about a translation, each answered by one of its options."""

from typing import ClassVar

from pydantic import model_validator

from annotation.asks import Ask
from annotation.asks.label import Label
from annotation.records import Question
from annotation.task_types._asking import Asking
from annotation.task_types._ordered import in_order
from core.told import told

# The two questions of the survey in "Bridging the Gap" (arXiv:2412.12417).
QUALITY = Label(
    name="quality",
    text="How good is the translation?",
    options={"good": "Good", "understandable": "Understandable", "wrong": "Wrong"},
)
CULTURE = Label(
    name="culture",
    text="Is what it says typical where the language is spoken?",
    options={
        "typical": "Typical",
        "not_sure": "Not sure",
        "strange": "Strange",
        "did_not_understand": "I did not understand it",
    },
)


class Survey(Asking):
    """People judge a translation by questions; without any of its own it asks for quality and for cultural fit."""

    name: ClassVar[str] = "survey"
    label: ClassVar[str] = "Survey of a translation"

    questions: tuple[Label, ...] = (QUALITY, CULTURE)
    """The questions in order."""

    @model_validator(mode="after")
    def _named_once(self) -> "Survey":
        if not self.questions:
            raise ValueError(told("a survey has at least one question"))
        in_order(self.questions)
        return self

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        return self.questions
