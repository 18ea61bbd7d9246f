"""What a step makes items of, and how what it made becomes items of the dataset: kind, fields, reference, key."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import CharField, QuerySet
from django.db.models.functions import MD5, Cast

from annotation.actions.making import NewItem
from annotation.models import Dataset, Item, Reference, Unit
from annotation.schema import Kind
from core.hashing import digest
from pipelines.models import Run, RunItem
from pipelines.records import Draft, Made
from pipelines.steps import Step

KEY = 200
"""A key has so many characters at most."""


class Wish(Protocol):
    """What is wanted; `pipelines.jobs.make.MakeJob` is one."""

    source: str
    kind: str
    fields: dict[str, str]
    provider: dict[str, Any] | None
    models: dict[str, dict[str, Any]]
    judge: dict[str, Any] | None


@dataclass(frozen=True)
class Start:
    """One item in one language, with its run item and the draft that a step is given."""

    item: RunItem
    source: Item
    draft: Draft


def translated(step: Step, source: str, tag: str, text: str) -> bool:
    """Whether a step reads the translation into the language instead of the source."""
    return source != tag and (not step.crosses or (text == "translation" and not step.compares))


def wanted(
    dataset: Dataset, kind: str, tag: str, limit: int | None, *, step: Step, text: str, at_random: bool
) -> QuerySet[Item, int]:  # fmt: skip
    """The keys of the items of a kind that have what the step reads in this language."""
    found = Item.objects.filter(dataset=dataset, kind=kind)
    if step.compares or translated(step, dataset.source_language, tag, text):
        present = Unit.objects.filter(language=tag, current__isnull=False).exclude(status=Unit.Status.REJECTED)
        found = found.filter(pk__in=present.values("item"))
    elif not step.crosses:
        found = found.filter(language=tag)
    # What was made in another language is for that language; what was made in this one may have been rejected in it.
    found = found.exclude(language=tag, units__language=tag, units__status=Unit.Status.REJECTED)
    others = [other for other in dataset.language_tags if other != tag]
    # The same draw each time: what was made of a sample is not made again of another.
    order = MD5(Cast("pk", CharField())) if at_random else "pk"
    return found.exclude(language__in=others).order_by(order, "pk").values_list("pk", flat=True)[:limit]


def starts(dataset: Dataset, items: list[RunItem], *, step: Step, text: str) -> Iterator[Start]:
    """Each run item with its draft; one whose text is gone is left out."""
    pks = {item.payload["item"] for item in items}
    sources = Item.objects.in_bulk(pks)
    tags = {item.payload["language"] for item in items}
    units = Unit.objects.filter(item__in=pks, language__in=tags, current__isnull=False).exclude(status=Unit.Status.REJECTED)
    present = {(unit.item_id, unit.language): unit.current.content for unit in units.select_related("current")}
    around = _around(dataset, pks)
    for item in items:
        source, tag = sources.get(item.payload["item"]), item.payload["language"]
        if source is None:
            continue
        there = present.get((source.pk, tag))
        needed = step.compares or translated(step, source.language, tag, text)
        if there is None and needed:
            continue
        # What was made in this language is read as people have left it.
        read = there if needed or source.language == tag else None
        yield Start(item, source, _draft(dataset.kinds.kind(source.kind), source, tag, read, around, step))


def _draft(
    kind: Kind, source: Item, tag: str, translation: dict[str, Any] | None, around: dict[int, dict[str, Any]], step: Step
) -> Draft:  # fmt: skip
    content = {name: source.content[name] for name in kind.translatable if source.content.get(name) is not None}
    beside = around.get(source.pk, {})
    if translation is None or step.compares:
        return Draft(kind, content, source.language, tag, content=translation, item=source.content, around=beside)
    content = {name: translation[name] for name in content if name in translation}
    # The translation is what is read: places in the source's texts are none in it.
    item = {name: value for name, value in source.content.items() if name not in kind.carried} | translation
    return Draft(kind, content, tag, tag, item=item, around=beside)


def _around(dataset: Dataset, pks: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Item to reference field to the texts of what it points at there."""
    found: dict[int, dict[str, Any]] = {}
    for link in Reference.objects.filter(item__in=pks).select_related("target").order_by("pk"):
        names = dataset.kinds.kind(link.target.kind).translatable
        found.setdefault(link.item_id, {})[link.field] = {n: link.target.content[n] for n in names if n in link.target.content}
    return found


def new_items(wish: Wish, run: Run, step: Step, start: Start, draft: Draft | None) -> list[NewItem]:
    """What the step made, as items of the wanted kind. A text it wrote is a new item, too: the same record in other words."""
    if draft is None:
        return []
    made = list(draft.made)
    if step.makes == () and not made and draft.content not in (None, start.draft.content):
        notes = draft.made_by | {"by": draft.made_by.get(step.name, "")}
        made = [Made(1, draft.content, draft.target_language, draft.origin or "made", notes, draft.recorded)]
    kind = run.dataset.kinds.kind(wish.kind)
    # Who was asked by what prompt is part of the name: another model's queries are other queries.
    read = [start.draft.source, start.draft.content, start.draft.around]
    named = [step.spec(), wish.provider, wish.models, wish.judge, wish.kind, wish.fields, start.source.kind, start.source.key, read]
    return [_new_item(wish, run, step, start, one, kind, digest([*named, one.notes.get("by")])) for one in made]


def _new_item(wish: Wish, run: Run, step: Step, start: Start, one: Made, kind: Kind, named: str) -> NewItem:
    tail = f"+{step.name}-{named[:10]}-{one.language}-{one.number}"
    told = {"step": step.signature(), "number": one.number, "language": one.language, "run": run.pk}
    content = fields_of(wish, kind, start, one)
    left = {name: value for name, value in one.fields.items() if value not in (*content.values(), *start.draft.item.values())}
    return NewItem(
        kind=wish.kind,
        key=start.source.key[: KEY - len(tail)] + tail,
        content=content,
        split=start.source.split,
        language=one.language,
        origin="recorded" if one.recorded else one.origin,
        source=start.source.pk,
        made_by=told | one.notes | ({"beside": left} if left else {}) | ({"recorded": True} if one.recorded else {}),
    )


def fields_of(wish: Wish, kind: Kind, start: Start, one: Made) -> dict[str, Any]:
    """The content: what was made, under it what the source has in fields of the same name, and the way back to the source."""
    same = {name: value for name, value in start.draft.item.items() if name in kind.fields and name not in kind.carried}
    made = {wish.fields.get(name, name): value for name, value in one.fields.items()}
    content = same | {name: _typed(kind, name, value) for name, value in made.items() if name in kind.fields}
    for field, target in kind.references.items():
        if target == start.source.kind:
            content[field] = start.source.key
    if (plain := wish.fields.get("source")) and plain in kind.fields:
        content[plain] = start.source.key
    return content


def _typed(kind: Kind, name: str, value: Any) -> Any:
    """A number as a label, and a list as one text, where the kind has it so."""
    wanted = kind.fields[name].type
    if wanted in ("label", "string", "text"):
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return "\n".join(value)
    return value
