"""The contract of a question: what it says, when it is asked, and how its answers are read, checked, compared and exported."""

import json
from random import Random
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from annotation.records import Question
from core.hashing import canonical

Scale = Literal["nominal", "ordinal", "interval", "spans", "text"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
Said = Annotated[str, Field(min_length=1, max_length=300)]
Place = Annotated[
    str, Field(pattern=r"^((source|target|answers)\.[A-Za-z0-9_]+(\.[0-9]+)?|references\.[A-Za-z0-9_]+\.[A-Za-z0-9_]+(\.[0-9]+)?)$")
]
"""A text of the record: ``source.question``, ``target.options.2``; of an answer: ``answers.turns.0``; or of what a field of it
points at, translated where it is: ``references.table.rows``."""


class Ask(BaseModel):
    """One question of a task. Frozen and pure: it reads answers and never changes one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hint: ClassVar[str] = "answer it"
    """What to do about an answer that is missing."""
    scale: ClassVar[Scale] = "nominal"
    """What its answers are, and so which measures of agreement mean something."""
    aggregator: ClassVar[str] = "majority"
    """What concludes one answer from many, unless somebody chooses otherwise."""
    metric: ClassVar[str] = "accuracy"
    """The metric that scores a baseline's answer beside people's; empty where none does, for they score choices of a closed set."""
    structured: ClassVar[bool] = False
    """Whether a form sends the answer as JSON."""
    example: ClassVar[dict[str, Any]] = {}
    """One such question as it is declared, to begin from."""

    name: Name
    text: Said
    """What people read."""
    help: str = Field("", max_length=2000)
    """A further word, on demand."""
    required: bool = True
    when: dict[Name, str | tuple[str, ...]] = {}
    """Asked only where the questions of these names have one of these answers; without any, always."""

    def problem(self, value: Any, question: Question, answers: dict[str, Any]) -> str | None:
        """Why `value` is no answer here, or None when it is one; `answers` are all of the person's, by name."""
        raise NotImplementedError

    def blank(self, value: Any) -> bool:
        """Whether nothing was answered."""
        return value in (None, "", [], {})

    def untouched(self, value: Any) -> bool:
        """Whether a form sent it only because the question stands on the page."""
        return value in (None, "", [], {}) or self.blank(value)

    def read(self, given: list[str]) -> Any:
        """The answer in what a form sent under its name; None for nothing. What cannot be read comes back as it was sent."""
        if not given or given[0] == "":
            return None
        return _json(given[0]) if self.structured else given[0]

    def label_of(self, value: Any) -> str:
        """The answer as one comparable text."""
        return value if isinstance(value, str) else canonical(value).decode()

    def compared(self, value: Any) -> dict[str, str]:
        """What agreement compares, by a name that is empty where there is only one."""
        return {"": self.label_of(value)}

    def alike(self, value: Any, expected: Any) -> float:
        """How right an answer is beside one that is known to be right, 0 to 1."""
        return float(self.label_of(value) == self.label_of(expected))

    def value_of(self, value: Any, part: str = "") -> Any:
        """What the aggregator works with where a label cannot be worked with; `part` is a name of `compared`."""
        return None

    def exported(self, value: Any) -> dict[str, Any]:
        """The answer as columns of a table, by a name that is empty where there is only one."""
        return {"": value}

    def sample(self, question: Question, dice: Random, answers: dict[str, Any]) -> Any:
        """Some answer that is one here, or None where none is possible: for previews, simulated people and tests."""
        raise NotImplementedError

    def shape(self, question: Question) -> dict[str, Any]:
        """The JSON schema of an answer."""
        raise NotImplementedError


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def text_at(question: Question, place: str, answers: dict[str, Any] | None = None) -> str | None:
    """The text at ``side.field`` or ``side.field.3``; None where there is none.

    The side is source, target, answers (what the person wrote in answer to another question) or references.
    """
    value = _at(question, place, answers)
    return value if isinstance(value, str) else None


def texts_at(question: Question, place: str) -> list[str] | None:
    """The list of texts at ``side.field``; None where there is none."""
    value = _at(question, place)
    return value if isinstance(value, list) and all(isinstance(one, str) for one in value) else None


def table_at(question: Question, place: str) -> list[list[str]] | None:
    """The rows of cells at ``side.field``; None where there is no table."""
    value = _at(question, place)
    return value if isinstance(value, list) and all(isinstance(row, list) for row in value) else None


def _at(question: Question, place: str, answers: dict[str, Any] | None = None) -> Any:
    side, *path = place.split(".")
    sides = {"source": question.source, "target": question.draft, "answers": answers}
    value: Any = _referred(question) if side == "references" else sides[side]
    for step in path:
        if isinstance(value, list):
            value = value[int(step)] if step.isdecimal() and int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _referred(question: Question) -> dict[str, Any]:
    """What each reference of the record points at, its translation laid over it."""
    found = question.context.get("references", {})
    return {name: {**one["content"], **(one.get("translation") or {})} for name, one in found.items()}
