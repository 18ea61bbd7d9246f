"""Options to choose among: written down, or the entries of a list the record holds."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from annotation.asks._ask import Ask, texts_at
from annotation.records import Question
from core.told import told

VALUE = r"^[^\x00-\x1f\x7f]{1,80}$"


class Option(BaseModel):
    """What an answer holds, and what people read; ``under`` names the option it is a kind of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: str = Field(pattern=VALUE)
    text: str = Field(min_length=1, max_length=200)
    under: str = ""
    help: str = Field("", max_length=1000)


def as_list(given: Any) -> Any:
    """Options however they were written, as a list of {value, text}; what is something else stays so."""
    if isinstance(given, dict):
        return [{"value": value, "text": text} for value, text in given.items()]
    if isinstance(given, list | tuple):
        return [{"value": one, "text": one} if isinstance(one, str) else one for one in given]
    return given


Options = Annotated[tuple[Option, ...], BeforeValidator(as_list), Field(validate_default=True)]
"""Options as a list; they may be written as ``value: text``, or as values alone. Stored as a list, for PostgreSQL's jsonb sorts keys,
and a scale out of order is another scale."""


class Choosing(Ask):
    """A question with options. They may be written as ``value: text``; in a tree only the leaves can be chosen."""

    hint = told("choose one")

    options: Options = Field((), max_length=500)
    of: str = Field("", pattern=r"^((source|target)\.[A-Za-z0-9_]+)?$")
    """Instead of options: a list of the record, such as ``target.options``; an answer holds the entry's number from 0."""

    @model_validator(mode="after")
    def _told_apart(self) -> "Choosing":
        values = [one.value for one in self.options]
        if len(set(values)) < len(values):
            raise ValueError(told("{name} has an option twice", name=self.name))
        if self.of and values:
            raise ValueError(told(
                "{name} has options of its own and those of {of}: say one of both",
                name=self.name, of=self.of,
            ))
        if unknown := sorted({one.under for one in self.options if one.under} - set(values)):
            raise ValueError(told(
                "{name} has options under {unknown}, which is no option",
                name=self.name, unknown=", ".join(unknown),
            ))
        return self

    def among(self, question: Question) -> dict[str, str]:
        """What can be chosen here: the value an answer holds to what people read, in order."""
        if self.of:
            return {str(at): text for at, text in enumerate(texts_at(question, self.of) or ())}
        inner = {one.under for one in self.options}
        return {one.value: one.text for one in self.options if one.value not in inner}

    def unknown(self, value: Any, question: Question) -> str | None:
        """Why `value` cannot be chosen here, or None when it can."""
        among = self.among(question)
        if isinstance(value, str) and value in among:
            return None
        return told("is none of {known}", known=", ".join(list(among)[:20])) if among else told("cannot be answered: there are no options")
