"""The engine: PostgreSQL is the queue. Workers lease items on its clock, and a fence keeps a late worker from writing."""

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction

from core import collector
from core.errors import Conflict, DragomanError
from core.events import record
from core.instances import instances
from core.told import told
from pipelines.batches import MINDS
from pipelines.jobs import Fatal, Job, Lease, jobs
from pipelines.minding import mind_all
from pipelines.models import Run, RunItem

log = logging.getLogger(__name__)

LEASED = ("id", "run_id", "stage", "payload", "status", "attempts", "token", "result")
LEASE = """
UPDATE pipelines_runitem SET status = 'leased', attempts = attempts + 1, token = token + 1, not_before = NULL,
       lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE id IN (
    SELECT i.id FROM pipelines_runitem i JOIN pipelines_run r ON r.id = i.run_id
    WHERE i.run_id = %(run)s AND r.status = 'running' AND {free}
      AND i.stage = (SELECT min(stage) FROM pipelines_runitem
                     WHERE run_id = %(run)s AND status IN ('waiting', 'leased') AND waits_for_id IS NULL)
    ORDER BY i.id LIMIT %(limit)s FOR UPDATE OF i SKIP LOCKED
) RETURNING """ + ", ".join(LEASED)
WAITING = LEASE.format(free="i.status = 'waiting' AND i.waits_for_id IS NULL AND (i.not_before IS NULL OR i.not_before <= clock_timestamp())")
LOST = LEASE.format(free="i.status = 'leased' AND i.lease_until < clock_timestamp() AND i.attempts = %(attempts)s")
FEWEST_LOST = """
SELECT min(attempts) FROM pipelines_runitem WHERE run_id = %s AND status = 'leased' AND lease_until < clock_timestamp()
"""
MORE_DEATHS = 2
"""So many times oftener than it may fail, an item may lose its worker, which need not be its fault: in the end it is alone."""
# An item whose lease ran out when it was alone took its worker down with it: it must not take the next one too.
BURY = """
UPDATE pipelines_runitem SET status = 'dead', error_class = 'worker_lost', lease_until = NULL,
       error = 'The worker died or hung at every attempt at this item.'
WHERE run_id = %s AND status = 'leased' AND lease_until < clock_timestamp() AND attempts >= %s
"""
OURS = """
SELECT i.id FROM pipelines_runitem i JOIN unnest(%s::bigint[], %s::bigint[]) AS held (id, token)
    ON i.id = held.id AND i.token = held.token
WHERE i.status = 'leased' ORDER BY i.id FOR UPDATE OF i
"""
FINISH = """
UPDATE pipelines_runitem i SET status = 'done', result = done.result, error = '', error_class = ''
FROM jsonb_to_recordset(%s::jsonb) AS done (id bigint, result jsonb) WHERE i.id = done.id
"""


WAIT_FOR = """
UPDATE pipelines_runitem i SET status = 'waiting', attempts = i.attempts - 1, error_class = '', error = '', lease_until = NULL,
       waits_for_id = (SELECT b.id FROM pipelines_batch b WHERE b.id = held.batch AND b.ended IS NULL), result = held.result
FROM jsonb_to_recordset(%s::jsonb) AS held (id bigint, token bigint, batch bigint, result jsonb)
WHERE i.id = held.id AND i.token = held.token AND i.status = 'leased'
"""


class LeaseLost(Exception):
    """Another worker has taken the item meanwhile; this worker's write was refused and nothing of it stays."""


