"""The engine: leases on the database's clock, fences, retries, burials, and what people may do to a run."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, ClassVar

import psycopg
import pytest
from django.db import connection

from annotation.models import Dataset
from core.errors import Conflict, Refused
from core.models import Event
from pipelines import engine, tasks
from pipelines.actions import runs
from pipelines.jobs import Fatal, Job, Lease, jobs
from pipelines.models import Pulse, Run, RunItem
from tests import world

pytestmark = pytest.mark.django_db(transaction=True)
STATUS = RunItem.Status
Work = Callable[[RunItem, Lease], Any]


class Probe(Job):
    """Does to each item what the test says."""

    name: ClassVar[str] = "probe"
    label: ClassVar[str] = "Probe"
    chunk: ClassVar[int] = 4
    acts: ClassVar[Work] = staticmethod(lambda item, lease: {})

    items: int = 3
    stages: int = 1

    def plan(self, run: Run) -> Iterator[dict[str, Any]]:
        yield from ({"n": n, "stage": n % self.stages} for n in range(self.items))

    def work(self, run: Run, items: list[RunItem], lease: Lease) -> Iterator[tuple[RunItem, dict[str, Any]]]:
        for item in items:
            result = type(self).acts(item, lease)
            if result is not None:
                with lease.writing(item):
                    Pulse.objects.update_or_create(part=f"effect {item.pk}")
                    yield item, result


@pytest.fixture
def dataset() -> Dataset:
    return Dataset.objects.create(slug="d", name="D", schema={"kinds": {}})


@pytest.fixture
def probe(monkeypatch, dataset) -> Callable[..., Run]:
    """Starts a run of the probe job, with what it does to an item."""
    monkeypatch.setitem(jobs.all, "probe", Probe)
    monkeypatch.setattr(tasks, "_send", lambda run_id, queue: None)

    def start(acts: Work = lambda item, lease: {}, **params: int) -> Run:
        monkeypatch.setattr(Probe, "acts", staticmethod(acts))
        return runs.start(dataset, Probe(**params), by=None)

    return start


def statuses(run: Run) -> list[str]:
    return list(run.items.order_by("pk").values_list("status", flat=True))


def let_leases_run_out(run: Run) -> None:
    """What time does to the leases of a dead worker."""
    run.items.filter(status=STATUS.LEASED).update(lease_until="2000-01-01T00:00Z")


def let_waits_pass(run: Run) -> None:
    run.items.update(not_before=None)


def effects() -> int:
    return Pulse.objects.filter(part__startswith="effect").count()


def test_a_run_is_cut_worked_and_closed(probe):
    run = probe(items=10)
    assert statuses(run) == [STATUS.WAITING] * 10
    engine.work(run.pk)
    run.refresh_from_db()
    assert (run.status, statuses(run), effects()) == (Run.Status.DONE, [STATUS.DONE] * 10, 10)
    assert run.finished
    assert list(Event.objects.filter(subject=f"run:{run.pk}").values_list("verb", flat=True)) == ["start", "finish"]


def test_a_failing_item_is_given_up_and_the_run_goes_on(probe):
    def acts(item: RunItem, lease: Lease) -> dict | None:
        return lease.fail(item, "schema", "No good.") if item.payload["n"] == 1 else {}

    run = probe(acts, items=3)
    for _ in range(3):
        engine.work(run.pk)
        let_waits_pass(run)
    engine.work(run.pk)
    run.refresh_from_db()
    assert run.status == Run.Status.DONE
    assert statuses(run) == [STATUS.DONE, STATUS.DEAD, STATUS.DONE]
    assert runs.summary(run).errors == {"schema": (1, "No good.")}


def test_a_bug_in_a_job_is_the_items_error_and_not_the_workers_end(probe):
    def acts(item: RunItem, lease: Lease) -> dict:
        raise KeyError("oops")

    run = probe(acts, items=1)
    engine.work(run.pk)
    item = run.items.get()
    assert (item.status, item.error_class, item.error) == (STATUS.WAITING, "KeyError", "KeyError: 'oops'")
    assert item.not_before is not None and engine.due() == []


def test_items_of_a_lost_worker_are_taken_up_when_their_lease_runs_out(probe):
    run = probe(items=3)
    engine.lease(run.pk, 3, 3)  # and the worker is gone
    engine.work(run.pk)
    assert statuses(run) == [STATUS.LEASED] * 3
    let_leases_run_out(run)
    assert engine.due() == [run]
    engine.work(run.pk)
    assert statuses(run) == [STATUS.DONE] * 3


def test_a_lost_chunk_comes_back_in_ever_smaller_company(probe):
    run = probe(items=70)
    sizes = []
    for _ in range(3):
        sizes.append(len(engine.lease(run.pk, 64, 3)))
        let_leases_run_out(run)
        run.items.filter(status=STATUS.WAITING).update(status=STATUS.DONE)
    assert sizes == [64, 8, 8]
    run.items.filter(attempts=1).update(status=STATUS.DONE)
    assert len(engine.lease(run.pk, 64, 3)) == 1


@pytest.mark.parametrize(("more", "buried"), [(engine.MORE_DEATHS, [5]), (0, [4, 5])], ids=["ours", "control"])
def test_an_item_that_kills_every_worker_is_buried_alone(probe, monkeypatch, more, buried):
    """Its neighbours in the chunk were lost with it again and again, and are done; were deaths failures, one would be buried."""
    monkeypatch.setattr(engine, "MORE_DEATHS", more)
    run = probe(items=170)
    while items := engine.lease(run.pk, 160, 3):
        if any(item.payload["n"] == 5 for item in items):
            let_leases_run_out(run)
        else:
            RunItem.objects.filter(pk__in=[item.pk for item in items]).update(status=STATUS.DONE)
    dead = run.items.filter(status=STATUS.DEAD, error_class="worker_lost").order_by("pk")
    assert [item.payload["n"] for item in dead] == buried and statuses(run).count(STATUS.DONE) == 170 - len(buried)


def test_a_late_workers_write_is_refused(probe):
    run = probe(items=1)
    late = engine.EngineLease(engine.lease(run.pk, 1, 3), Probe())
    let_leases_run_out(run)
    engine.work(run.pk)
    item = run.items.get()
    with pytest.raises(engine.LeaseLost), late.writing(item):
        raise AssertionError("the fence let it in")
    with pytest.raises(engine.LeaseLost):
        late.done(item, {"late": True})
    with pytest.raises(engine.LeaseLost):
        late.extend(item)
    late.fail(item, "late", "too late")
    late.wait(item, "late", "too late", 5)
    assert run.items.get().status == STATUS.DONE and run.items.get().result == {}


def test_control_without_the_fence_the_late_write_lands(probe, monkeypatch):
    run = probe(items=1)
    late = engine.EngineLease(engine.lease(run.pk, 1, 3), Probe())
    let_leases_run_out(run)
    engine.work(run.pk)
    monkeypatch.setattr(engine.EngineLease, "_mine", lambda self, item: RunItem.objects.filter(pk=item.pk))
    late.done(run.items.get(), {"late": True})
    assert run.items.get().result == {"late": True}


def frozen(item: RunItem, silence: str) -> psycopg.Connection:
    """A worker that froze while it wrote: its transaction holds the item's row and says nothing more."""
    worker = psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None})
    worker.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, false)", [silence])
    worker.execute("SELECT FROM pipelines_runitem WHERE id = %s FOR UPDATE", [item.pk])
    return worker


