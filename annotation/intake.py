"""What rows would bring to a dataset, decided row by row, each seeing those before it; nothing is written here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from annotation.schema import Kind, Schema, SchemaField
from core.errors import Invalid
from core.hashing import digest
from core.languages import language
from core.told import joined, told

Name = tuple[str, str]
"""Kind and key."""
# A key is what ref fields hold, so the same is asked of it; a split is as plain a word.
KEY = SchemaField(type="ref", kind="any")
MAX_KEY = 200
MAX_SPLIT = 40


class Bringing(Protocol):
    """One item a row brings; see `pipelines.records.NewItem`."""

    kind: str
    key: str
    content: dict[str, Any]
    split: str
    language: str
    translations: Mapping[str, dict[str, Any]]
    shared: bool


class Aligning(Protocol):
    """Languages a row brings for an item that is there; see `pipelines.records.Alignment`."""

    kind: str
    key: str
    expect: dict[str, Any]
    translations: Mapping[str, Mapping[str, dict[str, Any]]]


class Row(Protocol):
    """One row of a file; see `pipelines.records.ParsedRow`."""

    line: int
    items: Sequence[Bringing]
    alignment: Aligning | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that was not taken: where, which field, why."""

    line: int
    field: str
    reason: str


@dataclass(slots=True)
class Entry:
    """An item that is there (it has a `pk`), or will be when the rows are written."""

    kind: str
    key: str
    split: str
    hash: str
    language: str
    pk: int | None
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """A translation of an item, as the file has it."""

    entry: Entry
    tag: str
    content: dict[str, Any]


class FirstLines:
    """Which line of a file an item came from, so that the second use of a key can name the first.

    64 bits for a key, not its text: a million rows take 100 MB. Two keys alike in them are told apart by the caller,
    who asks only for items that are there.
    """

    def __init__(self) -> None:
        self._lines: dict[int, int] = {}

    def note(self, row: Row) -> None:
        """This row was taken: its keys are used up."""
        for item in row.items:
            if not item.shared:
                self._lines[hash((item.kind, item.key))] = row.line

    def of(self, item: Bringing) -> int | None:
        """The line that used the key, if any did."""
        return self._lines.get(hash((item.kind, item.key)))


class Unfit(Exception):
    """A row cannot be taken: the field and the reason."""


@dataclass
class Intake:
    """What the rows taken so far bring. `known` starts with what the dataset has of the items they name."""

    schema: Schema
    source_language: str
    known: dict[Name, Entry]
    lines: FirstLines
    fresh: list[Entry] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def take(self, row: Row) -> None:
        """Take the whole row or refuse the whole row."""
        fresh: dict[Name, Entry] = {}
        try:
            texts = self._aligned(row.alignment) if row.alignment else self._brought(row, fresh)
        except Unfit as unfit:
            self.refused.append(Refusal(row.line, *unfit.args))
            return
        self.known |= fresh
        self.fresh += fresh.values()
        self.texts += texts
        self.lines.note(row)

    def _brought(self, row: Row, fresh: dict[Name, Entry]) -> list[Text]:
        texts: list[Text] = []
        for item in row.items:
            kind = self.schema.kinds.get(item.kind)
            if kind is None:
                raise Unfit("kind", told(
                    "unknown kind {kind!r}: this dataset has {kinds}",
                    kind=item.kind[:40], kinds=", ".join(self.schema.kinds),
                ))
            entry = self._entry(item, kind, fresh)
            for tag, content in item.translations.items():
                texts.append(self._text(entry, kind, item.content, tag, content))
        return texts

    def _entry(self, item: Bringing, kind: Kind, fresh: dict[Name, Entry]) -> Entry:
        if problem := KEY.problem(item.key, {}) or _over(item.key, MAX_KEY):
            raise Unfit("key", problem)
        if problem := KEY.problem(item.split, {}) or _over(item.split, MAX_SPLIT):
            raise Unfit("split", problem)
        # A field without a value is a field that is not there: both have one hash.
        content = {name: value for name, value in item.content.items() if value is not None}
        _check(kind.problems(content))
        named = digest({"kind": item.kind, "content": content})
        name = (item.kind, item.key)
        there = fresh.get(name) or self.known.get(name)
        if there is not None:
            self._check_same(item, named, there, twice=name in fresh)
            return there
        for ref, target in kind.references.items():
            if ref in content and (target, content[ref]) not in self.known and (target, content[ref]) not in fresh:
                raise Unfit(
                    ref, told(
                        "there is no {target} {key!r}, neither in the dataset nor before this row",
                        target=target, key=content[ref][:80],
                    )
                )
        fresh[name] = entry = Entry(item.kind, item.key, item.split, named, item.language, None, content)
        return entry

    def _check_same(self, item: Bringing, named: str, there: Entry, *, twice: bool) -> None:
        """Whether an item may come again: a shared one with the same content, another one once a file and unchanged."""
        if not item.shared and (twice or (first := self.lines.of(item))):
            where = told("in this row") if twice else told("on line {first}", first=first)
            raise Unfit("key", told(
                "the {kind} {key!r} stands already {where}",
                kind=item.kind, key=item.key[:80], where=where,
            ))
        if there.hash != named:
            raise Unfit(
                "key", told(
                    "the {kind} {key!r} is already there with other content, and items do not change",
                    kind=item.kind, key=item.key[:80],
                )
            )
        if not item.shared and there.split != item.split:
            raise Unfit(
                "split", told(
                    "is {split!r}, but the {kind} {key!r} is already there in {there!r}",
                    split=item.split, kind=item.kind, key=item.key[:80], there=there.split,
                )
            )

    def _text(self, entry: Entry, kind: Kind, source: dict[str, Any], tag: str, content: dict[str, Any]) -> Text:
        try:
            tag = language(tag).tag
        except Invalid as error:
            raise Unfit("translations", str(error)) from error
        if tag == self.source_language:
            raise Unfit("translations", told("{tag} is the source language", tag=tag))
        if not content:
            raise Unfit("translations", told("the translation into {tag} is empty", tag=tag))
        _check(kind.translation_problems(source, content), suffix=f"@{tag}")
        return Text(entry, tag, content)

    def _aligned(self, row: Aligning) -> list[Text]:
        found = self.known.get((row.kind, row.key))
        if found is None:
            raise Unfit("key", told(
                "there is no {kind} {key!r} in the dataset to add a language to",
                kind=row.kind, key=row.key[:80],
            ))
        for name, expected in row.expect.items():
            there = found.content.get(name, expected)
            if there != expected:
                raise Unfit(name, told(
                    "is {expected!r}, but {there!r} in the dataset: the rows do not line up",
                    expected=str(expected)[:40], there=there,
                ))
        texts: list[Text] = []
        for ref, translations in row.translations.items():
            target = self._target(found, ref)
            kind = self.schema.kinds[target.kind]
            for tag, content in translations.items():
                texts.append(self._text(target, kind, target.content, tag, content))
        return texts

    def _target(self, entry: Entry, ref: str) -> Entry:
        if not ref:
            return entry
        return self.known[self.schema.kinds[entry.kind].references[ref], entry.content[ref]]


def _over(text: str, limit: int) -> str | None:
    return told("is longer than {limit} characters", limit=limit) if len(text) > limit else None


def _check(problems: dict[str, str], suffix: str = "") -> None:
    """Raise `Unfit` for the first field that has a problem, naming the others after it."""
    if problems:
        (name, reason), *others = problems.items()
        raise Unfit(name + suffix, joined([reason, *(told("{name}: {why}", name=other + suffix, why=why) for other, why in others)], by="; "))
