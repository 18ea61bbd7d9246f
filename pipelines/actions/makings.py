"""Making items: have a step make new ones of a dataset's items, and see what came of it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from django.db import connection
from pydantic import ValidationError

from annotation import policies
from annotation.models import Dataset
from annotation.schema import Kind
from core.errors import Invalid
from core.languages import language
from core.models import User
from core.policy import require
from core.told import joined, told
from core.wrong import places
from pipelines.actions import runs
from pipelines.batches import Batching
from pipelines.jobs.make import MakeJob
from pipelines.models import Run
from pipelines.providers import Provider
from pipelines.providers import provider as provider_of
from pipelines.steps import Step, steps

PILOT = 20
"""So many items show well enough what all would give."""
SHOWN = 200
CAME = """
SELECT coalesce(sum((result ->> 'made')::int), 0), coalesce(sum((result ->> 'there')::int), 0),
       coalesce(sum((result ->> 'refusals')::int), 0), coalesce(sum((result ->> 'cached')::int), 0),
       coalesce(sum((result ->> 'saved')::numeric), 0)
FROM pipelines_runitem WHERE run_id = %s AND status = 'done'
"""
REASONS = """
SELECT s.key, i.payload ->> 'language', (i.result -> 'refused') || coalesce(i.result -> 'noted', '[]')
FROM pipelines_runitem i LEFT JOIN annotation_item s ON s.id = (i.payload ->> 'item')::bigint
WHERE i.run_id = %s AND i.status = 'done' AND (i.result -> 'refused' <> '[]' OR i.result ? 'noted') ORDER BY i.id LIMIT %s
"""


def makers() -> dict[str, type[Step]]:
    """The steps that make items, by name."""
    return {name: step for name, step in steps.all.items() if step.makes is not None}


def start(
    dataset: Dataset,
    step: str | dict[str, Any],
    *,
    source: str,
    kind: str = "",
    languages: Iterable[str],
    by: User | None,
    provider: Provider | None = None,
    judge: Provider | None = None,
    same_judge: bool = False,
    fields: dict[str, str] | None = None,
    text: Literal["source", "translation"] = "source",
    limit: int | None = None,
    pilot: bool = False,
    budget: Decimal | None = None,
    batching: Batching = "",
) -> Run:  # fmt: skip
    """Have a step make items of ``kind``, the source's own where none is named, of the items of the kind ``source``.

    ``fields`` says what the kind calls a field that the step fills. Models that the step's own parameter names are asked beside
    the provider. A ``pilot`` takes 20 items at random, or ``limit``; a ``budget`` in US dollars is never passed. With ``batching``
    requests go into batches, up to a day for each of an item's.
    """
    require(policies.start_run(by, dataset))
    kind, fields, built = kind or source, fields or {}, steps.build(step)
    models = {name: provider_of(name) for name in getattr(built, "models", ()) if name}
    if problem := _unfit(dataset, built, source, kind, fields):
        raise Invalid(problem)
    job = _job(
        **{"step": built.spec(), "languages": _languages(dataset, built, languages)},
        **{"source": source, "kind": kind, "fields": fields, "text": text},
        provider=provider.spec() if provider and built.asks_models else None,
        models={name: one.spec() for name, one in models.items()},
        **{"judge": judge and judge.spec(), "same_judge": same_judge, "batching": batching},
        **{"limit": limit or (PILOT if pilot else None), "at_random": pilot},
    )
    runs.check_batching(provider if built.asks_models else None, batching)
    runs.check_providers(dataset, (provider, judge, *models.values()), by=by, budget=budget)
    return runs.start(dataset, job, by=by, budget=budget)


def _job(**params: Any) -> MakeJob:
    try:
        return MakeJob(**params)
    except ValidationError as error:
        raise Invalid(joined(places(error).values(), by="; ")) from error


def _languages(dataset: Dataset, step: Step, tags: Iterable[str]) -> list[str]:
    """The tags in canonical form, each and what the step writes in it a target language of the dataset or its source language."""
    named = list(dict.fromkeys(language(tag).tag for tag in tags))
    if not named:
        raise Invalid("Say in which languages.", {"languages": told("are missing")})
    written = [*named, *(step.writes(tag) for tag in named)]
    runs.languages_of(dataset, [tag for tag in written if tag != dataset.source_language])
    return named


def _unfit(dataset: Dataset, step: Step, source: str, kind: str, fields: dict[str, str]) -> str:
    """Why a step cannot make items of this kind of those, in one sentence; empty when it can."""
    read, wanted = dataset.kinds.kind(source), dataset.kinds.kind(kind)
    if step.makes is None:
        return told("{name} makes no items. Those that do: {makers}.", name=step.name, makers=", ".join(makers()))
    if unknown := [name for name in fields.values() if name not in wanted.fields]:
        return told(
            "{kind} has no field {unknown!r}: it has {fields}.",
            kind=kind, unknown=unknown[0], fields=", ".join(wanted.fields),
        )
    if not step.makes:
        same = "" if source == kind else told(
            "{name} writes the texts of {source} anew: what it makes is of that kind, too.",
            name=step.name, source=source,
        )
        return same or ("" if read.translatable else told("{source} has no texts of its own.", source=source))
    filled = {fields.get(name, name) for name in step.makes}
    if not filled & set(wanted.fields):
        return told(
            "{name} makes {makes}, and {kind} has no field of these names: it has {fields}. Say which is which, such as {example}.",
            name=step.name, makes=", ".join(step.makes), kind=kind, fields=", ".join(wanted.fields),
            example=f"{step.makes[0]}={next(iter(wanted.fields))}",
        )
    missing = _missing(wanted, read, filled, source, fields)
    return told(
        "Nothing would fill {missing} of {kind}, which must not be empty.",
        missing=", ".join(missing), kind=kind,
    ) if missing else ""


def _missing(wanted: Kind, read: Kind, filled: set[str], source: str, fields: dict[str, str]) -> list[str]:
    """The fields a kind must have that neither the step nor the source fills."""
    known = filled | set(read.fields) | {fields.get("source", "")}
    known |= {name for name, target in wanted.references.items() if target == source}
    return [name for name, one in wanted.fields.items() if one.required and name not in known]


@dataclass
class Result:
    """What came of a making so far."""

    made: int = 0
    there: int = 0
    """Items that an earlier run had made."""
    refused: int = 0
    reasons: list[tuple[str, str, str]] = field(default_factory=list)
    """The first refusals: the source item's key, the language, and why."""
    cached: int = 0
    saved: Decimal = Decimal(0)


def result(run: Run) -> Result:
    """What came of a making so far: how many items, and what was refused and why."""
    with connection.cursor() as cursor:
        cursor.execute(CAME, [run.pk])
        made, there, refused, cached, saved = cursor.fetchone()
        cursor.execute(REASONS, [run.pk, SHOWN])
        said = [(key or "–", tag, why) for key, tag, reasons in cursor.fetchall() for why in json.loads(reasons)]
    return Result(made, there, refused, said[:SHOWN], cached, saved)