def leased_after_a_freeze(run: Run, silence: str) -> list[RunItem]:
    """What another worker gets within a second and a half, the lease of a frozen one being over."""
    let_leases_run_out(run)
    with closing(frozen(run.items.get(), silence)):
        until = time.monotonic() + 1.5
        while not (taken := engine.lease(run.pk, 9, 3)) and time.monotonic() < until:
            time.sleep(0.05)
    return taken


def test_a_worker_that_froze_while_it_wrote_does_not_keep_its_item(probe):
    run = probe(items=1)
    engine.lease(run.pk, 9, 3)
    assert leased_after_a_freeze(run, "200ms") == list(run.items.all())
    # What the probe sets for itself is what every connection of ours is given.
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("1min",)


def test_control_without_an_end_to_silence_a_frozen_worker_keeps_its_item(probe):
    run = probe(items=1)
    engine.lease(run.pk, 9, 3)
    assert leased_after_a_freeze(run, "0") == []


def test_what_a_late_worker_wrote_goes_back_with_its_items_end(probe):
    """The lease runs out between the effect and the end: neither stays."""

    def acts(item: RunItem, lease: Lease) -> dict:
        RunItem.objects.filter(pk=item.pk).update(token=99)  # somebody else has it now
        return {}

    run = probe(acts, items=1)
    engine.work(run.pk)
    assert effects() == 0 and statuses(run) == [STATUS.LEASED]


