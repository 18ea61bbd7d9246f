"""The embedded Redis dies in the middle of things, with all that was in it: the sweep rings again, and nothing is lost."""

import shutil
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from annotation.models import Unit
from core.embedded import redis_url, start_redis
from pipelines.actions import drafts
from pipelines.models import Generation, Run, RunItem
from pipelines.providers import provider
from tests.faults.machines import Machines, dataset, machines, status, wait_until
from tests.llm_server import Script, sentences

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        redis_url(settings.DRAGOMAN_HOME) != settings.REDIS_URL, reason="REDIS_URL names a server that is not ours to kill"
    ),
]
UNITS = 60
REDIS = settings.DRAGOMAN_HOME / "redis"


@pytest.fixture
def model(monkeypatch):
    """Fills a place with the scripted model."""

    def started(home: Machines) -> None:
        home.model(Script(table=sentences(UNITS), seconds=0.1))
        monkeypatch.setenv("OPENAI_BASE_URL", home.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-only-for-these-tests")

    return started


def draft(slug: str, units: int = UNITS) -> Run:
    return drafts.start(dataset(slug, units), languages=["sw"], provider=provider("openai:some-model"), by=None)


def lose_redis() -> None:
    """SIGKILL, and its files gone: as if it had never written any."""
    process = psutil.Process(int((REDIS / "server.pid").read_text()))
    process.kill()
    process.wait(10)
    shutil.rmtree(REDIS / "appendonlydir", ignore_errors=True)


def test_a_lost_redis_loses_no_work(tmp_path: Path, model):
    with machines(tmp_path) as home:
        model(home)
        home.beat()
        home.worker()
        first = draft("before")
        wait_until(lambda: home.billed().total() >= 10, "the run is in full swing")
        try:
            lose_redis()
            second = draft("meanwhile", 10)  # nobody can be rung for, and that is no error
        finally:
            start_redis(settings.DRAGOMAN_HOME)
        for run in (first, second):
            wait_until(lambda run=run: status(run) == Run.Status.DONE, f"{run} ends")
            assert set(run.items.values_list("status", flat=True)) == {RunItem.Status.DONE}
        assert Unit.objects.filter(status="drafted").count() == UNITS + 10
        paid = home.billed()
        assert max(paid.values()) == 1 and paid.total() == Generation.objects.filter(outcome="ok").count()


def test_control_without_the_sweep_a_lost_ring_is_never_answered(tmp_path: Path, model):
    with machines(tmp_path) as home:
        model(home)
        rung = draft("before", 5)
        try:
            lose_redis()  # and the ring in it
        finally:
            start_redis(settings.DRAGOMAN_HOME)
        home.worker()
        later = draft("after", 5)
        wait_until(lambda: status(later) == Run.Status.DONE, "the worker works")
        assert status(rung) == Run.Status.RUNNING
        assert set(rung.items.values_list("status", flat=True)) == {RunItem.Status.WAITING}
        home.beat()
        wait_until(lambda: status(rung) == Run.Status.DONE, "with the sweep it is")
