"""A dataset's schema: its kinds of record, their typed fields, and what a valid record of each looks like."""

from collections import Counter
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.errors import Invalid
from core.told import listed, told
from core.wrong import places

Type = Literal["text", "list", "table", "label", "choice", "ref", "string", "number", "boolean", "spans"]
TRANSLATABLE = ("text", "list", "table")


class SchemaField(BaseModel):
    """One typed field. `text`, `list` (of text) and `table` (rows of text cells) may be translated; a `ref` holds another item's key.

    `spans` are places in a text of the same record, ``[{"start": 4, "end": 9, "label": "PER"}]`` in code points: they go with
    its text into every language.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Type
    translate: bool = False
    required: bool = True
    kind: str | None = Field(None, description="for a ref: the kind it points at")
    labels: tuple[str, ...] = Field((), description="for a label or spans: the labels there are; spans may have any where none are named")
    of: str | None = Field(None, description="for a choice: the list field it is an index into, from 0; for spans: the text they are places in")

    @model_validator(mode="after")
    def _consistent(self) -> "SchemaField":
        if self.translate and self.type not in TRANSLATABLE:
            raise ValueError(told("a {type} field cannot be translated", type=self.type))
        needs = {"ref": ("kind", self.kind), "label": ("labels", self.labels), "choice": ("of", self.of), "spans": ("of", self.of)}
        if self.type in needs and not needs[self.type][1]:
            raise ValueError(told("a {type} field must say its {what}", type=self.type, what=needs[self.type][0]))
        return self

    def problem(self, value: Any, record: dict[str, Any]) -> str | None:
        """Why `value` is no value of this field, or None when it is one."""
        check = _CHECKS[self.type]
        return check(self, value, record)


def _text(value: Any) -> str | None:
    if not isinstance(value, str):
        return told("must be text, not {name}", name=type(value).__name__)
    if "\x00" in value:
        return told("contains the NUL character, which cannot be stored")
    try:
        value.encode()  # a hundred times faster than a look at each character
    except UnicodeEncodeError:
        return told("contains half of a surrogate pair, which is no character")
    return None


def _filled(value: Any) -> str | None:
    return _text(value) or (None if value.strip() else told("is empty"))


def _list(field: SchemaField, value: Any, record: dict[str, Any]) -> str | None:
    if not isinstance(value, list) or not value:
        return told("must be a list with at least one text")
    return next((told("{number}. entry {problem}", number=i + 1, problem=p) for i, one in enumerate(value) if (p := _filled(one))), None)


def _table(field: SchemaField, value: Any, record: dict[str, Any]) -> str | None:
    if not isinstance(value, list) or not value or not all(isinstance(row, list) and row for row in value):
        return told("must be a list of rows, each a list of cells")
    if len({len(row) for row in value}) > 1:
        return told("has rows of different lengths")
    return next((told("a cell {problem}", problem=p) for row in value for cell in row if (p := _text(cell))), None)


def _label(field: SchemaField, value: Any, record: dict[str, Any]) -> str | None:
    if isinstance(value, str) and value in field.labels:
        return None
    return told("unknown label {value!r}: it must be one of {labels}", value=str(value)[:40], labels=", ".join(field.labels))


def _choice(field: SchemaField, value: Any, record: dict[str, Any]) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return told("must be the index of an option, counted from 0")
    options = record.get(field.of or "")
    if isinstance(options, list) and not 0 <= value < len(options):
        return told("is {value}, but there are {count} options, counted from 0", value=value, count=len(options))
    return None


def _spans(field: SchemaField, value: Any, record: dict[str, Any]) -> str | None:
    if not isinstance(value, list):
        return told("must be a list of places, each {{start, end, label}}")
    text = record.get(field.of or "")
    length = len(text) if isinstance(text, str) else 0
    return next((told(
        "{number}. entry {problem}", number=i + 1, problem=p
    ) for i, one in enumerate(value) if (p := _span(field, one, length))), None)


def _span(field: SchemaField, value: Any, length: int) -> str | None:
    if not isinstance(value, dict) or set(value) != {"start", "end", "label"}:
        return told("must have start, end and label and nothing else")
    start, end, label = value["start"], value["end"], value["label"]
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= length:
        return told("must lie within the {length} characters of {of}, its start before its end", length=length, of=field.of)
    if problem := _filled(label):
        return told("has a label that {problem}", problem=problem)
    return _label(field, label, {}) if field.labels else None


def _number(field: SchemaField, value: Any, record: dict[str, Any]) -> str | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and value == value and abs(value) != float("inf")
    return None if good else told("must be a finite number")


_CHECKS = {
    "text": lambda field, value, record: _filled(value),
    "string": lambda field, value, record: _text(value),
    "ref": lambda field, value, record: _filled(value),
    "list": _list,
    "table": _table,
    "label": _label,
    "choice": _choice,
    "spans": _spans,
    "number": _number,
    "boolean": lambda field, value, record: None if isinstance(value, bool) else told("must be true or false"),
}


class Kind(BaseModel):
    """One record type: its fields in order, and which of them is the answer that baselines predict."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: dict[str, SchemaField]
    answer: str | None = None

    @property
    def translatable(self) -> list[str]:
        """Names of the fields that are translated; empty for a kind that only points at others."""
        return [name for name, field in self.fields.items() if field.translate]

    @property
    def references(self) -> dict[str, str]:
        """Field name to the kind it points at."""
        return {name: field.kind for name, field in self.fields.items() if field.type == "ref" and field.kind}

    @property
    def carried(self) -> dict[str, str]:
        """Name of a spans field to the translated text its places are in: they go with it into every language."""
        spans = {name: field.of for name, field in self.fields.items() if field.type == "spans" and field.of}
        return {name: text for name, text in spans.items() if text in self.fields and self.fields[text].translate}

    def carrying(self, content: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
        """A translation with the places that one before it has in texts that are the same in both: there they still hold."""
        kept = {
            name: before[name]
            for name, text in self.carried.items()
            if name in before and name not in content and content.get(text) == before.get(text)
        }
        return {**content, **kept}

    def problems(self, record: dict[str, Any]) -> dict[str, str]:
        """Field name to what is wrong with it in `record`; empty when the record is valid."""
        found = {name: told("is no field of this kind") for name in record if name not in self.fields}
        for name, field in self.fields.items():
            if record.get(name) is None:
                if field.required:
                    found[name] = told("is missing")
            elif problem := field.problem(record[name], record):
                found[name] = problem
        return found

    def translation_problems(self, source: dict[str, Any], content: dict[str, Any]) -> dict[str, str]:
        """What is wrong with `content` as a translation of `source`: every translatable field the source has, in the same shape.

        The places in its texts may be there too, as many of each label as in the source; where they are not known they are not.
        """
        wanted = [name for name in self.translatable if source.get(name) is not None]
        carried = [name for name, text in self.carried.items() if text in wanted and source.get(name) is not None]
        found = {name: told("is no translatable field of this kind") for name in content if name not in (*wanted, *carried)}
        for name in carried:
            if name in content:
                problem = self.fields[name].problem(content[name], content) or _labels(source[name], content[name])
                found |= {name: problem} if problem else {}
        for name in wanted:
            if name not in content:
                found[name] = told("is missing")
            elif problem := self.fields[name].problem(content[name], content) or _shape(source[name], content[name]):
                found[name] = problem
        return found


def _labels(source: list[dict[str, Any]], target: list[dict[str, Any]]) -> str | None:
    ours, theirs = (Counter(one["label"] for one in spans) for spans in (source, target))
    return None if ours == theirs else told("has not the places the source has, as many of each label")


def _shape(source: Any, target: Any) -> str | None:
    if not isinstance(source, list):
        return None
    if len(source) != len(target):
        return told("has {count} entries where the source has {count_2}", count=len(target), count_2=len(source))
    if isinstance(source[0], list) and len(source[0]) != len(target[0]):
        return told("has {count} columns where the source has {count_2}", count=len(target[0]), count_2=len(source[0]))
    return None


class Schema(BaseModel):
    """All kinds of a dataset, by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: dict[str, Kind]

    @model_validator(mode="after")
    def _known_references(self) -> "Schema":
        for name, kind in self.kinds.items():
            for field, target in kind.references.items():
                if target not in self.kinds:
                    raise ValueError(told(
                        "{name}.{field} points at the kind {target!r}, which there is not",
                        name=name, field=field, target=target,
                    ))
                if self.kinds[target].references:
                    raise ValueError(told(
                        "{name}.{field} points at {target!r}, which itself points on: one step only",
                        name=name, field=field, target=target,
                    ))
            for field, its in kind.fields.items():
                if its.type == "spans" and (its.of not in kind.fields or kind.fields[its.of].type != "text"):
                    raise ValueError(told(
                        "{name}.{field} is of {of!r}, which is no text of {name}",
                        name=name, field=field, of=its.of,
                    ))
            if kind.answer is not None and kind.answer not in kind.fields:
                raise ValueError(told("{name}.answer names {answer!r}, which is no field of it", name=name, answer=kind.answer))
        return self

    @property
    def released(self) -> list[str]:
        """The kinds that are records of a release: those no other kind points at; the rest travel inside them."""
        inner = {target for kind in self.kinds.values() for target in kind.references.values()}
        return [name for name in self.kinds if name not in inner]

    def kind(self, name: str) -> Kind:
        """The kind of that name; `Invalid`, naming those there are, when there is none."""
        if name not in self.kinds:
            raise Invalid(told("unknown kind {kind!r}: this dataset has {kinds}", kind=name, kinds=", ".join(self.kinds)))
        return self.kinds[name]

    @classmethod
    def parse(cls, data: Any) -> "Schema":
        """The schema written as plain data (from YAML or JSON); `Invalid` with the place and the reason when it is none."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            reasons = listed(places(error, "schema"), of=": ")
            raise Invalid(told("The schema is not valid: {reasons}", reasons=reasons)) from error
