"""JSON Lines: one object a line, with kind, key, split and the fields of the kind side by side."""

from collections.abc import Iterator
from typing import Any, BinaryIO, ClassVar

from annotation.schema import Schema
from core.errors import Invalid
from core.told import told
from pipelines.importers import Described, Importer
from pipelines.importers._json import parse
from pipelines.importers._lines import MAX_LINE, check_text, decoded, lines, too_long
from pipelines.records import BadRow, ImportContext, NewItem, ParsedRow

WORDS = ("kind", "key", "split", "translations")


class JsonLines(Importer):
    """One JSON object a line: kind (where there are several), key, split, the fields, and translations by language."""

    name: ClassVar[str] = "jsonl"
    label: ClassVar[str] = "JSON Lines"

    def describe(self, file: BinaryIO) -> Described:
        check_text(file)
        try:
            head = parse(decoded(file.readline(MAX_LINE)))
        except ValueError:
            head = None
        # A bad first line is a bad row like any other.
        return (
            Described(columns=tuple(name for name in head if name not in WORDS))
            if isinstance(head, dict)
            else Described()
        )

    def read(self, file: BinaryIO, context: ImportContext) -> Iterator[ParsedRow | BadRow]:
        check_text(file)
        schema = Schema.parse(context.schema)
        for kind, fields in schema.kinds.items():
            if taken := set(WORDS) & set(fields.fields):
                raise Invalid(
                    told(
                        "The field {field!r} of {kind} cannot be told from a word of this format: rename it in the schema.",
                        field=min(taken), kind=kind,
                    )
                )
        only = next(iter(schema.kinds)) if len(schema.kinds) == 1 else None
        for number, line in lines(file):
            yield _row(number, line, only, context) if line is not None else too_long(number)


def _row(number: int, line: bytes, only: str | None, context: ImportContext) -> ParsedRow | BadRow:
    try:
        record = parse(decoded(line))
        if not isinstance(record, dict):
            raise ValueError(told("is not a JSON object"))
    except ValueError as error:
        return BadRow(number, told("the line {error}", error=error))
    values = [record.pop("kind", only), record.pop("key", None), record.pop("split", context.split)]
    for name, value in zip(WORDS, values, strict=False):
        if not isinstance(value, str):
            return BadRow(number, told("is missing") if value is None else told("must be text, in quotes"), name)
    translations = record.pop("translations", {})
    if not _is_nested(translations):
        return BadRow(number, told("must map language tags to objects with the translated fields"), "translations")
    kind, key, split = values
    item = NewItem(kind, key, record, split, context.source_language, translations)
    return ParsedRow(number, (item,))


def _is_nested(translations: Any) -> bool:
    return isinstance(translations, dict) and all(isinstance(one, dict) for one in translations.values())
