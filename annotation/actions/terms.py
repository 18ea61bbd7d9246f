"""The glossary's writes: terms come in one by one or as a CSV file, and go."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from annotation import policies
from annotation.actions.datasets import lock
from annotation.models import Dataset, Term
from core.errors import Invalid
from core.events import record
from core.languages import language
from core.models import User
from core.policy import require
from core.told import listed, told

COLUMNS = ("source", "target", "locked", "note")
LIMITS = {"source": 200, "target": 200, "note": 500}
YES, NO = ("1", "true", "yes", "x", "locked"), ("", "0", "false", "no")
LONGEST = 100_000
"""Lines of one file. Terms are for reading and for prompts; a dictionary is something else."""


@dataclass
class Taken:
    """What became of a file: terms that are new, that have another rendering now, that were there; and the lines that made none."""

    added: int = 0
    changed: int = 0
    same: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    """``{"line": 3, "error": "has no target"}``, lines counted from 1."""


def add(
    dataset: Dataset, tag: str, source: str, target: str, *, by: User | None, locked: bool = False, note: str = ""
) -> Term:  # fmt: skip
    """Agree on a rendering; one the term had in this language before is replaced."""
    require(policies.manage(by, dataset))
    tag = _known(dataset, tag)
    values = {"source": source.strip(), "target": target.strip(), "locked": locked, "note": note.strip()}
    if problems := _problems(values):
        raise Invalid(told("This is no term: {problems}.", problems=listed(problems)), problems)
    with transaction.atomic():
        lock(dataset)
        _write(dataset, tag, [values], by)
        made = Term.objects.get(dataset=dataset, language=tag, source=values["source"])
        record("agree", made, by=by, data={"language": tag, **values})
    return made


def remove(term: Term, *, by: User | None) -> None:
    """The rendering is agreed no longer; what it was stays in the history."""
    require(policies.manage(by, term.dataset))
    values = {name: getattr(term, name) for name in ("language", *COLUMNS)}
    with transaction.atomic():
        record("drop", term, by=by, data=values)
        term.delete()


def take_csv(dataset: Dataset, tag: str, data: bytes, *, by: User | None) -> Taken:
    """Take the terms of a CSV file: source, target, and if there are more columns, whether it is locked and a note.

    A first line that names these columns may put them in any order, with one called language among them, which must then be
    this one. A line that is no term is told of, the others are taken; the same file twice changes nothing.
    """
    require(policies.manage(by, dataset))
    tag = _known(dataset, tag)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(told(
            "The file is not UTF-8: byte {start} is no text. Save it as CSV in UTF-8.",
            start=error.start,
        )) from error
    taken, good = Taken(), {}
    for line, values in _lines(text, taken):
        if (its := values.pop("language") or tag) != tag:
            taken.errors.append({"line": line, "error": told("is of {its}, not of {tag}", its=its[:35], tag=tag)})
        elif problems := _problems(values):
            taken.errors.append({"line": line, "error": listed(problems)})
        elif values["source"] not in good:
            good[values["source"]] = values
        elif good[values["source"]] == values:
            taken.same += 1
        else:
            taken.errors.append({"line": line, "error": told(
                "says of {source} something else than a line before",
                source=values["source"],
            )})
    with transaction.atomic():
        lock(dataset)
        taken.added, taken.changed, same = _write(dataset, tag, list(good.values()), by)
        taken.same += same
        if taken.added or taken.changed:
            counts = {"added": taken.added, "changed": taken.changed, "refused": len(taken.errors)}
            record("import_terms", dataset, by=by, data={"language": tag, **counts})
    return taken


def _known(dataset: Dataset, tag: str) -> str:
    tag = language(tag).tag
    if tag not in dataset.language_tags:
        there = ", ".join(dataset.language_tags) or told("none yet")
        raise Invalid(told(
            "{tag} is no language of {slug}. It has {there}.",
            tag=tag, slug=dataset.slug, there=there,
        ), {"language": "unknown"})
    return tag


def _lines(text: str, taken: Taken) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each line with its values by column; what csv itself cannot read is told of and ends the file."""
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    columns: list[str] = list(COLUMNS)
    first, line = True, 1
    try:
        for cells in reader:
            began, line = line, reader.line_num + 1
            names = [cell.strip().casefold() for cell in cells]
            if first and {"source", "target"} <= set(names):
                columns = names
            elif any(names):
                yield began, _values(dict(zip(columns, (cell.strip() for cell in cells), strict=False)))
            first = False
            if line > LONGEST:
                raise Invalid(told("The file has more than {most} lines: bring it in by parts.", most=LONGEST))
    except csv.Error as error:
        taken.errors.append({"line": line, "error": told("is no CSV: {error}; nothing behind it was read", error=error)})


def _values(cells: dict[str, str]) -> dict[str, Any]:
    locked = cells.get("locked", "").casefold()
    known = True if locked in YES else False if locked in NO else cells["locked"]
    return {**{name: cells.get(name, "") for name in (*LIMITS, "language")}, "locked": known}


def _problems(values: dict[str, Any]) -> dict[str, str]:
    """What is wrong with a term, by column."""
    found = {name: told(
        "is longer than {limit} characters",
        limit=limit,
    ) for name, limit in LIMITS.items() if len(values[name]) > limit}
    found |= {name: told("is missing") for name in ("source", "target") if not values[name]}
    found |= {name: told("holds a NUL, which cannot be stored") for name in LIMITS if "\x00" in values[name]}
    if not isinstance(values["locked"], bool):
        found["locked"] = told("is {locked!r}: write yes or no", locked=values["locked"][:20])
    return found


def _write(dataset: Dataset, tag: str, terms: list[dict[str, Any]], by: User | None) -> tuple[int, int, int]:
    """Add what is new, replace what is other; how many of each, and how many stay. The dataset is locked."""
    there = {one.source: one for one in Term.objects.filter(dataset=dataset, language=tag)}
    new = [values for values in terms if values["source"] not in there]
    other = [
        values
        for values in terms
        if values["source"] in there and any(getattr(there[values["source"]], name) != values[name] for name in COLUMNS)
    ]
    rows = [Term(dataset=dataset, language=tag, created_by=by, **values) for values in (*other, *new)]
    Term.objects.filter(pk__in=[there[values["source"]].pk for values in other]).delete()
    Term.objects.bulk_create(rows, batch_size=2000)
    return len(new), len(other), len(terms) - len(new) - len(other)
