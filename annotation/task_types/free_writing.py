"""Free writing: write a record that was never a translation: a question, a story, an item of one's own culture."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field, model_validator

from annotation.asks import Ask
from annotation.asks.label import Label
from annotation.asks.number import Number
from annotation.asks.rows import Rows
from annotation.asks.writing import Writing
from annotation.records import Question
from annotation.schema import Kind, SchemaField
from annotation.task_types._asking import Asking
from annotation.task_types._ordered import in_order
from core.told import told

Written = Annotated[Writing | Label | Number | Rows, Field(discriminator="type")]


class FreeWriting(Asking):
    """Accepted, the answer becomes an item of origin *native* in the person's language; the task's own record is only the prompt.

    Each question is named after a field of the new record's kind: rows with one column fill a list, with several a table.
    """

    name: ClassVar[str] = "free_writing"
    label: ClassVar[str] = "Write something new"
    aggregator: ClassVar[str] = "text_centroid"
    right_from: ClassVar[float] = 0.5
    writes_items: ClassVar[bool] = True

    kind: str = ""
    """The kind of what is written; without it that of the prompt."""
    questions: tuple[Written, ...] = (Writing(name="text", text="Write it in your own words", lines=6),)
    """One for each field that people fill in."""

    @model_validator(mode="after")
    def _in_order(self) -> "FreeWriting":
        in_order(self.questions)
        return self

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        return self.questions

    def misfits(self, kinds: Mapping[str, Kind], asked: tuple[str, ...]) -> dict[str, str]:
        if self.kind and self.kind not in kinds:
            return {"kind": told(
                "is {kind!r}, which is no kind of the dataset: it has {kinds}",
                kind=self.kind, kinds=", ".join(kinds),
            )}
        made = [kinds[name] for name in ((self.kind,) if self.kind else asked)]
        unknown = [one.name for one in self.questions if any(one.name not in kind.fields for kind in made)]
        return {"questions": told("{unknown} is no field of what is written", unknown=unknown[0])} if unknown else {}

    def makes(self, answer: BaseModel, kinds: Mapping[str, Kind], own: str) -> tuple[str, dict[str, Any]]:
        name = self.kind or own
        fields = kinds[name].fields
        return name, {ask.name: _value(ask, value, fields.get(ask.name)) for ask, value in self.answered(answer)}


def _value(ask: Ask, value: Any, field: SchemaField | None) -> Any:
    """The answer as the field holds it; what cannot be one stays as it is, and the schema says so."""
    if isinstance(ask, Rows):
        rows = [[str(row.get(column.name, "")) for column in ask.columns] for row in value]
        return [row[0] for row in rows] if len(ask.columns) == 1 else rows
    if field and field.type == "choice" and isinstance(value, str) and value.isdecimal():
        return int(value)
    if field and field.type == "boolean" and value in ("yes", "no"):
        return value == "yes"
    return value
