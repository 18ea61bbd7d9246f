"""The only Celery tasks: wake-ups that carry a run's id and may be lost, doubled or late."""

import logging
from datetime import datetime

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from annotation import queue, search_index
from annotation.actions import campaigns
from config.celery import app
from pipelines import engine
from pipelines.jobs import jobs
from pipelines.models import Pulse, Run

log = logging.getLogger(__name__)


# A worker looks up between visits: runs take turns, and one that is told to stop stops soon.
CHUNKS_A_VISIT = 10
# A sweep reads so many units for the search, some seconds' work; the rest waits for the next.
READ_A_SWEEP = 10_000


@shared_task(name="pipelines.work")
def work(run_id: int, **_: object) -> None:
    """Visit a run: work on what is free of it, and ring again where that was not all; a run that is gone or over is no error."""
    run = Run.objects.filter(pk=run_id, status=Run.Status.RUNNING).first()
    if run and engine.work(run.pk, chunks=CHUNKS_A_VISIT):
        ring(run)


@shared_task(name="pipelines.sweep")
def sweep(**_: object) -> None:
    """What makes lost messages harmless: ring again for runs with free items, take back leases nobody holds, and so on.

    Chains of campaigns go on, and what is new is read for the search.
    """
    Pulse.objects.update_or_create(part="sweep", defaults={"at": Now()})
    queue.sweep()
    campaigns.admit_due()
    for run in engine.due():
        ring(run)
    search_index.catch_up(READ_A_SWEEP)


def ring(run: Run) -> None:
    """Wake a worker for a run after the present transaction; when Redis is away nothing is lost, the sweep rings later."""
    transaction.on_commit(lambda: _send(run.pk, jobs.get(run.job["name"]).queue))


def _send(run_id: int, queue_name: str) -> None:
    try:
        work.apply_async(args=[run_id], queue=queue_name, expires=10 * settings.SWEEP_SECONDS)
    except (OperationalError, OSError) as error:
        log.warning("could not ring for run %s, the sweep will: %s", run_id, error)


def workers_answering() -> list[str]:
    """Names of the workers that answer a ping within a second; empty when none does or Redis is away."""
    try:
        return sorted(name for answer in app.control.ping(timeout=1.0) for name in answer)
    except (OperationalError, OSError):
        return []


def last_sweep() -> datetime | None:
    """When beat's sweep last ran in a worker, by the database's clock; None when it never did."""
    return Pulse.objects.filter(part="sweep").values_list("at", flat=True).first()
