"""A dataset's items as selectors see them: of each what the selector looks at, and no more."""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db.models import Avg, F, FloatField, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from annotation.models import Dataset, Finding, Item, Reference, Selection, Submission, Task, Unit
from annotation.schema import Schema
from annotation.task_types import task_types
from pipelines.building import schema_of
from pipelines.models import Evaluation, MachineSubmission
from pipelines.records import text_of
from pipelines.rows import choices_of, right_of
from pipelines.selectors import Entry, Selector

PLAIN = ("label", "choice", "string", "number", "boolean")
WORDED = ("text", "list", "table")
RATING = "rating"


@dataclass
class Known:
    """One item, and what is found out about it."""

    pk: int
    kind: str
    key: str
    split: str
    language: str
    content: dict[str, Any]
    parts: list[int] = field(default_factory=list)
    """The item itself, where it has a text of its own, and those it points at."""


def entries(dataset: Dataset, selector: Selector, kinds: Iterable[str], among: Selection | None) -> dict[int, Entry]:
    """Item to entry, in the order the items came in; with ``among`` only those that it kept."""
    schema = dataset.kinds
    items = [Known(*row) for row in _items(dataset, kinds, among)]
    targets = defaultdict(list)
    for item, target in Reference.objects.filter(item__dataset=dataset).order_by("pk").values_list("item", "target"):
        targets[item].append(target)
    for item in items:
        item.parts = [*([item.pk] if _worded(schema, item.kind, item.content) else []), *targets[item.pk]]
    texts = _texts(dataset, schema, items, selector.wanted) if "texts" in selector.reads else {}
    scores = _scores(dataset, schema, items, selector) if "scores" in selector.reads else {}
    right = _right(dataset, selector.wanted) if "answers" in selector.reads else {}
    groups = _groups(targets) if "groups" in selector.reads else {}
    return {
        item.pk: Entry(
            name=f"{item.kind}/{item.key}",
            language=item.language,
            group=groups.get(item.pk, item.pk),
            values=_values(schema, item),
            texts=texts.get(item.pk, {}),
            score=scores.get(item.pk),
            right=right.get((item.kind, item.key), {}),
        )
        for item in items
    }


def _items(dataset: Dataset, kinds: Iterable[str], among: Selection | None) -> QuerySet:
    found = Item.objects.filter(dataset=dataset, kind__in=list(kinds)).order_by("pk")
    if among:
        found = found.filter(pk__in=among.rows.filter(kept=True).values("item"))
    return found.values_list("pk", "kind", "key", "split", "language", "content")


def _values(schema: Schema, item: Known) -> dict[str, str]:
    plain = {name: str(item.content[name]) for name, its in schema.kind(item.kind).fields.items() if _is(its.type, name, item.content)}
    return plain | {"kind": item.kind, "split": item.split, "language": item.language}


def _is(kind: str, name: str, content: dict[str, Any]) -> bool:
    return kind in PLAIN and content.get(name) is not None


