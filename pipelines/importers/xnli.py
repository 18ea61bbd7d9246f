"""XNLI's own TSV files: a sentence is kept once, and pairs point at it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar

from pydantic import Field

from core.errors import Invalid
from core.languages import language
from core.told import told
from pipelines.importers import Described, Importer
from pipelines.importers._lines import decoded, first_line, lines, too_long
from pipelines.importers._records import split
from pipelines.records import Alignment, BadRow, ImportContext, NewItem, ParsedRow

LABELS = ("entailment", "neutral", "contradiction")
SCHEMA: dict[str, Any] = {
    "kinds": {
        "sentence": {"fields": {"text": {"type": "text", "translate": True}}},
        "pair": {
            "fields": {
                "premise": {"type": "ref", "kind": "sentence"},
                "hypothesis": {"type": "ref", "kind": "sentence"},
                "label": {"type": "label", "labels": list(LABELS)},
                "genre": {"type": "string", "required": False},
            },
            "answer": "label",
        },
    }
}
SENTENCES = {"sentence1": "premise", "sentence2": "hypothesis"}


@dataclass(frozen=True)
class Head:
    """The first line: the columns as written, and where each language's premise and hypothesis stand."""

    names: tuple[str, ...]
    columns: dict[str, dict[str, str]]
    """Canonical tag to ``{"premise": column, "hypothesis": column}``."""


class Xnli(Importer):
    """Columns genre, label, sentence1_XX, sentence2_XX; a file without the source adds to the pairs there are."""

    name: ClassVar[str] = "xnli"
    label: ClassVar[str] = "XNLI (TSV)"

    train_share: float = Field(0.0, ge=0, le=1)
    """Share of the pairs that go to the split train; pairs of one premise stay together."""
    seed: int = 0
    """Another number draws another train split."""

    def describe(self, file: BinaryIO) -> Described:
        head = _head(file)
        source = "en" if "en" in head.columns else next(iter(head.columns))
        others = tuple(tag for tag in head.columns if tag != source)
        return Described(SCHEMA, source, others, head.names)

    def read(self, file: BinaryIO, context: ImportContext) -> Iterator[ParsedRow | BadRow]:
        head = _head(file)
        kinds = context.schema.get("kinds", {})
        if missing := [kind for kind in SCHEMA["kinds"] if kind not in kinds]:
            raise Invalid(told(
                "This dataset has no kind {kind!r}: an XNLI file needs the kinds sentence and pair.",
                kind=missing[0],
            ))
        known = context.source_language in head.columns
        if not known and "pair" not in context.filled_kinds:
            raise Invalid(
                told(
                    "This file has {columns} but not {source_language}, the source language, and the dataset has no "
                    "pairs yet to match it to: import a file with the source first.",
                    columns=", ".join(head.columns), source_language=context.source_language,
                )
            )
        for index, (number, line) in enumerate(lines(file, first=2), start=1):
            yield self._row(index, number, line, head, context) if line is not None else too_long(number)

    def _row(self, index: int, number: int, line: bytes, head: Head, context: ImportContext) -> ParsedRow | BadRow:
        try:
            # Tabs and nothing else: a quotation mark is part of the text.
            cells = split(decoded(line), "\t")
        except ValueError as error:
            return BadRow(number, told("the line {error}", error=error))
        if len(cells) != len(head.names):
            return BadRow(number, told(
                "has {cells} cells where the head has {width} columns",
                cells=len(cells), width=len(head.names),
            ))
        row = dict(zip(head.names, cells, strict=True))
        # The name of the file's split and the row's number in it: the same in every language's file.
        key = f"{context.split}-{index:05d}"
        if context.source_language not in head.columns:
            return _aligned(number, key, row, head)
        return self._whole(number, key, row, head, context)

    def _whole(
        self, number: int, key: str, row: dict[str, str], head: Head, context: ImportContext
    ) -> ParsedRow | BadRow:
        source = head.columns[context.source_language]
        if empty := next((column for column in source.values() if not row[column].strip()), None):
            return BadRow(number, told("is empty"), empty)
        keys = {field: sentence_key(row[column]) for field, column in source.items()}
        split = self._split(keys["premise"], context.split)
        others = {tag: its for tag, its in head.columns.items() if tag != context.source_language}
        sentences = tuple(
            NewItem(
                "sentence", keys[field], {"text": row[source[field]]}, split, context.source_language,
                {tag: {"text": row[its[field]]} for tag, its in others.items() if row[its[field]]},
                shared=True,
            )
            for field in source
        )  # fmt: skip
        pair = NewItem("pair", key, {**keys, **_facts(row)}, split, context.source_language)
        return ParsedRow(number, (*sentences, pair))

    def _split(self, premise: str, split: str) -> str:
        drawn = int(hashlib.sha256(f"{self.seed}:{premise}".encode()).hexdigest()[:8], 16) / 2**32
        return "train" if drawn < self.train_share else split


def sentence_key(text: str) -> str:
    """The key of a sentence: the same text has the same one in every file."""
    return "s-" + hashlib.sha256(text.encode()).hexdigest()[:16]


def _facts(row: dict[str, str]) -> dict[str, str]:
    return {name: row[name] for name in ("label", "genre") if name in row}


def _aligned(number: int, key: str, row: dict[str, str], head: Head) -> ParsedRow:
    translations = {
        field: {tag: {"text": row[columns[field]]} for tag, columns in head.columns.items() if row[columns[field]]}
        for field in SENTENCES.values()
    }
    return ParsedRow(number, alignment=Alignment("pair", key, _facts(row), translations))


def _head(file: BinaryIO) -> Head:
    names = first_line(file).split("\t")
    columns: dict[str, dict[str, str]] = {}
    for name in names:
        stem, _, tag = name.partition("_")
        if stem in SENTENCES and tag:
            columns.setdefault(language(tag).tag, {})[SENTENCES[stem]] = name
        elif name not in ("label", "genre"):
            raise Invalid(
                told("The column {column!r} is none of an XNLI file: genre, label, sentence1_XX, sentence2_XX.", column=name[:40])
            )
    found = sum(name not in ("label", "genre") for name in names)
    if "label" not in names or len(set(names)) < len(names) or not columns or found != 2 * len(columns):
        raise Invalid(
            "An XNLI file has the columns label and, for each language XX, sentence1_XX and sentence2_XX, each once."
        )
    return Head(tuple(names), columns)
