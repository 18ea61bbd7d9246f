"""Runs: start, cancel and resume any machine work, see how far it is, or do it in this very process."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Min, Q, Sum
from django.utils.translation import gettext as _

from annotation import policies
from annotation.models import Dataset
from core.clock import DatabaseNow
from core.errors import Invalid, Refused
from core.events import subject
from core.languages import language
from core.models import Event, User
from core.policy import require
from core.told import told
from pipelines import engine, tasks
from pipelines.actions import budgets
from pipelines.batches import Batching, only_batches_left, unfinished
from pipelines.endpoints import reaching
from pipelines.jobs import Job
from pipelines.jobs.cancel_batches import CancelBatches
from pipelines.models import Batch, Generation, Run, RunItem
from pipelines.prices import price
from pipelines.providers import Provider

SECONDS_BETWEEN_LOOKS = 0.25


@dataclass(frozen=True)
class Waiting:
    """One batch that has not ended: its requests, how many of them the endpoint has answered, and how many items wait for it."""

    id: int
    status: str
    said: str
    by_hand: bool
    at_endpoint: str
    requests: int
    answered: int
    items: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Summary:
    """How far a run is: its items by status, its speed since it was last started, its bill, and what went wrong."""

    total: int
    waiting: int
    leased: int
    done: int
    dead: int
    rate_per_minute: float
    eta_seconds: float | None
    """None while nothing is known of its speed; 0 when nothing is left."""
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: Decimal
    """US dollars, by pipelines/prices.yaml."""
    estimated: int = 0
    """Calls that were billed, or perhaps, and of which nobody told the tokens: in ``cost`` at the most they can have taken."""
    unpriced: tuple[str, ...] = ()
    """Models that were asked and have no price there: what they cost is not in ``cost``."""
    errors: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Class of error to how many items have it now, and one of their messages."""
    outcomes: dict[str, int] = field(default_factory=dict)
    """Outcome to how many calls to a model ended so."""
    batches: tuple[Waiting, ...] = ()
    progress: dict[str, Any] = field(default_factory=dict)
    """What the job itself says, such as the rows of an import read so far."""


def start(dataset: Dataset, job: Job, *, by: User | None, budget: Decimal | None = None) -> Run:
    """A new run of `job`, cut into its items; a worker is woken for it. ``budget``: US dollars it may spend on models."""
    require(policies.start_run(by, dataset))
    with transaction.atomic():
        run = Run.objects.create(dataset=dataset, job=job.spec(), created_by=by)
        if budget is not None:
            budgets.set_for_run(run, budget)
        engine.start(run)
        tasks.ring(run)
    return run


def check_provider(dataset: Dataset, provider: Provider, *, by: User | None, budget: Decimal | None = None) -> None:
    """Refuse, before a run starts, a provider that this person may not use, that cannot work, or whose cost no cap could hold."""
    if provider.reads_files and by is not None:
        raise Refused("Transcripts named by their path are for the command line: here there is replay:demo.")
    provider = reaching(provider)
    if problem := provider.problem():
        raise Invalid(problem)
    budgets.check(dataset, provider, budget=budget)


def languages_of(dataset: Dataset, tags: Iterable[str]) -> list[str]:
    """The tags in canonical form; `Invalid` when one is no target language of the dataset."""
    known = [language(tag).tag for tag in tags]
    if unknown := sorted(set(known) - set(dataset.language_tags)):
        there = ", ".join(dataset.language_tags) or told("none yet")
        raise Invalid(told(
            "{unknown}: no language of this dataset. It has {there}.",
            unknown=", ".join(unknown), there=there,
        ), {"languages": "unknown"})
    return known


def check_batching(provider: Provider | None, batching: Batching) -> None:
    """Refuse batches of a provider that takes none."""
    if batching and not (provider and provider.in_batches):
        label = provider.label if provider else told("What asks no model")
        raise Invalid(told("{label} takes no batches.", label=label), {"batching": told("is not for this provider")})


def check_providers(dataset: Dataset, given: Iterable[Provider | None], *, by: User | None, budget: Decimal | None) -> None:
    """`check_provider` for each there is."""
    for one in filter(None, given):
        check_provider(dataset, one, by=by, budget=budget)


def cancel(run: Run, *, by: User | None) -> None:
    """Stop a run for good; items in work are finished, the others stay as they are. Its batches are cancelled by a run of their own."""
    require(policies.start_run(by, run.dataset))
    with transaction.atomic():
        Run.flow.move(run, "cancel", by=by)
        if unfinished(run):
            start(run.dataset, CancelBatches(of=run.pk), by=by)


