"""Adding items in bulk: rows are decided upon one after the other and written in a few statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import orjson
from django.db import connection, transaction

from annotation import policies
from annotation.actions import datasets
from annotation.bulk import copy_in, fetch, next_ids
from annotation.intake import KEY, Entry, FirstLines, Intake, Name, Refusal, Row, Text
from annotation.models import Dataset, Item, Reference, Translation, Unit
from core.hashing import digest
from core.models import User
from core.policy import require

UnitName = tuple[int, str]
"""Item and language."""

FIND = """
SELECT kind, key, split, hash, language, id, CASE WHEN %s THEN content END
FROM annotation_item WHERE dataset_id = %s AND kind = %s AND key = ANY(%s)
"""
UNITS = "SELECT id, item_id, language FROM annotation_unit WHERE item_id = ANY(%s) AND language = ANY(%s)"
IMPORTED = "SELECT unit_id, hash FROM annotation_translation WHERE origin = 'imported' AND unit_id = ANY(%s)"
# A new unit takes the first imported text as its draft; one that a person or a machine was at is left as it is.
DRAFT = """
WITH moved AS (
    UPDATE annotation_unit AS u SET status = 'drafted', current_id = given.translation
    FROM unnest(%(units)s::bigint[], %(translations)s::bigint[]) AS given (unit, translation)
    WHERE u.id = given.unit AND u.status = 'new' RETURNING u.id, u.current_id)
