"""Drafting: each unit goes through the steps, many at a time; every text that was made is kept, and the best becomes its draft."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar, Literal

from django.db.models import Q
from pydantic import Field

from annotation.actions import units
from annotation.models import Dataset, Translation, Unit
from core.errors import DragomanError
from pipelines.generate import Done, NotNow, each
from pipelines.jobs import Job, Lease
from pipelines.models import Run, RunItem
from pipelines.providers import providers
from pipelines.records import Draft, Generate, NotGenerated, texts
from pipelines.starting import starts
from pipelines.steps import DEFAULT, Step, steps

ORIGIN, STATUS = Translation.Origin, Unit.Status
TO_DRAFT = Q(status=STATUS.NEW, current=None)
# An imported text that no machine has looked at yet has no route.
TO_CHECK = Q(status=STATUS.DRAFTED, route="", current__origin=ORIGIN.IMPORTED)
EMPTY = "The source has no text: nothing was translated."
SECONDS_BETWEEN_ATTEMPTS = 20.0
PAUSE_AT_LEAST = 1.0


@dataclass
class Work:
    """One unit in work, with its run item and what it starts from. Its present text, if it has one, is imported."""

    item: RunItem
    unit: Unit
    start: Draft


class DraftJob(Job):
    """Machines translate, check, translate back and route: drafts for the units that have none, findings for imported ones."""

    name: ClassVar[str] = "draft"
    label: ClassVar[str] = "Draft translations"
    queue: ClassVar[str] = "models"
    chunk: ClassVar[int] = 160
    example: ClassVar[dict[str, Any]] = {"languages": ["sw"], "provider": {"name": "replay", "params": {"transcript": "demo"}}}

    languages: list[str] = Field(min_length=1)
    """Target languages, by tag."""
    provider: dict[str, Any]
    """Spec of the provider that is asked."""
    kinds: list[str] = []
    """Only these kinds; empty for all."""
    limit: int | None = Field(None, ge=1)
    """At most so many units, the oldest first."""
    existing: Literal["check", "skip"] = "check"
    """What becomes of imported texts: checked and translated back, never replaced; or left alone."""
    steps: list[str | dict[str, Any]] = list(DEFAULT)
    """Specs of the steps, in order."""
    concurrency: int = Field(32, ge=1, le=256)
    """So many units of a worker are in work at once."""

    def plan(self, run: Run) -> Iterable[dict[str, Any]]:
        wanted = Unit.objects.filter(item__dataset=run.dataset, language__in=self.languages)
        if self.kinds:
            wanted = wanted.filter(item__kind__in=self.kinds)
        wanted = wanted.filter(TO_DRAFT | TO_CHECK if self.existing == "check" else TO_DRAFT).order_by("pk")
        for pk in wanted.values_list("pk", flat=True)[: self.limit].iterator(2000):
            yield {"unit": pk}

    def work(self, run: Run, items: list[RunItem], lease: Lease) -> Iterator[tuple[RunItem, dict[str, Any]]]:
        way = [steps.build(spec) for spec in self.steps]

        async def draft(work: Work, generate: Generate) -> list[Draft]:
            return await attempts(work.start, way, generate)

        works = _read(run.dataset, items)
        wanted = {work.item.pk for work in works}
        # Decided by people, or gone, since the run was planned.
        yield from ((item, {"route": "overtaken"}) for item in items if item.pk not in wanted)
        provider = providers.build(self.provider)
        for done in each(works, draft, run=run, provider=provider, concurrency=self.concurrency):
            if done.error:
                _fail(lease, done.thing.item, done.error)
                continue
            try:
                with lease.writing(done.thing.item):
                    yield done.thing.item, _write(run, done)
            except DragomanError as error:
                lease.fail(done.thing.item, type(error).__name__, str(error), again=False)


def _read(dataset: Dataset, items: list[RunItem]) -> list[Work]:
    by_unit = {item.payload["unit"]: item for item in items}
    found = Unit.objects.filter(TO_DRAFT | TO_CHECK, pk__in=by_unit).select_related("item", "current").order_by("pk")
    return [Work(by_unit[unit.pk], unit, start) for unit, start in starts(dataset, list(found))]


async def attempts(start: Draft, way: list[Step], generate: Generate) -> list[Draft]:
    """The draft of each attempt, in order: the next is made when the last was routed to be made anew."""
    if not any(text.strip() for text in texts(start.source)):
        return [replace(start, content=start.source, route="people", reasons=(EMPTY,))]
    made: list[Draft] = []
    draft = start
    while True:
        try:
            for step in way:
                draft = await step.run(draft, generate)
        except NotGenerated as error:
            # The model does not answer the other prompt: what it said before is what there is.
            if not made:
                raise
            return [*made[:-1], replace(made[-1], route="people", reasons=(*made[-1].reasons, str(error)))]
        made.append(draft)
        if draft.route != "redo":
            return made
        draft = replace(start, attempt=draft.attempt + 1)


def _best(made: list[Draft]) -> Draft:
    """The attempt with the fewest failures, then the fewest doubts, then the best way back; the first of equals."""

    def badness(draft: Draft) -> tuple[int, int, float]:
        verdicts = Counter(one.verdict for one in draft.findings)
        score = next((one.value or 0.0 for one in draft.findings if one.check == "chrf"), 0.0)
        return verdicts["fail"], verdicts["warn"], -score

    return min(made, key=badness)


def _write(run: Run, done: Done[Work, list[Draft]]) -> dict[str, Any]:
    """Keep every attempt and make the best one the unit's draft; what the run item remembers of it."""
    work, made = done.thing, done.result or []
    best = _best(made)
    kept = {id(draft): _keep(run, work, draft) for draft in made}
    last = made[-1]
    reasons = best.reasons if best is last else (*best.reasons, *(r for r in last.reasons if r not in best.reasons))
    route = last.route if best is last else "people"
    # People may have been faster: their text stays, ours is a proposal.
    now = Unit.objects.select_for_update().get(pk=work.unit.pk)
    ours = now.current_id == work.unit.current_id and Unit.flow.allows(now, "draft")
    if ours:
        units.draft(work.unit, kept[id(best)], route=route, reasons=reasons)
    return {
        "route": route if ours else "overtaken",
        "attempts": len(made),
        "findings": {one.check: one.verdict for one in best.findings},
        "cached": done.cached,
        "saved": str(done.saved or Decimal(0)),
    }


def _keep(run: Run, work: Work, draft: Draft) -> Translation:
    if work.unit.current is not None:
        units.note(work.unit.current, draft.findings)
        return work.unit.current
    origin = ORIGIN.RECORDED if draft.recorded else ORIGIN.MACHINE
    made_by = draft.made_by | {"run": run.pk, "attempt": draft.attempt}
    return units.propose(work.unit, content=draft.content or {}, origin=origin, made_by=made_by, findings=draft.findings)


def _fail(lease: Lease, item: RunItem, error: Exception) -> None:
    if isinstance(error, NotGenerated):
        lease.fail(item, error.outcome, str(error), again=False)
    elif isinstance(error, NotNow) and error.everybody:
        lease.wait(item, "transient", str(error), max(error.seconds, PAUSE_AT_LEAST))
    elif isinstance(error, NotNow):
        lease.fail(item, "transient", str(error), wait=error.seconds)
    else:
        lease.fail(item, type(error).__name__, f"{type(error).__name__}: {error}", wait=SECONDS_BETWEEN_ATTEMPTS)
