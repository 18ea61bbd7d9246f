"""Drafting: each unit goes through the steps, many at a time; every text that was made is kept, and the best becomes its draft."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import MD5, Cast
from pydantic import Field, model_validator

from annotation.actions import units
from annotation.models import Dataset, Translation, Unit
from core.errors import DragomanError
from core.instances import rows
from core.told import told
from pipelines import judging
from pipelines.batches import Batching
from pipelines.endpoints import reaching
from pipelines.generate import Done, each
from pipelines.jobs import Job, Lease
from pipelines.jobs._waiting import as_before, ended
from pipelines.models import Run, RunItem
from pipelines.providers import Provider, providers
from pipelines.records import Draft, Found, Generate, NotGenerated, texts
from pipelines.starting import Known, starts
from pipelines.steps import DEFAULT, Step, steps
from pipelines.steps._make import Maker

ORIGIN, STATUS = Translation.Origin, Unit.Status
TO_DRAFT = Q(status=STATUS.NEW, current=None)
# An imported text that no machine has looked at yet has no route.
TO_CHECK = Q(status=STATUS.DRAFTED, route="", current__origin=ORIGIN.IMPORTED)
EMPTY = told("The source has no text: nothing was translated.")
# What no step needs of them, and costs to read.
UNREAD = ("reasons", "item__created", "current__created")
AHEAD = 3
"""So many times as many units are in work as calls at once: those that are read, checked and written keep no call waiting."""


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
    example: ClassVar[dict[str, Any]] = {
        "languages": ["sw"],
        "provider": {"name": "replay", "params": {"transcript": "demo"}},
        "steps": ["translate", "numbers", "back_translate", "round_trip", "route"],
    }

    languages: list[str] = Field(min_length=1)
    """Target languages, by tag."""
    provider: dict[str, Any]
    """Spec of the provider that is asked."""
    kinds: list[str] = []
    """Only these kinds; empty for all."""
    limit: int | None = Field(None, ge=1)
    """At most so many units, the oldest first."""
    at_random: bool = False
    """The limit takes units at random instead."""
    existing: Literal["check", "skip"] = "check"
    """What becomes of imported texts: checked and translated back, never replaced; or left alone."""
    steps: list[str | dict[str, Any]] = list(DEFAULT)
    """Specs of the steps, in order."""
    judge: dict[str, Any] | None = None
    """Spec of the provider that steps ask for a judgement; another model than the one that translates."""
    same_judge: bool = False
    """Whether the translator may judge its own work after all."""
    embedder: dict[str, Any] | None = None
    """Spec of the provider that steps ask for embeddings; without one they abstain."""
    batching: Batching = ""
    """Requests are called one by one; or put into batches that are sent (``send``), or written for somebody to take away (``write``)."""
    together: int = Field(1, ge=1, le=50)
    """So many short units go in one request; one whose answer does not come back exactly is asked alone."""
    concurrency: int = Field(32, ge=1, le=256)
    """At most so many calls of a worker are under way at once; fewer while the endpoint takes fewer."""

    @model_validator(mode="after")
    def _judged_by_another(self) -> "DraftJob":
        way = [steps.build(spec) for spec in self.steps]
        if makers := [step.name for step in way if isinstance(step, Maker)]:
            raise ValueError(told(
                "{makers} makes items and no translations: that is what a making is for",
                makers=", ".join(makers),
            ))
        if why := judging.problem(way, self.provider, self.judge, same_judge=self.same_judge):
            raise ValueError(why)
        return self

    def wanted(self, dataset: Dataset) -> QuerySet[Unit]:
        """The units there are to draft or check, without the limit."""
        wanted = Unit.objects.filter(item__dataset=dataset, language__in=self.languages)
        if self.kinds:
            wanted = wanted.filter(item__kind__in=self.kinds)
        return wanted.filter(TO_DRAFT | TO_CHECK if self.existing == "check" else TO_DRAFT)

    def plan(self, run: Run) -> Iterable[dict[str, Any]]:
        # The same draw each time: a pilot that is started again costs nothing.
        order = MD5(Cast("pk", CharField())) if self.at_random else "pk"
        for pk in self.wanted(run.dataset).order_by(order).values_list("pk", flat=True)[: self.limit].iterator(2000):
            yield {"unit": pk}

    def work(self, run: Run, items: list[RunItem], lease: Lease) -> Iterator[tuple[RunItem, dict[str, Any]]]:
        way = [steps.build(spec) for spec in self.steps]

        async def draft(work: Work, generate: Generate) -> list[Draft]:
            return await attempts(work.start, way, judging.only(others, as_before(work.item, generate, self.batching)))

        provider, others = reaching(providers.build(self.provider)), self._others()
        works = _works(run.dataset, items, lease)
        for together in each(
            works, draft, run=run, provider=provider, others=others, concurrency=self.concurrency, ahead=AHEAD * self.together,
            batching=self.batching, together=self.together,
        ):  # fmt: skip
            _write(ended(together, lease), run, lease)
        yield from ()

    def _others(self) -> dict[str, Provider]:
        named = {"judge": self.judge, "embed": self.embedder}
        return {name: reaching(providers.build(spec)) for name, spec in named.items() if spec is not None}


def _works(dataset: Dataset, items: list[RunItem], lease: Lease) -> Iterator[Work]:
    """What is to be drafted, chunk by chunk, as many as this visit may take."""
    known = Known()
    while items:
        by_unit = {item.payload["unit"]: item for item in items}
        wanted = Unit.objects.filter(TO_DRAFT | TO_CHECK, pk__in=by_unit).select_related("item", "current").defer(*UNREAD)
        found = rows(wanted.order_by("pk"))
        works = [Work(by_unit.pop(unit.pk), unit, start) for unit, start in starts(dataset, found, known)]
        if by_unit:  # decided by people, or gone, since the run was planned
            with lease.writing_all(by_unit.values()) as ours:
                lease.finish({item: {"route": "overtaken"} for item in ours})
        yield from works
        items = lease.more()


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


def _write(done: list[Done[Work, list[Draft]]], run: Run, lease: Lease) -> None:
    """Keep every attempt at each unit and make the best one its draft: many units in one transaction."""
    fit = [made for one in done if (made := _made(one, run, lease)) is not None]
    if not fit:
        return
    with lease.writing_all(made.work.item for made in fit) as ours:
        held = {item.pk for item in ours}
        mine = [made for made in fit if made.work.item.pk in held]
        units.propose_all([text for made in mine for text in made.texts if text.pk is None])
        units.note_all(found for made in mine for found in zip(made.texts, made.findings, strict=True))
        # People may have been faster: their text stays, ours is a proposal.
        locked = Unit.objects.filter(pk__in=[made.work.unit.pk for made in mine]).order_by("pk").select_for_update()
        now = dict(locked.values_list("pk", "current_id"))
        ready = [made for made in mine if now.get(made.work.unit.pk) == made.work.unit.current_id]
        drafted = units.draft_all(units.Drafted(m.work.unit, m.texts[m.best], m.route, m.reasons) for m in ready)
        for one in mine:
            one.result["translation"] = one.texts[one.best].pk
        lease.finish({m.work.item: m.result | ({} if m.work.unit.pk in drafted else {"route": "overtaken"}) for m in mine})


@dataclass
class Made:
    """What came of one unit: the texts of its attempts with their findings, which is best, and what the run item remembers."""

    work: Work
    texts: list[Translation]
    findings: list[tuple[Found, ...]]
    best: int
    route: str
    reasons: tuple[str, ...]
    result: dict[str, Any]


def _made(done: Done[Work, list[Draft]], run: Run, lease: Lease) -> Made | None:
    """What is to be written of a unit; None when no attempt is a translation of it, which the item then says."""
    work, made = done.thing, done.result or []
    try:
        texts = [_text(run, work, draft) for draft in made]
    except DragomanError as error:
        return lease.fail(work.item, type(error).__name__, str(error), again=False)
    best, last = _best(made), made[-1]
    reasons = best.reasons if best is last else (*best.reasons, *(r for r in last.reasons if r not in best.reasons))
    route = last.route if best is last else "people"
    result = {
        "route": route,
        "attempts": len(made),
        "findings": {one.check: one.verdict for one in best.findings},
        "cost": str(done.cost),
        "cached": done.cached,
        "saved": str(done.saved),
    }
    return Made(work, texts, [draft.findings for draft in made], made.index(best), route, reasons, result)


def _text(run: Run, work: Work, draft: Draft) -> Translation:
    """The text of an attempt: the imported one that was looked at, or a new one, which is not written yet."""
    if work.unit.current is not None:
        return work.unit.current
    origin = ORIGIN.RECORDED if draft.recorded else draft.origin or ORIGIN.MACHINE
    made_by = draft.made_by | {"run": run.pk, "attempt": draft.attempt}
    return units.proposal(work.unit, content=draft.content or {}, origin=origin, made_by=made_by)