INSERT INTO core_event (actor_id, verb, subject, scope, data)
SELECT %(actor)s, 'draft', 'unit:' || id, %(scope)s, jsonb_build_object('translation', current_id, 'origin', 'imported')
FROM moved ORDER BY id
"""


@dataclass(slots=True)
class Added:
    """What became of some rows: how many were taken, what they brought that was new, and which were refused."""

    accepted: int = 0
    created: int = 0
    translations: int = 0
    refused: list[Refusal] = field(default_factory=list)


def add(dataset: Dataset, rows: Sequence[Row], *, by: User | None, lines: FirstLines | None = None) -> Added:
    """Take rows of a file into a dataset, each whole or not at all; what is there already stays as it is.

    `lines` carries a file's keys from one call to the next, so that a second use is refused with the line of the first.
    """
    require(policies.import_into(by, dataset))
    with transaction.atomic():
        datasets.lock(dataset)
        intake = Intake(dataset.kinds, dataset.source_language, known(dataset, rows), lines or FirstLines())
        for row in rows:
            intake.take(row)
        tags = set(dataset.languages.values_list("tag", flat=True))
        for tag in sorted({text.tag for text in intake.texts} - tags):
            tags.add(datasets.add_language(dataset, tag, by=by).tag)
        write_items(dataset, intake)
        units = write_units(dataset, intake, sorted(tags))
        translations = _write_translations(dataset, intake.texts, units, by)
    return Added(len(rows) - len(intake.refused), len(intake.fresh), translations, intake.refused)


def known(dataset: Dataset, rows: Sequence[Row]) -> dict[Name, Entry]:
    """What the dataset has of the items that rows bring, point at or add languages to."""
    aligned = {(row.alignment.kind, row.alignment.key) for row in rows if row.alignment}
    brought = [(item.kind, item.key, item.content) for row in rows for item in row.items]
    named = {(kind, key) for kind, key, _ in brought} | aligned
    named.update(name for kind, _, content in brought for name in _targets(dataset, kind, content))
    found = _find(dataset, named, contents=bool(aligned))
    parts = {name for one in aligned & found.keys() for name in _targets(dataset, one[0], found[one].content)}
    return found | _find(dataset, parts - found.keys(), contents=True)


def _targets(dataset: Dataset, kind: str, content: dict[str, Any]) -> list[Name]:
    """The items that a content of this kind points at."""
    if kind not in dataset.kinds.kinds:
        return []
    references = dataset.kinds.kinds[kind].references
    return [(target, content[ref]) for ref, target in references.items() if isinstance(content.get(ref), str)]


def _find(dataset: Dataset, named: set[Name], *, contents: bool) -> dict[Name, Entry]:
    """Those of the named items that are there, with their contents where rows are to be compared with them."""
    found: dict[Name, Entry] = {}
    for kind in dataset.kinds.kinds:
        # What could be no key is of no item, and PostgreSQL would not even be asked for it.
        keys = [key for its, key in named if its == kind and KEY.problem(key, {}) is None]
        for *values, content in fetch(FIND, [contents, dataset.pk, kind, keys]) if keys else ():
            entry = Entry(*values, content=orjson.loads(content) if contents else {})
            found[kind, entry.key] = entry
    return found


def write_items(dataset: Dataset, intake: Intake, origins: Mapping[Name, str] = MappingProxyType({})) -> None:
    """Append the items that are new, with their references; each is imported unless ``origins`` says otherwise."""
    for entry, pk in zip(intake.fresh, next_ids(Item, len(intake.fresh)), strict=True):
        entry.pk = pk
    copy_in(
        Item,
        ("id", "dataset_id", "kind", "key", "split", "language", "origin", "hash", "content"),
        (
            (
                e.pk, dataset.pk, e.kind, e.key, e.split, e.language, origins.get((e.kind, e.key), Item.Origin.IMPORTED),
                e.hash, orjson.dumps(e.content).decode(),
            )
            for e in intake.fresh
        ),
    )
    copy_in(
        Reference,
        ("item_id", "field", "target_id"),
        (
            (entry.pk, ref, intake.known[target, entry.content[ref]].pk)
            for entry in intake.fresh
            for ref, target in dataset.kinds.kinds[entry.kind].references.items()
            if ref in entry.content
        ),
    )


def write_units(dataset: Dataset, intake: Intake, tags: list[str]) -> dict[UnitName, int]:
    """The units of what is new in every language, and of what got a text; those that were missing are made.

    An item in one of these languages is no source to translate: its one unit is in its own.
    """
    fields = {name: kind.translatable for name, kind in dataset.kinds.kinds.items()}
    new = [entry for entry in intake.fresh if any(name in entry.content for name in fields[entry.kind])]
    old = {text.entry.pk for text in intake.texts}.difference(entry.pk for entry in new)
    units: dict[UnitName, int] = (
        {(item, tag): unit for unit, item, tag in fetch(UNITS, [list(old), tags])} if old else {}
    )
    wanted = [(entry.pk, tag) for entry in new for tag in ([entry.language] if entry.language in tags else tags)]
    wanted += [(text.entry.pk, text.tag) for text in intake.texts]
    missing = [name for name in dict.fromkeys(wanted) if name not in units]
    units |= zip(missing, next_ids(Unit, len(missing)), strict=True)
    copy_in(
        Unit,
        ("id", "item_id", "language", "status", "route", "reasons"),
        ((units[name], *name, Unit.Status.NEW, Unit.Route.NONE, "[]") for name in missing),
    )
    return units


def _write_translations(dataset: Dataset, texts: list[Text], units: dict[UnitName, int], by: User | None) -> int:
    """Append the texts their units do not have yet, and draft the units that had none; how many texts that were."""
    named = {}
    for text in texts:
        named.setdefault((units[text.entry.pk, text.tag], digest(text.content)), text.content)
    there = set(fetch(IMPORTED, [list({unit for unit, _ in named})])) if named else set()
    new = [
        (unit, named_hash, content) for (unit, named_hash), content in named.items() if (unit, named_hash) not in there
    ]
    ids = next_ids(Translation, len(new))
    copy_in(
        Translation,
        ("id", "unit_id", "hash", "content", "origin", "made_by"),
        (
            (pk, unit, named_hash, orjson.dumps(content).decode(), Translation.Origin.IMPORTED, "{}")
            for pk, (unit, named_hash, content) in zip(ids, new, strict=True)
        ),
    )
    first: dict[int, int] = {}
    for pk, (unit, _, _) in zip(ids, new, strict=True):
        first.setdefault(unit, pk)
    with connection.cursor() as cursor:
        who = {"actor": by.pk if by else None, "scope": dataset.event_scope}
        cursor.execute(DRAFT, {"units": list(first), "translations": list(first.values()), **who})
    return len(new)
