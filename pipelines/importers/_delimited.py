"""Tables of delimited text: a column gives the key, the split or a field, and `field@sw` that field in Swahili."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar

from annotation.schema import Kind, Schema
from core.errors import Invalid
from core.languages import language
from core.told import told
from pipelines.importers import Described, Importer
from pipelines.importers._json import number, parse
from pipelines.importers._lines import first_line
from pipelines.importers._records import Record, records, split
from pipelines.records import BadRow, ImportContext, NewItem, ParsedRow


@dataclass(frozen=True)
class Column:
    """What one column gives: ``key``, ``split``, a field, or nothing; with a language when it gives a translation."""

    name: str
    target: str
    language: str = ""
    value: Callable[[str], Any] = str
    """Makes the field's value of a cell; raises `ValueError` with the reason."""
    may_be_empty: bool = False


class Delimited(Importer):
    """What CSV and TSV share."""

    delimiter: ClassVar[str]
    example: ClassVar[dict[str, Any]] = {"mapping": {"id": "key", "swahili": "text@sw"}}

    kind: str = ""
    """The kind its rows are of; may be left out where the dataset has only one."""
    mapping: dict[str, str] = {}
    """Column to key, split, a field, field@sw for it in Swahili, or to nothing; other columns stand for themselves."""
    quoted: bool = True
    """Whether quotation marks hold a cell together; otherwise they are text."""

    def describe(self, file: BinaryIO) -> Described:
        names = self._head(file)
        tags = [tag for name in names if (tag := self.mapping.get(name, name).partition("@")[2])]
        return Described(languages=tuple(dict.fromkeys(language(tag).tag for tag in tags)), columns=tuple(names))

    def read(self, file: BinaryIO, context: ImportContext) -> Iterator[ParsedRow | BadRow]:
        names = self._head(file)
        kind_name, kind = self._kind(Schema.parse(context.schema))
        columns = [self._column(name, kind_name, kind, context.source_language) for name in names]
        _check_complete(columns, kind_name, kind, unknown=set(self.mapping) - set(names))
        for record in records(file, self.delimiter, self.quoted, width=len(names)):
            yield record if isinstance(record, BadRow) else _row(record, columns, kind_name, context)

    def _head(self, file: BinaryIO) -> list[str]:
        line = first_line(file)
        try:
            names = (
                next(csv.reader([line], delimiter=self.delimiter, strict=True))
                if self.quoted
                else split(line, self.delimiter)
            )
        except csv.Error as error:
            raise Invalid(told("The first line is no head of columns: {error}.", error=error)) from None
        if (twice := _twice(names)) is not None:
            raise Invalid(told("Two columns of this file are called {name!r}.", name=twice[:40]))
        return names

    def _kind(self, schema: Schema) -> tuple[str, Kind]:
        if not self.kind and len(schema.kinds) > 1:
            raise Invalid(told("Say of which kind the rows are: {kinds}.", kinds=", ".join(schema.kinds)))
        name = self.kind or next(iter(schema.kinds))
        return name, schema.kind(name)

    def _column(self, name: str, kind_name: str, kind: Kind, source: str) -> Column:
        target, _, tag = self.mapping.get(name, name).partition("@")
        if target in ("key", "split", ""):
            return Column(name, target)
        if target not in kind.fields:
            raise Invalid(
                told(
                    "The column {column!r} is no field of {kind}: map it to key, split or one of {fields}, or to nothing.",
                    column=name[:40], kind=kind_name, fields=", ".join(kind.fields),
                )
            )
        field = kind.fields[target]
        value = _VALUES.get(field.type, str)
        if not tag:
            return Column(name, target, value=value, may_be_empty=not field.required)
        translated = field.translate or target in kind.carried
        if not translated or language(tag).tag == source:
            its, text = told("{tag} is the source language", tag=source), told("{field} is not translated", field=target)
            why = its if translated else text
            raise Invalid(told("The column {column!r} cannot hold a translation: {why}.", column=name[:40], why=why))
        return Column(name, target, language(tag).tag, value, may_be_empty=True)


def _boolean(cell: str) -> bool:
    if cell.lower() not in ("true", "false"):
        raise ValueError(told("must be true or false"))
    return cell.lower() == "true"


# What is written in a cell of these fields; every other field is the cell's text, exactly.
_VALUES: dict[str, Callable[[str], Any]] = {
    "list": parse, "table": parse, "spans": parse, "number": number, "choice": number, "boolean": _boolean,
}  # fmt: skip


def _twice(values: list[Any]) -> Any:
    """The first value that comes again, or None."""
    return next((value for value, times in Counter(values).items() if times > 1), None)


def _check_complete(columns: list[Column], kind_name: str, kind: Kind, unknown: set[str]) -> None:
    """Raise `Invalid` when no row of these columns could be taken."""
    if unknown:
        raise Invalid(
            told(
                "There is no column {column!r} in this file: it has {there}.",
                column=min(unknown)[:40], there=", ".join(column.name[:40] for column in columns)[:400],
            )
        )
    given = [(column.target, column.language) for column in columns if column.target]
    if twice := _twice(given):
        raise Invalid(told("Two columns give {place}.", place="@".join(filter(None, twice))))
    needed = ["key", *(name for name, field in kind.fields.items() if field.required)]
    if missing := [name for name in needed if (name, "") not in given]:
        raise Invalid(told(
            "No column gives {missing} of {kind}: name it so, or map a column to it.",
            missing=", ".join(missing), kind=kind_name,
        ))


def _row(record: Record, columns: list[Column], kind: str, context: ImportContext) -> ParsedRow | BadRow:
    words = {"key": "", "split": ""}
    content: dict[str, Any] = {}
    translations: dict[str, dict[str, Any]] = {}
    for column, cell in zip(columns, record.cells, strict=True):
        if column.target in words:
            words[column.target] = cell
        elif column.target and not (column.may_be_empty and not cell):
            try:
                value = column.value(cell)
            except ValueError as error:
                return BadRow(record.line, str(error), column.name)
            held = translations.setdefault(column.language, {}) if column.language else content
            held[column.target] = value
    item = NewItem(kind, words["key"], content, words["split"] or context.split, context.source_language, translations)
    return ParsedRow(record.line, (item,))