def test_an_effect_is_undone_when_the_end_cannot_be_written(probe, monkeypatch):
    def fails(self: engine.EngineLease, item: RunItem, result: dict) -> None:
        raise RuntimeError("the end cannot be written")

    run = probe(items=1)
    with monkeypatch.context() as broken:
        broken.setattr(engine.EngineLease, "done", fails)
        engine.work(run.pk)
    assert effects() == 0
    assert run.items.get().error_class == "RuntimeError"


def test_two_workers_never_have_the_same_item(probe):
    seen: list[int] = []
    run = probe(lambda item, lease: seen.append(item.pk) or {}, items=60)

    def work() -> None:
        engine.work(run.pk)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(seen) == sorted(set(seen)) == list(run.items.order_by("pk").values_list("pk", flat=True))


def test_a_fatal_failure_stops_the_run_and_counts_no_attempt(probe):
    def acts(item: RunItem, lease: Lease) -> dict:
        if item.payload["n"] == 2:
            raise Fatal("The key is refused.")
        return {}

    run = probe(acts, items=4)
    engine.work(run.pk)
    run.refresh_from_db()
    assert (run.status, run.message) == (Run.Status.STOPPED, "The key is refused.")
    assert statuses(run) == [STATUS.DONE, STATUS.DONE, STATUS.WAITING, STATUS.WAITING]
    assert set(run.items.filter(status=STATUS.WAITING).values_list("attempts", flat=True)) == {0}
    assert engine.due() == [] and engine.lease(run.pk, 4, 3) == []


def test_items_that_must_wait_make_the_whole_run_wait_and_count_no_attempt(probe):
    run = probe(lambda item, lease: lease.wait(item, "transient", "Come later.", 60.0), items=12)
    engine.work(run.pk)
    assert statuses(run) == [STATUS.WAITING] * 12
    assert set(run.items.values_list("attempts", flat=True)) == {0}
    assert not run.items.filter(not_before=None).exists() and engine.due() == []


def test_who_is_told_to_end_gives_its_items_back_at_once(probe):
    def acts(item: RunItem, lease: Lease) -> dict:
        raise KeyboardInterrupt

    run = probe(acts, items=3)
    with pytest.raises(KeyboardInterrupt):
        engine.work(run.pk)
    assert statuses(run) == [STATUS.WAITING] * 3
    assert set(run.items.values_list("attempts", flat=True)) == {0}


def test_a_later_stage_waits_for_the_earlier_one(probe):
    order: list[int] = []
    run = probe(lambda item, lease: order.append(item.stage) or {}, items=9, stages=3)
    engine.work(run.pk)
    assert order == sorted(order) and len(order) == 9


# --- people -------------------------------------------------------------------------------------------------------


def test_a_cancelled_run_is_left_alone_and_can_be_resumed(probe):
    run = probe(items=2)
    runs.cancel(run, by=None)
    engine.work(run.pk)
    assert statuses(run) == [STATUS.WAITING] * 2
    runs.resume(run, by=None)
    assert runs.work_here(run).status == Run.Status.DONE