def _worded(schema: Schema, kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """The fields of an item that hold words."""
    return {name: content[name] for name, its in schema.kind(kind).fields.items() if its.type in WORDED and content.get(name)}


def _texts(dataset: Dataset, schema: Schema, items: list[Known], wanted: list[str] | None) -> dict[int, dict[str, str]]:
    """Item to language to its text: in the source, and where each part of it has a present translation."""
    needed = {part for item in items for part in item.parts}
    sources = {}
    for pk, kind, content in Item.objects.filter(dataset=dataset).values_list("pk", "kind", "content").iterator(2000):
        if pk in needed:
            sources[pk] = text_of(_worded(schema, kind, content))
    units = Unit.objects.filter(item__dataset=dataset, current__isnull=False)
    if wanted is not None:
        units = units.filter(language__in=wanted)
    there: dict[str, dict[int, str]] = defaultdict(dict)
    for pk, tag, content in units.values_list("item", "language", "current__content").iterator(2000):
        if pk in needed:
            there[tag][pk] = text_of(content)
    found: dict[int, dict[str, str]] = {}
    for item in items:
        own = {item.language: "\n".join(sources[part] for part in item.parts)}
        own |= {tag: "\n".join(by[part] for part in item.parts) for tag, by in there.items() if all(part in by for part in item.parts)}
        found[item.pk] = {tag: text for tag, text in own.items() if text}
    return found


def _scores(dataset: Dataset, schema: Schema, items: list[Known], selector: Any) -> dict[int, float]:
    """Item to its score: a number of its own, or the mean over its parts and languages of what judged them."""
    if any(selector.by in kind.fields and kind.fields[selector.by].type == "number" for kind in schema.kinds.values()):
        return {item.pk: float(item.content[selector.by]) for item in items if item.content.get(selector.by) is not None}
    by_part: dict[int, list[float]] = defaultdict(list)
    for part, tag, value in _judged(dataset, selector.by):
        if selector.wanted is None or tag in selector.wanted:
            by_part[part].append(value)
    means = {}
    for item in items:
        # A record that is made of other texts may have been judged as a whole.
        if values := [value for part in {item.pk, *item.parts} for value in by_part[part]]:
            means[item.pk] = float(np.mean(values))
    return means


def _judged(dataset: Dataset, by: str) -> Iterable[tuple[int, str, float]]:
    """Item, language and value."""
    if "/" in by:
        return _answered(dataset, *by.split("/", 1))
    found = _rated(dataset) if by == RATING else _measured(dataset, by)
    return found.values_list("part", "tag", "mean")


def _answered(dataset: Dataset, slug: str, question: str) -> Iterable[tuple[int, str, float]]:
    """The numbers models answered to one question of a campaign; an answer that is no number is none."""
    if (campaign := dataset.campaigns.filter(slug=slug).first()) is None:
        return
    asked, unit = task_types.build(campaign.task_type), "task__unit__"
    rows = MachineSubmission.objects.filter(campaign=campaign).values_list(f"{unit}item", f"{unit}language", "payload")
    for item, tag, payload in rows.iterator(2000):
        label = asked.compared(asked.Payload.model_validate(payload)).get(question, "")
        with suppress(ValueError):
            yield item, tag, float(label)


def _measured(dataset: Dataset, check: str) -> QuerySet:
    """What a check or judge said of the present texts."""
    present = Finding.objects.filter(
        translation__unit__item__dataset=dataset, check_name=check, value__isnull=False, translation=F("translation__unit__current")
    )
    return present.values(part=F("translation__unit__item"), tag=F("translation__unit__language")).annotate(mean=Avg("value"))


def _rated(dataset: Dataset) -> QuerySet:
    """What experts rated the texts."""
    given = Submission.objects.filter(
        assignment__task__unit__item__dataset=dataset, assignment__task__purpose=Task.Purpose.WORK, payload__rating__isnull=False
    )
    unit = "assignment__task__unit__"
    stars = Avg(Cast(KT("payload__rating"), FloatField()))
    return given.values(part=F(f"{unit}item"), tag=F(f"{unit}language")).annotate(mean=stars)


def _right(dataset: Dataset, wanted: list[str] | None) -> dict[tuple[str, str], dict[str, bool]]:
    """(kind, key) to each member of the panel and whether it was right; of one that answered two releases the later answer."""
    evaluations = Evaluation.objects.filter(release__dataset=dataset, status=Evaluation.Status.SCORED).select_related("release")
    if wanted is not None:
        evaluations = evaluations.filter(language__in=wanted)
    found: dict[tuple[str, str], dict[str, bool]] = defaultdict(dict)
    for one in evaluations.order_by("pk"):
        kind, member = schema_of(one.release).kind(one.kind), f"{one.signature}|lang:{one.language}"
        given = dict(one.predictions.values_list("key", "answer"))
        for key, record in one.release.items.filter(kind=one.kind, language=one.language).values_list("key", "record").iterator(2000):
            if key in given and (right := right_of(kind, record)) is not None:
                answer = given[key]
                said = choices_of(kind, record)[answer] if isinstance(answer, int) else answer
                found[one.kind, key][member] = said == right
    return found


def _groups(targets: dict[int, list[int]]) -> dict[int, int]:
    """Item to its group: all that are linked by references, at whatever distance."""
    links = np.array([(item, target) for item, those in targets.items() for target in those], dtype=np.int64).reshape(-1, 2)
    known, places = np.unique(links, return_inverse=True)
    ends = places.reshape(-1, 2)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(known), len(known)))
    _count, labels = connected_components(graph, directed=False) if len(known) else (0, [])
    # Negative: an item without references is its own group, under its own number.
    return {int(pk): -1 - int(label) for pk, label in zip(known, labels, strict=True)}