def resume(run: Run, *, by: User | None) -> None:
    """Go on with a run that stopped, was cancelled, or finished with items given up: those are tried anew."""
    require(policies.start_run(by, run.dataset))
    with transaction.atomic():
        data = {"done": run.items.filter(status=RunItem.Status.DONE).count()}
        Run.flow.move(run, "resume", by=by, data=data, message="", finished=None)
        run.items.filter(status=RunItem.Status.DEAD).update(
            status=RunItem.Status.WAITING, attempts=0, not_before=None, error="", error_class=""
        )
        tasks.ring(run)


def summary(run: Run) -> Summary:
    """How far the run is at this moment."""
    counts = dict(run.items.order_by().values_list("status").annotate(n=Count("pk")))
    minding = dict(run.items.filter(batch__isnull=False).order_by().values_list("status").annotate(n=Count("pk")))
    waiting, leased, done, dead = (counts.get(status, 0) - minding.get(status, 0) for status in RunItem.Status.values)
    rate = _rate(run, done)
    left = waiting + leased
    return Summary(
        total=waiting + leased + done + dead,
        waiting=waiting,
        leased=leased,
        done=done,
        dead=dead,
        rate_per_minute=round(rate, 1),
        eta_seconds=0.0 if not left else round(60 * left / rate, 1) if rate else None,
        errors=_errors(run),
        batches=tuple(_waiting(run)),
        progress=Run.objects.values_list("progress", flat=True).get(pk=run.pk),
        **_bill(run),
    )


def work_here(run: Run, on_progress: Callable[[Summary], None] | None = None) -> Run:
    """Work on the run in this process, beside any workers, until it is over or only waits for batches; what a command does.

    ``on_progress`` is given a `Summary` a few times a second, from a thread of its own.
    """
    with _watched(run, on_progress):
        while True:
            engine.work(run.pk)
            run.refresh_from_db()
            if run.status != Run.Status.RUNNING or only_batches_left(run):
                return run
            # Others hold leases, or failed items wait for their next attempt.
            time.sleep(SECONDS_BETWEEN_LOOKS)


@contextmanager
def _watched(run: Run, on_progress: Callable[[Summary], None] | None) -> Iterator[None]:
    if on_progress is None:
        yield
        return
    over = threading.Event()

    def watch() -> None:
        try:
            while not over.wait(SECONDS_BETWEEN_LOOKS):
                on_progress(summary(run))
        finally:
            connection.close()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        on_progress(summary(run))


def _rate(run: Run, done: int) -> float:
    """Items a minute since the run was last started or resumed."""
    begun = Event.objects.filter(subject=subject(run), verb__in=["start", "resume"]).order_by("pk").last()
    if begun is None:
        return 0.0
    until = run.finished or Run.objects.values_list(DatabaseNow(), flat=True).get(pk=run.pk)
    minutes = (until - begun.at).total_seconds() / 60
    return max(done - begun.data.get("done", 0), 0) / minutes if minutes > 0 else 0.0


def _errors(run: Run) -> dict[str, tuple[int, str]]:
    failed = run.items.exclude(error_class="").order_by().values("error_class")
    rows = failed.annotate(n=Count("pk"), example=Min("error")).order_by("-n")
    return {row["error_class"]: (row["n"], row["example"]) for row in rows}


def _waiting(run: Run) -> Iterator[Waiting]:
    for one in run.batches.filter(ended=None).annotate(items=Count("waiting")).order_by("pk"):
        by_hand = one.by_hand and one.status == Batch.Status.WRITTEN
        said = _("its answers are to be read in") if by_hand else one.get_status_display()
        known = (one.by_hand, one.remote_id, one.requests, one.answered, one.items)
        yield Waiting(one.pk, one.status, str(said), *known, one.sent or one.created, one.until)


def _bill(run: Run) -> dict[str, Any]:
    answered = ~Q(outcome=Generation.Outcome.PENDING)
    found = run.generations.filter(answered).aggregate(
        calls=Count("pk"),
        prompt_tokens=Sum("prompt_tokens", default=0),
        completion_tokens=Sum("completion_tokens", default=0),
        cost=Sum("cost", default=Decimal(0)),
        estimated=Count("pk", filter=Q(estimated=True)),
    )
    outcomes = run.generations.order_by().values_list("outcome").annotate(n=Count("pk"))
    asked = run.generations.filter(Q(prompt_tokens__gt=0) | Q(estimated=True)).order_by().values_list("endpoint", "model").distinct()
    unpriced = tuple(model for endpoint, model in asked if not price(endpoint, model, date.today()))
    return {**found, "outcomes": dict(outcomes), "unpriced": unpriced}
