"""SIGKILL of a worker that is about a batch: between its upload and its creation, and while its results are read."""

import json
from collections import Counter
from pathlib import Path

import pytest

from annotation.models import Unit
from pipelines.actions import drafts
from pipelines.models import Batch, Generation, Run
from pipelines.providers import provider
from tests.faults.machines import Machines, dataset, machines, status, wait_until
from tests.llm_batches import Day, Fault
from tests.llm_server import Script, sentences

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
UNITS = 16


def begin(home: Machines, monkeypatch: pytest.MonkeyPatch, *faults: Fault) -> Run:
    """A drafting in batches."""
    home.model(Script(table=sentences(UNITS), faults=list(faults), days=[Day()]))
    monkeypatch.setenv("OPENAI_BASE_URL", home.url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-only-for-these-tests")
    made = dataset("batches", UNITS)
    return drafts.start(made, languages=["sw"], provider=provider("openai:some-model"), batching="send", by=None)


def created(home: Machines) -> int:
    """So many batches are at the endpoint."""
    lines = home.witness.read_text().splitlines() if home.witness.exists() else []
    return sum("batch" in json.loads(line) for line in lines)


def paid(home: Machines) -> Counter[tuple[str, str]]:
    """How often each answer was paid for."""
    lines = [json.loads(line) for line in home.witness.read_text().splitlines()]
    return Counter((one["prompt"], one["data"]["text"]) for one in lines if one.get("status") == 200)


def killed_before_the_answer(home: Machines, monkeypatch: pytest.MonkeyPatch, app: str) -> None:
    """The endpoint has made the batch and is slow to say so; the worker dies meanwhile, and another takes over."""
    run = begin(home, monkeypatch, Fault("create", after=4.0))
    home.beat()
    worker = home.worker(app)
    wait_until(lambda: created(home) == 1, "the batch is at the endpoint")
    worker.kill()
    assert Batch.objects.get().status == Batch.Status.UPLOADED
    home.worker(app)
    wait_until(lambda: status(run) == Run.Status.DONE, "the run ends")
    assert Unit.objects.filter(status="drafted").count() == UNITS


def test_a_worker_killed_between_upload_and_creation_pays_for_no_second_batch(tmp_path: Path, monkeypatch):
    with machines(tmp_path) as home:
        killed_before_the_answer(home, monkeypatch, "tests.faults.hasty")
        assert created(home) == 2 and set(paid(home).values()) == {1} and len(paid(home)) == 2 * UNITS


def test_control_where_nobody_looks_for_the_batch_there_is_a_second_one(tmp_path: Path, monkeypatch):
    with machines(tmp_path) as home:
        killed_before_the_answer(home, monkeypatch, "tests.faults.unprotected_batches")
        assert created(home) == 3


def test_a_worker_killed_while_it_reads_loses_nothing_and_nothing_is_asked_again(tmp_path: Path, monkeypatch):
    with machines(tmp_path) as home:
        run = begin(home, monkeypatch)
        home.beat()
        worker = home.worker("tests.faults.hasty")
        answered = Generation.objects.filter(outcome="ok")
        wait_until(lambda: answered.count() >= 4, "the results are being read")
        worker.kill()
        assert answered.count() < UNITS and Generation.objects.filter(outcome="pending").exists()
        home.worker("tests.faults.hasty")
        wait_until(lambda: status(run) == Run.Status.DONE, "the run ends")
        assert Unit.objects.filter(status="drafted").count() == UNITS and created(home) == 2
        assert set(paid(home).values()) == {1} and Generation.objects.count() == 2 * UNITS
