"""Survey: a few questions about a translation, each answered by one of its options."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from annotation.records import Choice, Question
from annotation.task_types import TaskType, _choices


class Option(BaseModel):
    """What an answer holds, and what people read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,29}$")
    text: str = Field(min_length=1, max_length=100)


class Asked(BaseModel):
    """One question of a survey: its name in the answer, its text, and its options, which may be written as ``value: text``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")
    text: str = Field(min_length=1, max_length=300)
    # A list, for PostgreSQL's jsonb sorts keys, and a scale out of order is another scale.
    options: tuple[Option, ...] = Field(min_length=2, max_length=9)

    @field_validator("options", mode="before")
    @classmethod
    def _as_list(cls, given: Any) -> Any:
        return [{"value": value, "text": text} for value, text in given.items()] if isinstance(given, dict) else given


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
        return [Choice(one.name, one.text, {option.value: option.text for option in one.options}) for one in self.questions]

    def problems(self, answer: Any, question: Question) -> dict[str, str]:
        return _choices.problems(answer, self.choices(question))

    def label_of(self, answer: Any) -> str:
        return _choices.label(answer)

    def compared(self, answer: Any) -> dict[str, str]:
        return answer.answers
