"""Adding the items that machines made of others: each once, with where it comes from, and before people where it is in a target language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import transaction

from annotation import policies
from annotation.actions import datasets, items, units
from annotation.bulk import copy_in
from annotation.intake import Entry, FirstLines, Intake
from annotation.models import Dataset, Item, Making, Translation, Unit
from core.languages import language
from core.models import User
from core.policy import require
from core.told import told

ORIGINS = {Item.Origin.LOCALISED: Translation.Origin.LOCALISED, Item.Origin.RECORDED: Translation.Origin.RECORDED}


@dataclass(frozen=True)
class NewItem:
    """One item that a machine made; the same again is the same item, for its key says what it was made of and how."""

    kind: str
    key: str
    content: dict[str, Any]
    split: str
    language: str
    origin: str
    source: int
    """The item it was made of."""
    made_by: dict[str, Any] = field(default_factory=dict)
    translations: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    shared: bool = True


@dataclass(frozen=True)
class Row:
    """What the intake takes: one made item is one row."""

    line: int
    items: tuple[NewItem, ...]
    alignment: None = None


@dataclass
class Added:
    """What became of made items, by their place among those given: new, there already, or refused and why."""

    new: list[int] = field(default_factory=list)
    there: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def add(dataset: Dataset, made: Sequence[NewItem], *, by: User | None) -> Added:
    """Take made items into a dataset. What was made in a target language gets its text as a draft there, which people look at."""
    require(policies.import_into(by, dataset))
    rows = [Row(at, (one,)) for at, one in enumerate(made)]
    with transaction.atomic():
        datasets.lock(dataset)
        tags = sorted(dataset.languages.values_list("tag", flat=True))
        found = Added(refused={row.line: why for row in rows if (why := _foreign(dataset, row.items[0], tags))})
        rows = [row for row in rows if row.line not in found.refused]
        intake = Intake(dataset.kinds, dataset.source_language, items.known(dataset, rows), FirstLines())
        for row in rows:
            intake.take(row)
        found.refused |= {one.line: f"{one.field} {one.reason}" for one in intake.refused}
        _write(dataset, intake, {(one.kind, one.key): one for one in made}, tags)
        new = {(entry.kind, entry.key) for entry in intake.fresh}
        for row in rows:
            name = (row.items[0].kind, row.items[0].key)
            if row.line not in found.refused:
                (found.new if name in new else found.there).append(row.line)
                new.discard(name)
    return found


def _foreign(dataset: Dataset, one: NewItem, tags: list[str]) -> str:
    if one.language in (dataset.source_language, *tags):
        return ""
    return told(
        "It is in {language} ({tag}), which is no language of this dataset: add it first.",
        language=language(one.language), tag=one.language,
    )


def _write(dataset: Dataset, intake: Intake, made: dict[tuple[str, str], NewItem], tags: list[str]) -> None:
    fresh = [(entry, made[entry.kind, entry.key]) for entry in intake.fresh]
    items.write_items(dataset, intake, {name: one.origin for name, one in made.items()})
    makings = ((entry.pk, one.source, orjson.dumps(one.made_by).decode()) for entry, one in fresh)
    copy_in(Making, ("item_id", "source_id", "made_by"), makings)
    by_unit = items.write_units(dataset, intake, tags)
    there = {(entry.pk, entry.language): (entry, one) for entry, one in fresh}
    ids = {pk: there[name] for name, pk in by_unit.items() if name in there}
    pairs = [(unit, *ids[unit.pk]) for unit in Unit.objects.filter(pk__in=ids).select_related("item").order_by("pk")]
    for unit, _, _ in pairs:
        unit.item.dataset = dataset
    texts = [units.proposal(unit, content=_texts(dataset, entry), **_told(one)) for unit, entry, one in pairs]
    units.propose_all(texts)
    why = (told("A machine made it: nobody has looked at it yet."),)
    units.draft_all(units.Drafted(unit, text, Unit.Route.PEOPLE, why) for (unit, _, _), text in zip(pairs, texts, strict=True))


def _texts(dataset: Dataset, entry: Entry) -> dict[str, Any]:
    """What people may change of a made item: its texts, with the places in them."""
    kind = dataset.kinds.kind(entry.kind)
    return {name: entry.content[name] for name in (*kind.translatable, *kind.carried) if name in entry.content}


def _told(one: NewItem) -> dict[str, Any]:
    return {"origin": ORIGINS.get(one.origin, Translation.Origin.MACHINE), "made_by": one.made_by}
