"""Survey: a few questions about a translation, each answered by one of its options."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from annotation.records import Choice, Question
from annotation.task_types import TaskType, _choices


class Asked(BaseModel):
    """One question of a survey: its name in the answer, its text, and its options by value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")
    text: str = Field(min_length=1, max_length=300)
    options: dict[str, str] = Field(min_length=2, max_length=9)


# The two questions of the survey in "Bridging the Gap" (arXiv:2412.12417).
QUALITY = Asked(
    name="quality",
    text="How good is the translation?",
    options={"good": "Good", "understandable": "Understandable", "wrong": "Wrong"},
)
CULTURE = Asked(
    name="culture",
    text="Is what it says typical where the language is spoken?",
    options={
        "typical": "Typical",
        "not_sure": "Not sure",
        "strange": "Strange",
        "did_not_understand": "I did not understand it",
    },
)


class Survey(TaskType):
    """People judge a translation by questions; without any of its own it asks for quality and for cultural fit."""

    name: ClassVar[str] = "survey"
    label: ClassVar[str] = "Survey of a translation"
    Payload: ClassVar[type[BaseModel]] = _choices.Payload
    template: ClassVar[str] = "frontend/work/choices.html"

    questions: tuple[Asked, ...] = (QUALITY, CULTURE)
    """The questions in order."""

    @model_validator(mode="after")
    def _named_once(self) -> "Survey":
        names = [one.name for one in self.questions]
        if not names or len(set(names)) < len(names):
            raise ValueError("a survey has at least one question, and each a name of its own")
        return self

    def choices(self, question: Question) -> list[Choice]:
        return [Choice(one.name, one.text, one.options) for one in self.questions]

    def problems(self, answer: Any, question: Question) -> dict[str, str]:
        return _choices.problems(answer, self.choices(question))

    def label_of(self, answer: Any) -> str:
        return _choices.label(answer)
