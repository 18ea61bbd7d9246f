"""Custom: the fields to show and the questions to ask, as a campaign's YAML declares them."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from annotation.asks import AnyAsk, Ask
from annotation.records import Question, Shown
from annotation.schema import Kind
from annotation.task_types._asking import Asking, no_field
from annotation.task_types._ordered import in_order
from core.told import told

Form = Literal["text", "list", "table", "spans", "chat", "outline", "code", "math"]
# The forms that a field of the schema has by its type.
PLAIN = ("text", "list", "table", "spans")


class ShownField(BaseModel):
    """A field of the record: in which form, in which languages, and under which title."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    form: Form = "text"
    sides: tuple[Literal["source", "target"], ...] = Field(("source", "target"), min_length=1)
    title: str = ""


class Custom(Asking):
    """Any questions about any fields, without code; without fields every text of the record is shown."""

    model_config = ConfigDict(populate_by_name=True)

    name: ClassVar[str] = "custom"
    label: ClassVar[str] = "Custom"
    example: ClassVar = {
        "fields": [{"name": "text", "form": "text"}],
        "questions": [
            {"type": "label", "name": "fits", "text": "Does it fit?", "options": {"yes": "Yes", "no": "No"}},
            {"type": "text", "name": "why", "text": "Why not?", "when": {"fits": "no"}, "help": "In a sentence."},
        ],
    }

    # Not "fields": that is what a task type does.
    shown: tuple[ShownField, ...] = Field((), alias="fields", description="what of the record is shown, in order")
    questions: tuple[AnyAsk, ...] = Field(description="the questions, in order")

    @model_validator(mode="after")
    def _in_order(self) -> "Custom":
        # Not by the field's length: that is counted without the questions that are wrong.
        if not self.questions:
            raise ValueError(told("questions: there is none, and a task asks at least one"))
        in_order(self.questions)
        return self

    def spec(self) -> dict[str, Any]:
        return super().spec() | {"params": self.model_dump(mode="json", by_alias=True)}

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        return self.questions

    def fields(self, question: Question) -> tuple[Shown, ...]:
        declared = tuple(Shown(one.name, one.sides, "" if one.form in PLAIN else one.form, one.title) for one in self.shown)
        return declared or super().fields(question)

    def misfits(self, kinds: Mapping[str, Kind], asked: tuple[str, ...]) -> dict[str, str]:
        """What is shown, too, must be a field of each kind that is asked about."""
        shown = {
            f"fields.{at}.name": no_field(one.name, name, kinds[name])
            for name in asked
            for at, one in enumerate(self.shown)
            if one.name not in kinds[name].fields
        }
        return shown | super().misfits(kinds, asked)
