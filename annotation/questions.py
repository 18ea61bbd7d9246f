"""What a person is asked, as plain values: the source, the present text, and what stands around them."""

from itertools import takewhile
from typing import Any

from annotation.candidates import candidates
from annotation.models import Item, Reference, Submission, Task, Translation, Unit
from annotation.models.assignments import Stage
from annotation.records import Question
from annotation.schema import Kind
from annotation.task_types import task_types

# A sentence may stand in a hundred pairs; a few of them say what it is for.
SHOWN = 5
# Of a document so many records before and after are enough to know what is spoken of.
AROUND = 5


def question(task: Task, *, with_context: bool = True, as_seen: bool = False) -> Question:
    """The question a task puts now or, ``as_seen``, as it was put to those who have answered it.

    Its ``context``, which checking an answer can do without, has each part only where there is one:

    ``candidates``: {letter, payload} of each different answer, for those who adjudicate;
    ``references``: field → {kind, content, translation} of each item this one points at (the table of a question);
    ``used_in``: up to five of {kind, field, content, references} of the items that point at this one (a premise's pairs);
    ``before``, ``after``: up to five of {content, translation} of the same document, for task types that look at it.
    """
    unit, item, text = task.unit, task.unit.item, seen(task) if as_seen else shown(task)
    kind = item.dataset.kinds.kind(item.kind)
    answers = candidates(task) if task.stage == Stage.ADJUDICATE else []
    among = {"candidates": [{"letter": one.letter, "payload": one.submission.payload} for one in answers]} if answers else {}
    return Question(
        kind=kind,
        kind_name=item.kind,
        source=item.content,
        draft=text.content if text else None,
        source_language=item.language,
        target_language=unit.language,
        context=_context(unit, kind) | _document(task, kind) | among if with_context else {},
        letters=tuple(one.letter for one in answers),
    )


def shown(task: Task) -> Translation | None:
    """The text a task is about: the unit's present one; for gold the one that it was made with, for the present one is the answer."""
    if task.purpose == Task.Purpose.WORK:
        return task.unit.current
    return task.gold.shown if hasattr(task, "gold") else task.unit.current  # without, while it is being made


def seen(task: Task) -> Translation | None:
    """The text that was there when the first person answered; the present one while nobody has.

    What came of their answers must not be shown to whoever is to be compared with them.
    """
    answers = Submission.objects.filter(assignment__task=task, assignment__stage=Stage.ANNOTATE).order_by("pk")
    if (first := answers.values_list("created", flat=True).first()) is None:
        return shown(task)
    return Translation.objects.filter(unit=task.unit_id, created__lt=first).order_by("-pk").first()


def _context(unit: Unit, kind: Kind) -> dict[str, Any]:
    item = unit.item
    found: dict[str, Any] = {}
    if kind.references:
        found["references"] = _targets([item], unit.language)[item.pk]
    if any(item.kind in other.references.values() for other in item.dataset.kinds.kinds.values()):
        uses = Reference.objects.filter(target=item).select_related("item").order_by("pk")[:SHOWN]
        around = _targets([use.item for use in uses], unit.language)
        found["used_in"] = [
            {
                "kind": use.item.kind,
                "field": use.field,
                "content": _own_fields(use.item),
                "references": {name: one for name, one in around[use.item_id].items() if name != use.field},
            }
            for use in uses
        ]
    return found


def _document(task: Task, kind: Kind) -> dict[str, Any]:
    """The records of the same document right before and after, in the order they came; the texts only, and no answer."""
    field = task_types.build(task.campaign.task_type).document_field(kind)
    item = task.unit.item
    if field is None or (document := item.content.get(field)) is None:
        return {}
    others = Item.objects.filter(dataset=item.dataset_id, kind=item.kind, split=item.split)
    parts = {
        "before": others.filter(pk__lt=item.pk).order_by("-pk")[:AROUND],
        "after": others.filter(pk__gt=item.pk).order_by("pk")[:AROUND],
    }
    found = {name: list(takewhile(lambda one: one.content.get(field) == document, rows)) for name, rows in parts.items()}
    found["before"].reverse()
    wanted = [one.pk for rows in found.values() for one in rows]
    texts = dict(Unit.objects.filter(item__in=wanted, language=task.language).values_list("item", "current__content"))
    return {name: [_texts(one, kind, texts.get(one.pk)) for one in rows] for name, rows in found.items() if rows}


def _texts(item: Item, kind: Kind, translation: dict[str, Any] | None) -> dict[str, Any]:
    content = {name: item.content[name] for name in kind.translatable if name in item.content}
    return {"content": content, "translation": translation}


def _own_fields(item: Item) -> dict[str, Any]:
    references = item.dataset.kinds.kind(item.kind).references
    return {name: value for name, value in item.content.items() if name not in references}


def _targets(items: list[Item], language: str) -> dict[int, dict[str, Any]]:
    """For each item, what its ref fields point at, with the present text in `language`."""
    links = list(Reference.objects.filter(item__in=items).select_related("target").order_by("pk"))
    targets = [link.target_id for link in links]
    texts = Unit.objects.filter(item__in=targets, language=language).values_list("item", "current__content")
    translations = dict(texts)
    found: dict[int, dict[str, Any]] = {item.pk: {} for item in items}
    for link in links:
        found[link.item_id][link.field] = {
            "kind": link.target.kind,
            "content": link.target.content,
            "translation": translations.get(link.target_id),
        }
    return found