class EngineLease(Lease):
    """The lease on the items a visit works on; see `Lease`. ``chunks`` is how many more it may take, None for any number."""

    def __init__(self, items: list[RunItem], job: Job, *, chunks: int | None = 0) -> None:
        self.job, self.chunks = job, chunks
        self.items: dict[int, RunItem] = {}
        """What is in work: leased, and neither done nor failed yet."""
        self.tokens: dict[int, int] = {}
        self._take(items)

    def _take(self, items: list[RunItem]) -> None:
        self.tokens |= {item.pk: item.token for item in items}
        self.items |= {item.pk: item for item in items}

    def more(self) -> list[RunItem]:
        if not self.items or self.chunks == 0:
            return []
        run = next(iter(self.items.values())).run_id
        items = lease_waiting(run, self.job.chunk)
        if items and self.chunks is not None:
            self.chunks -= 1
        self._take(items)
        return items

    def _mine(self, item: RunItem) -> Any:
        return RunItem.objects.filter(pk=item.pk, token=self.tokens[item.pk], status=RunItem.Status.LEASED)

    @contextmanager
    def writing(self, item: RunItem) -> Iterator[None]:
        with transaction.atomic():
            if not self._mine(item).select_for_update().exists():
                raise LeaseLost(str(item))
            yield

    @contextmanager
    def writing_all(self, items: Iterable[RunItem]) -> Iterator[list[RunItem]]:
        items = sorted(items, key=lambda item: item.pk)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(OURS, [[item.pk for item in items], [self.tokens[item.pk] for item in items]])
                ours = {row[0] for row in cursor.fetchall()}
            for item in items:
                if item.pk not in ours:
                    log.warning("%s was taken by another worker", item)
                    self.items.pop(item.pk, None)
            yield [item for item in items if item.pk in ours]

    def finish(self, results: Mapping[RunItem, dict[str, Any]]) -> None:
        rows = [{"id": item.pk, "result": result} for item, result in results.items()]
        with connection.cursor() as cursor:
            cursor.execute(FINISH, [orjson.dumps(rows).decode()])
        transaction.on_commit(lambda: [self.items.pop(item.pk, None) for item in results])

    def extend(self, item: RunItem, *, progress: dict | None = None, result: dict | None = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE pipelines_runitem SET lease_until = clock_timestamp() + make_interval(secs => %s)"
                " WHERE id = %s AND token = %s AND status = 'leased'",
                [settings.RUN_LEASE_SECONDS, item.pk, self.tokens[item.pk]],
            )
            if not cursor.rowcount:
                raise LeaseLost(str(item))
        if result is not None:
            item.result = result
            self._mine(item).update(result=result)
        if progress is not None:
            Run.objects.filter(pk=item.run_id).update(progress=progress)

    def fail(self, item: RunItem, error_class: str, message: str, *, again: bool = True, wait: float = 0.0) -> None:
        dead = not again or item.attempts >= self.job.max_attempts
        self._put_back(item, "dead" if dead else "waiting", item.attempts, error_class, message, wait)

    def wait_for(self, waiting: Mapping[RunItem, int]) -> None:
        if not waiting:
            return
        rows = [
            {"id": item.pk, "token": self.tokens[item.pk], "batch": batch, "result": item.result} for item, batch in waiting.items()
        ]
        with transaction.atomic(), connection.cursor() as cursor:
            # A batch that ends now ends before this or after it: it then finds them waiting.
            cursor.execute("SELECT 1 FROM pipelines_batch WHERE id = ANY(%s) ORDER BY id FOR SHARE", [list(set(waiting.values()))])
            cursor.execute(WAIT_FOR, [orjson.dumps(rows).decode()])
        for item in waiting:
            self.items.pop(item.pk, None)

    def wait(self, item: RunItem, error_class: str, message: str, seconds: float, *, everybody: bool = True) -> None:
        self._put_back(item, "waiting", item.attempts - 1, error_class, message, seconds)
        if not everybody:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE pipelines_runitem SET not_before = clock_timestamp() + make_interval(secs => %s)"
                " WHERE run_id = %s AND status = 'waiting'"
                " AND (not_before IS NULL OR not_before < clock_timestamp() + make_interval(secs => %s))",
                [seconds, item.run_id, seconds],
            )

    def _put_back(self, item: RunItem, status: str, attempts: int, error_class: str, message: str, wait: float) -> None:
        self.items.pop(item.pk, None)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE pipelines_runitem SET status = %s, attempts = %s, error_class = %s, error = %s,"
                " lease_until = NULL, not_before = clock_timestamp() + make_interval(secs => %s)"
                " WHERE id = %s AND token = %s AND status = 'leased'",
                [status, attempts, error_class[:40], message[:2000], wait, item.pk, self.tokens[item.pk]],
            )

    def done(self, item: RunItem, result: dict[str, Any]) -> None:
        """The item is finished; raises `LeaseLost` when it is no longer ours to finish."""
        if not self._mine(item).update(status=RunItem.Status.DONE, result=result, error="", error_class=""):
            raise LeaseLost(str(item))
        self.items.pop(item.pk, None)

    def heartbeat(self) -> None:
        """Hold every item that is still in work for another lease's length."""
        held = list(self.items)  # while the job's thread takes and finishes others
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE pipelines_runitem i SET lease_until = clock_timestamp() + make_interval(secs => %s)"
                " FROM unnest(%s::bigint[], %s::bigint[]) AS held (id, token)"
                " WHERE i.id = held.id AND i.token = held.token AND i.status = 'leased'",
                [settings.RUN_LEASE_SECONDS, held, [self.tokens[pk] for pk in held]],
            )


def start(run: Run) -> None:
    """Cut a fresh run into its items. Call it in the transaction that made the run."""
    rows = (
        RunItem(run=run, stage=payload.pop("stage", 0), payload=payload)
        for payload in jobs.build(run.job).plan(run)
    )  # fmt: skip
    RunItem.objects.bulk_create(rows, batch_size=2000)
    record("start", run, by=run.created_by, data={"job": run.job})


