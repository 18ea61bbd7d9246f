"""The editor's fields and back: a question as boxes to type in, and what was typed as the payload a task type takes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from annotation.asks import Ask, asked_now
from annotation.records import Question
from annotation.schema import TRANSLATABLE, Kind, Schema
from annotation.task_types import TaskType

TEX = re.compile(r"\$[^$]+\$|\\[(\[]|\\begin\{")
# Where an adjudicator takes none of the answers.
OWN = "own"
Content = dict[str, Any]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Cell:
    """One text to translate: its box is called ``name`` and holds ``text``, which is compared with ``draft``."""

    name: str
    source: str
    text: str
    draft: str | None
    earlier: str | None

    @property
    def rows(self) -> int:
        """The height of its box in lines, before anything is typed."""
        return min(12, 1 + max(len(self.source), len(self.text)) // 60)

    @property
    def formulas(self) -> bool:
        """Whether either may hold TeX, which the browser then draws beside it."""
        return bool(TEX.search(self.source) or TEX.search(self.text))


@dataclass(frozen=True)
class Block:
    """One field of the kind: a text is one cell, a list a column of them, a table rows of them."""

    name: str
    type: str
    rows: list[list[Cell]]
    errors: list[str]
    header: list[Cell] = field(default_factory=list)
    """For a table: the names of its columns, where a list holds them."""


@dataclass(frozen=True)
class Neighbour:
    """A record beside the question: ``name`` is the field that points at it."""

    name: str
    kind: Kind
    fields: list[str]
    """Those of its fields that hold texts."""
    content: Content
    translation: Content | None
    use: str = ""
    """Where the question's item is used in a record with this one: that record's kind …"""
    role: str = ""
    """… and as what."""


def blocks(
    asked: Question, *, typed: Content | None, earlier: Content | None, errors: Mapping[str, str]
) -> list[Block]:  # fmt: skip
    """The fields to fill in, in the schema's order, holding what was typed before, else the draft."""
    found = {}
    for name in wanted(asked):
        rows = [[_cell(path, asked, typed, earlier) for path in row] for row in _paths(name, asked.source[name])]
        said = [errors[name]] if name in errors else []
        found[name] = Block(name=name, type=asked.kind.fields[name].type, rows=rows, errors=said)
    return _with_headers(found)


def _with_headers(found: dict[str, Block]) -> list[Block]:
    """A list as long as a table is wide is drawn as the names of its columns."""
    lists = [block for block in found.values() if block.type == "list"]
    for name, block in list(found.items()):
        width = len(block.rows[0])
        names = next((one for one in lists if len(one.rows) == width and one.name in found), None)
        if block.type == "table" and names:
            del found[names.name]
            header = [row[0] for row in names.rows]
            found[name] = replace(block, header=header, errors=[*names.errors, *block.errors])
    return list(found.values())


def wanted(asked: Question) -> list[str]:
    return [name for name in asked.kind.translatable if asked.source.get(name) is not None]


def payload(
    form: QueryDict, asked: Question, task_type: TaskType, everybody: TaskType | None = None, prefix: str = ""
) -> Content:  # fmt: skip
    """The answer as typed. Boxes left blank are left out, except those of the text itself.

    `everybody` is what the campaign asks of everybody else: an adjudicator's own answer is one to that, below ``own.``.
    """
    fields = task_type.Payload.model_fields
    found: Content = {name: _lines(form[name]) for name in fields if not prefix and form.get(name)}
    if "answers" in fields:
        found["answers"] = _answers(form, task_type.asks(asked), f"{prefix}answers.")
    if everybody and found.get("take") == OWN:
        del found["take"]
        found["own"] = payload(form, asked, everybody, prefix="own.")
    if "content" in fields:
        content = {name: _typed(form, (name,), asked.source[name], asked.draft) for name in wanted(asked)}
        # Where the text may stay as it came, an unchanged one is no new text.
        if fields["content"].is_required() or content != asked.draft:
            found["content"] = content
    return found


def _answers(form: QueryDict, asks: tuple[Ask, ...], prefix: str) -> Content:
    """Each answer by name. Without a script a question that is not asked stands on the page too: untouched it is no answer."""
    read = {ask.name: ask.read(sent(form, prefix + ask.name)) for ask in asks}
    given = {name: value for name, value in read.items() if value is not None}
    now = asked_now(asks, given)
    idle = {ask.name for ask in asks if ask not in now and ask.untouched(given.get(ask.name))}
    return {name: value for name, value in given.items() if name not in idle}


def neighbours(context: Content, schema: Schema) -> list[Neighbour]:
    """What stands around the question: first what it points at, then what points at it."""
    found = [_neighbour(name, one, schema) for name, one in context.get("references", {}).items()]
    for use in context.get("used_in", []):
        around = [(use["kind"], use), *use["references"].items()]
        found += [replace(_neighbour(name, one, schema), use=use["kind"], role=use["field"]) for name, one in around if _texts(one, schema)]
    return found


def _neighbour(name: str, one: Content, schema: Schema) -> Neighbour:
    return Neighbour(name, schema.kind(one["kind"]), _texts(one, schema), one["content"], one.get("translation"))


def _texts(one: Content, schema: Schema) -> list[str]:
    """Those of its fields that hold texts, and not a label or a reference."""
    fields = schema.kind(one["kind"]).fields
    return [name for name, known in fields.items() if known.type in TRANSLATABLE and one["content"].get(name)]


def _paths(name: str, value: Any) -> list[list[Path]]:
    if not isinstance(value, list):
        return [[(name,)]]
    if value and isinstance(value[0], list):
        return [[(name, i, j) for j in range(len(row))] for i, row in enumerate(value)]
    return [[(name, i)] for i in range(len(value))]


def _cell(path: Path, asked: Question, typed: Content | None, earlier: Content | None) -> Cell:
    draft, kept = _at(asked.draft, path), _at(typed, path)
    return Cell(
        name=_name(path),
        source=_at(asked.source, path) or "",
        text=(draft or "") if kept is None else kept,
        draft=draft,
        earlier=_at(earlier, path),
    )


def _name(path: Path) -> str:
    return ".".join(["content", *map(str, path)])


def _at(content: Any, path: Path) -> str | None:
    """The text at a place; None where there is none, as in a draft saved before the source's shape was known."""
    for step in path:
        if not isinstance(content, dict if isinstance(step, str) else list):
            return None
        try:
            content = content[step]
        except (KeyError, IndexError):
            return None
    return content if isinstance(content, str) else None


def _typed(form: Mapping[str, str], path: Path, source: Any, draft: Content | None) -> Any:
    """What was typed, in the source's shape."""
    if isinstance(source, list):
        return [_typed(form, (*path, i), one, draft) for i, one in enumerate(source)]
    text, before = _lines(form.get(_name(path), "")), _at(draft, path)
    # A browser cannot hold every line ending; a text nobody touched stays as it was to the byte.
    return before if before is not None and _lines(before) == text else text


def sent(form: QueryDict, name: str) -> list[str]:
    """Everything a form sent under a name, line endings as they were typed."""
    return [_lines(one) for one in form.getlist(name)]


def _lines(text: str) -> str:
    """Forms send every line ending as CR LF, whatever was in the box."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
