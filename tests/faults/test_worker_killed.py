"""SIGKILL of a whole worker in the middle of a draft run: nothing is lost and nothing is paid for twice."""

import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from annotation.models import Unit
from pipelines.actions import drafts
from pipelines.models import Generation, Pulse, Run, RunItem
from pipelines.providers import provider
from tests.faults.machines import Machines, dataset, machines, status, wait_until
from tests.llm_server import Rule, Script, sentences

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
UNITS = 48
KILLS = 2
AT_ONCE = 2 * 32  # two processes, each with so many units in work
OK, UNKNOWN, LATE = Generation.Outcome.OK, Generation.Outcome.UNKNOWN, Generation.Outcome.TRANSIENT


def begin(home: Machines, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A model that takes its time, and a draft run."""
    # The way back takes longer, so that a kill finds units whose first call is answered and whose second is not.
    slow = Rule(prompt="back_translate", seconds=0.4)
    home.model(Script(table=sentences(UNITS), rules=[slow], seconds=0.1))
    monkeypatch.setenv("OPENAI_BASE_URL", home.url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-only-for-these-tests")
    made = dataset("faults", UNITS)
    return drafts.start(made, languages=["sw"], provider=provider("openai:some-model"), by=None)


def answered() -> int:
    """So many calls are answered and on record."""
    return Generation.objects.filter(outcome=OK).count()


def on_record() -> dict[tuple[str, str], Counter[str]]:
    """By prompt and text, how many rows of the ledger have each outcome."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for prompt, request, outcome in Generation.objects.values_list("prompt", "request", "outcome"):
        found.setdefault((prompt.split(":")[0], request["input"]["text"]), Counter())[outcome] += 1
    return found


def test_a_killed_worker_loses_nothing_and_pays_for_nothing_twice(tmp_path: Path, monkeypatch):
    with machines(tmp_path) as home:
        run = begin(home, monkeypatch)
        home.beat()
        for kill in range(1, KILLS + 1):
            worker = home.worker()
            wait_until(lambda so_far=20 * kill: answered() >= so_far, "the run is in full swing")
            worker.kill()
            assert status(run) == Run.Status.RUNNING
        home.worker()
        wait_until(lambda: status(run) == Run.Status.DONE, "the run ends")

        assert set(run.items.values_list("status", flat=True)) == {RunItem.Status.DONE}
        assert Unit.objects.filter(status="drafted").count() == UNITS
        # Each unit has one text: no item's effects were written twice.
        assert Unit.objects.filter(translations=None).count() == 0
        assert sum(unit.translations.count() for unit in Unit.objects.all()) == UNITS

        paid, rows = home.billed(), on_record()
        for asked, times in paid.items():
            # A call whose worker died is on record as unknown, one that took too long as transient; any other is paid once.
            assert rows[asked][OK] == 1 and times <= 1 + rows[asked][UNKNOWN] + rows[asked][LATE], (asked, rows[asked])
        assert set(paid) == set(rows) and len(rows) == 2 * UNITS
        assert not Generation.objects.filter(outcome="pending").exists()
        assert paid.total() - 2 * UNITS <= KILLS * AT_ONCE


def test_control_without_the_ledger_the_same_answer_is_paid_for_twice(tmp_path: Path, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_answer_per_request")
    try:
        with machines(tmp_path) as home:
            run = begin(home, monkeypatch)
            home.beat()
            worker = home.worker("tests.faults.unprotected")
            wait_until(lambda: answered() >= 20, "the run is in full swing")
            worker.kill()
            home.worker("tests.faults.unprotected")
            wait_until(lambda: status(run) == Run.Status.DONE, "the run ends")
            assert any(rows[OK] > 1 for rows in on_record().values())
            assert home.billed().total() > 2 * UNITS
    finally:
        Generation.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX one_answer_per_request ON pipelines_generation (request_hash)"
                " WHERE outcome IN ('pending', 'ok')"
            )


def test_control_without_an_end_to_leases_a_killed_workers_items_are_lost(tmp_path: Path, monkeypatch):
    with machines(tmp_path) as home:
        run = begin(home, monkeypatch)
        home.beat()
        worker = home.worker(DRAGOMAN_RUN_LEASE_SECONDS="36000")
        wait_until(lambda: answered() >= 20, "the run is in full swing")
        worker.kill()
        left = run.items.filter(status=RunItem.Status.LEASED).count()
        home.worker(DRAGOMAN_RUN_LEASE_SECONDS="36000")
        wait_until(lambda: not run.items.filter(status=RunItem.Status.WAITING).exists(), "all that is free is done")
        swept = Pulse.objects.get(part="sweep").at
        wait_until(lambda: Pulse.objects.get(part="sweep").at > swept, "the sweep has looked again")
        assert status(run) == Run.Status.RUNNING
        assert run.items.filter(status=RunItem.Status.LEASED).count() >= left > 0


def test_a_worker_that_was_stopped_past_its_lease_writes_nothing_late(tmp_path: Path, monkeypatch):
    """SIGSTOP, another worker takes over and ends the run, SIGCONT: the first one's texts are refused by the fence."""
    with machines(tmp_path) as home:
        run = begin(home, monkeypatch)
        home.beat()
        stopped = home.worker()
        wait_until(lambda: answered() >= 20, "the run is in full swing")
        os.killpg(stopped.process.pid, signal.SIGSTOP)
        home.worker()
        wait_until(lambda: status(run) == Run.Status.DONE, "the run ends")
        os.killpg(stopped.process.pid, signal.SIGCONT)
        time.sleep(2)  # time for it to try
        assert sum(unit.translations.count() for unit in Unit.objects.all()) == UNITS
        assert Unit.objects.filter(status="drafted").count() == UNITS
        assert all(rows[OK] == 1 for rows in on_record().values())