def test_resuming_tries_anew_what_was_given_up(probe, monkeypatch):
    run = probe(lambda item, lease: lease.fail(item, "schema", "No good.", again=False), items=2)
    assert runs.work_here(run).status == Run.Status.DONE and statuses(run) == [STATUS.DEAD] * 2
    monkeypatch.setattr(Probe, "acts", staticmethod(lambda item, lease: {}))
    runs.resume(run, by=None)
    assert runs.work_here(run).status == Run.Status.DONE and statuses(run) == [STATUS.DONE] * 2
    assert runs.summary(run).errors == {}


def test_a_running_run_cannot_be_resumed(probe):
    with pytest.raises(Conflict, match="running"):
        runs.resume(probe(), by=None)


def test_only_managers_start_cancel_and_resume(probe, monkeypatch):
    run = probe()
    cast = world.world()
    Run.objects.filter(pk=run.pk).update(dataset=cast.dataset)
    run = Run.objects.get(pk=run.pk)
    for person in (cast.bola, cast.efe, cast.zed, cast.olu):
        with pytest.raises(Refused):
            runs.start(cast.dataset, Probe(), by=person)
        for wish in (runs.cancel, runs.resume):
            with pytest.raises(Refused):
                wish(run, by=person)
    runs.cancel(run, by=cast.ada)
    assert Event.objects.get(subject=f"run:{run.pk}", verb="cancel").actor == cast.ada


def test_a_summary_counts_by_status_and_knows_the_rate(probe):
    run = probe(items=6)
    engine.work(run.pk, chunks=1)
    far = runs.summary(run)
    assert (far.total, far.done, far.waiting, far.leased, far.dead) == (6, 4, 2, 0, 0)
    assert far.rate_per_minute > 0 and far.eta_seconds is not None
    engine.work(run.pk)
    assert runs.summary(run).eta_seconds == 0


def test_after_a_resume_the_rate_is_of_what_was_done_since(probe):
    run = probe(items=6)
    engine.work(run.pk, chunks=1)
    runs.cancel(run, by=None)
    runs.resume(run, by=None)
    assert runs.summary(run).rate_per_minute == 0 and runs.summary(run).eta_seconds is None


def test_work_here_tells_how_far_it_is(probe):
    told: list[runs.Summary] = []
    runs.work_here(probe(items=3), told.append)
    assert told[-1].done == 3


# --- the doorbell -------------------------------------------------------------------------------------------------


@pytest.fixture
def rings(monkeypatch) -> list[tuple[int, str]]:
    heard: list[tuple[int, str]] = []
    monkeypatch.setattr(tasks, "_send", lambda run_id, queue: heard.append((run_id, queue)))
    return heard


def test_a_visit_ends_after_some_chunks_and_rings_for_the_next(probe, rings):
    run = probe(items=4 * tasks.CHUNKS_A_VISIT + 1)
    rings.clear()
    tasks.work(run.pk)
    assert statuses(run).count(STATUS.WAITING) == 1 and rings == [(run.pk, "default")]
    tasks.work(run.pk)
    assert set(statuses(run)) == {STATUS.DONE} and len(rings) == 1


def test_the_sweep_rings_for_what_is_due_and_for_nothing_else(probe, monkeypatch):
    heard: list[int] = []
    due, over, waiting = probe(items=1), probe(items=1), probe(items=1)
    engine.work(over.pk)
    waiting.items.update(not_before="2100-01-01T00:00Z")
    monkeypatch.setattr(tasks, "_send", lambda run_id, queue: heard.append(run_id))
    tasks.sweep()
    assert heard == [due.pk] and tasks.last_sweep() is not None


def test_a_ring_for_a_run_that_is_gone_or_over_is_no_error(probe):
    run = probe(items=1)
    engine.work(run.pk)
    tasks.work(run.pk)
    tasks.work(10**9)