def lease(run_id: int, limit: int, max_attempts: int) -> list[RunItem]:
    """Up to `limit` free items of a running run, leased to the caller; empty when there is nothing to do now.

    Items that wait come first. Those whose worker was lost are taken up in ever smaller company, and alone at last:
    so an item is buried for what it did itself, not for a neighbour in its chunk or for a machine that was switched off.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BURY, [run_id, max_attempts + MORE_DEATHS])
        if items := lease_waiting(run_id, limit):
            return items
        cursor.execute(FEWEST_LOST, [run_id])
        attempts = cursor.fetchone()[0]
        return [] if attempts is None else _lease(LOST, run_id, max(limit >> 3 * attempts, 1), attempts=attempts)


def lease_waiting(run_id: int, limit: int) -> list[RunItem]:
    """Up to `limit` items of a running run that wait and may be taken up, leased to the caller."""
    return _lease(WAITING, run_id, limit)


def _lease(statement: str, run_id: int, limit: int, **known: int) -> list[RunItem]:
    known |= {"run": run_id, "limit": limit, "seconds": settings.RUN_LEASE_SECONDS}
    with connection.cursor() as cursor:
        cursor.execute(statement, known)
        return sorted(instances(RunItem, LEASED, cursor.fetchall()), key=lambda item: item.pk)


def work(run_id: int, *, chunks: int | None = None) -> bool:
    """Work on a run until nothing of it is free, or for so many chunks; then close it if all of it is finished.

    True when it ended for the number of chunks alone, and more may be free.
    """
    run = Run.objects.select_related("dataset").get(pk=run_id)
    job = jobs.build(run.job)
    with collector.calm():
        while chunks is None or chunks > 0:
            items = lease(run_id, job.chunk, job.max_attempts)
            if not items:
                break
            # What was tried before, and perhaps took its worker down, is not to be tried in the middle of others.
            tried = any(item.attempts > 1 for item in items)
            left = None if chunks is None else chunks - 1
            held = EngineLease(items, job, chunks=0 if tried else left)
            _work_on(run, job, items, held)
            chunks = left if tried else held.chunks
    close(run)
    return chunks == 0


def _work_on(run: Run, job: Job, items: list[RunItem], held: EngineLease) -> None:
    with _beating(held):
        try:
            # Closed before the items are failed below: the job may have been interrupted inside `held.writing`.
            with closing(_results(run, job, items, held)) as results:
                for item, result in results:
                    held.done(item, result)
        except LeaseLost as lost:
            log.warning("run %s: %s was taken by another worker", run.pk, lost)
            return
        except Fatal as fatal:
            _give_back(held)
            _stop(run, str(fatal))
            return
        except DragomanError as error:
            failure = (type(error).__name__, str(error))
        except Exception as error:  # a bug in a job must not take the worker down: the items carry it
            log.exception("run %s: %s failed", run.pk, job.name)
            failure = (type(error).__name__, f"{type(error).__name__}: {error}")
        except BaseException:  # we are told to end: nobody need wait for our lease
            _give_back(held)
            raise
        else:
            failure = ("unfinished", told("the job did not finish this item"))
    for item in list(held.items.values()):
        held.fail(item, *failure, wait=2.0**item.attempts)


def _results(run: Run, job: Job, items: list[RunItem], held: EngineLease) -> Iterator[tuple[RunItem, dict[str, Any]]]:
    """What the job makes of its items. Those that look after the run's batches, of a stage of their own, are the same in every job."""
    return mind_all(items, held) if MINDS in items[0].payload else job.work(run, items, held)


@contextmanager
def _beating(held: EngineLease) -> Iterator[None]:
    """Heartbeats from a thread of its own while a chunk is in work; a chunk may take longer than a lease, a dead worker may not."""
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(settings.RUN_LEASE_SECONDS / 3):
                held.heartbeat()
        finally:
            connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _give_back(held: EngineLease) -> None:
    """Items that were leased and not tried to their end go back to waiting, with no attempt counted."""
    for item in held.items.values():
        RunItem.objects.filter(pk=item.pk, token=held.tokens[item.pk], status=RunItem.Status.LEASED).update(
            status=RunItem.Status.WAITING, lease_until=None, attempts=item.attempts - 1
        )


def _stop(run: Run, why: str) -> None:
    """Stop a run, unless it is over already; it can be resumed."""
    try:
        Run.flow.move(run, "stop", message=why, data={"why": why})
    except Conflict:
        log.info("run %s was over when it had to stop: %s", run.pk, why)


def close(run: Run) -> None:
    """Move a run to done when none of its items is waiting or in work any more."""
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(
            "UPDATE pipelines_run SET status = 'done', finished = clock_timestamp() WHERE id = %s AND status = 'running'"
            " AND NOT EXISTS (SELECT 1 FROM pipelines_runitem WHERE run_id = %s AND status IN ('waiting', 'leased'))",
            [run.pk, run.pk],
        )
        if cursor.rowcount:
            record("finish", run)


def due() -> list[Run]:
    """Running runs that have something free now, or that only wait to be closed: whom the sweep rings for."""
    return list(
        Run.objects.raw(
            "SELECT r.* FROM pipelines_run r WHERE r.status = 'running' AND (EXISTS (SELECT 1 FROM pipelines_runitem i"
            " WHERE i.run_id = r.id AND ((i.status = 'waiting' AND i.waits_for_id IS NULL AND (i.not_before IS NULL OR i.not_before <="
            " clock_timestamp())) OR (i.status = 'leased' AND i.lease_until < clock_timestamp())))"
            " OR NOT EXISTS (SELECT 1 FROM pipelines_runitem i WHERE i.run_id = r.id AND i.status IN"
            " ('waiting', 'leased'))) ORDER BY r.id"
        )
    )
