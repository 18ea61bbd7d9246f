"""The gate of a release: which items are ready in which language, and what is missing where they are not."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection

from annotation.models import Dataset, Selection
from core.errors import Invalid
from core.languages import language
from core.told import joined, told
from pipelines.layout import COLUMNS, safe

ACCEPTED = {"verified": ["verified"], "drafted": ["verified", "drafted"]}
STATES = ("new", "drafted", "rejected")

# One row for each item of a released kind and each language: the worst status among the units it needs, which are
# its own, if it has a text to translate, and those of the items it points at.
STATE = """
translated AS (
    SELECT i.id FROM annotation_item i WHERE i.dataset_id = %(dataset)s AND EXISTS (
        SELECT 1 FROM unnest(%(kinds)s::text[], %(fields)s::text[]) AS f (kind, field)
        WHERE f.kind = i.kind AND i.content ? f.field)
),
needed AS (
    SELECT id AS item_id, id AS source_id FROM translated
    UNION ALL
    SELECT r.item_id, r.target_id FROM annotation_reference r JOIN translated t ON t.id = r.target_id
),
state AS MATERIALIZED (
    SELECT i.id AS item_id, i.kind, l.tag AS language,
           CASE WHEN bool_or(u.status = 'rejected') THEN 'rejected'
                WHEN bool_or(n.source_id IS NOT NULL AND (u.current_id IS NULL OR u.status = 'new')) THEN 'new'
                WHEN bool_or(u.status = 'drafted') THEN 'drafted'
                ELSE 'verified' END AS state
    -- An item that was made in one of the target languages is a record of that language alone.
    FROM annotation_item i JOIN unnest(%(languages)s::text[]) AS l (tag)
        ON i.language = l.tag OR i.language <> ALL(%(tags)s::text[])
    LEFT JOIN needed n ON n.item_id = i.id
    LEFT JOIN annotation_unit u ON u.item_id = n.source_id AND u.language = l.tag
    WHERE i.dataset_id = %(dataset)s AND i.kind = ANY(%(released)s::text[])
      AND (%(selection)s::bigint IS NULL OR EXISTS (
          SELECT FROM annotation_selected c WHERE c.selection_id = %(selection)s AND c.item_id = i.id AND c.kept))
    GROUP BY i.id, i.kind, l.tag
)
"""
COUNT = "SELECT language, kind, state, count(*) FROM state GROUP BY language, kind, state"


def terms(dataset: Dataset, languages: Iterable[str], minimum: str) -> tuple[list[str], str]:
    """What is asked for, checked: the languages (all of the dataset when none is named) and the least status."""
    if minimum not in ACCEPTED:
        raise Invalid(told("The minimum is {accepted}, not {minimum!r}.", accepted=" or ".join(ACCEPTED), minimum=minimum))
    asked = sorted({language(tag).tag for tag in languages})
    for tag in asked:
        if tag == dataset.source_language:
            raise Invalid(told("{tag} is the source language: its rows are part of every release.", tag=tag))
        if tag not in dataset.language_tags:
            raise Invalid(told(
                "{slug} has no language {tag}: it has {there}.",
                slug=dataset.slug, tag=tag, there=", ".join(dataset.language_tags) or "none",
            ))
    return asked or dataset.language_tags, minimum


def parameters(dataset: Dataset, languages: list[str], selection: Selection | None) -> dict[str, Any]:
    """The values `STATE` asks for; with a selection only what that kept is counted."""
    translated = [(name, field) for name, kind in dataset.kinds.kinds.items() for field in kind.translatable]
    return {
        "dataset": dataset.pk,
        "languages": languages,
        "tags": dataset.language_tags,
        "selection": selection and selection.pk,
        "released": dataset.kinds.released,
        "kinds": [kind for kind, _ in translated],
        "fields": [field for _, field in translated],
    }


def gate(
    dataset: Dataset, *, languages: Iterable[str] = (), minimum: str = "verified", selection: Selection | None = None
) -> dict[str, Any]:  # fmt: skip
    """What is ready and what is missing by language and kind; ``problems`` says why no release can be made."""
    tags, minimum = terms(dataset, languages, minimum)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {STATE} {COUNT}", parameters(dataset, tags, selection))
        return report(dataset, tags, minimum, cursor.fetchall(), selection)


def report(
    dataset: Dataset, tags: list[str], minimum: str, counts: list[tuple[str, str, str, int]], selection: Selection | None
) -> dict[str, Any]:  # fmt: skip
    """The gate's finding from the counts of `COUNT`."""
    by_place: dict[tuple[str, str], Counter] = defaultdict(Counter)
    for tag, kind, state, number in counts:
        by_place[tag, kind][state] = number
    found = {tag: {kind: _of(by_place[tag, kind], minimum) for kind in dataset.kinds.released} for tag in tags}
    problems = _names(dataset, selection)
    if not tags:
        problems.append(told("The dataset has no target language yet: add one first."))
    problems += [p for tag in tags if (p := _nothing_ready(tag, found[tag], minimum, selection is not None))]
    return {"languages": found, "minimum": minimum, "ready": not problems, "problems": problems}


def _of(states: Counter, minimum: str) -> dict[str, Any]:
    accepted = ACCEPTED[minimum]
    return {
        "ready": sum(states[state] for state in accepted),
        "total": states.total(),
        "missing": {state: 0 if state in accepted else states[state] for state in STATES},
    }


def _nothing_ready(tag: str, kinds: dict[str, Any], minimum: str, selected: bool) -> str | None:
    if any(kind["ready"] for kind in kinds.values()):
        return None
    where = told("Nothing is ready in {language} ({tag})", language=language(tag), tag=tag)
    if not (total := sum(kind["total"] for kind in kinds.values())):
        if selected:
            return told("{where}: there are no items of {kinds}, or the selection kept none.", where=where, kinds=" / ".join(kinds))
        return told("{where}: there are no items of {kinds}.", where=where, kinds=" / ".join(kinds))
    missing = {state: sum(kind["missing"][state] for kind in kinds.values()) for state in STATES}
    new, drafted, rejected = (missing[state] for state in STATES)
    left = [
        told("{number} wait for a draft", number=new) if new else "",
        told("{number} wait for verification", number=drafted) if drafted else "",
        told("{number} are rejected", number=rejected) if rejected else "",
    ]
    lower = told(" or ask for drafted ones") if minimum == "verified" and missing["drafted"] else ""
    return told(
        "{where}: of {total} items, {left}. Finish some, leave this language out{lower}.",
        where=where, total=total, left=joined(filter(None, left), by=", "), lower=lower,
    )


def _names(dataset: Dataset, selection: Selection | None) -> list[str]:
    """Names that would stand for two things in a release."""
    problems = [
        told("The field {name!r} of {kind} has the name of a column every release has: rename it.", name=name, kind=kind)
        for kind in dataset.kinds.released for name in dataset.kinds.kind(kind).fields if name in COLUMNS
    ]  # fmt: skip
    splits = dataset.items.filter(kind__in=dataset.kinds.released).values_list("split", flat=True).distinct().order_by()
    drawn = selection.rows.exclude(split="").values_list("split", flat=True).distinct().order_by() if selection else ()
    for what, names in ((told("the kinds"), dataset.kinds.released), (told("the splits"), sorted({*splits, *drawn}))):
        for name, count in Counter(map(safe, names)).items():
            if count > 1:
                same = ", ".join(repr(one) for one in names if safe(one) == name)
                problems.append(told(
                    "In a release {what} {same} would all be called {name!r}: rename them.",
                    what=what, same=same, name=name,
                ))
    return problems
