"""The engine's workloads measure what they say, by real worker processes and a model in a process of its own."""

from pathlib import Path

import pytest

from bench import engine, engine_cached, engine_faults, scoring
from pipelines.models import Generation
from tests.faults.machines import environment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home(settings, tmp_path: Path, monkeypatch) -> Path:
    """Where the workload keeps its files; its processes find this test's database and Redis."""
    settings.DRAGOMAN_HOME = tmp_path
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    return tmp_path


def test_the_engine_drafts_as_many_rows_as_the_bare_loop_asks_for(home):
    told: list[str] = []
    found = engine.run(told.append, rows=30, times=1, concurrency=8)
    assert (found["rows"], len(told)) == (30, 1)
    assert found["ratio"] > 0 and found["cpu_ms_per_call"] > 0 and found["floor_cpu_ms_per_call"] > 0
    assert Generation.objects.filter(outcome="ok").count() == 2 * (30 + 8)


def test_rows_on_record_are_drafted_again_and_nobody_is_asked(home):
    told: list[str] = []
    found = engine_cached.run(told.append, rows=40, times=1)
    assert (found["rows"], found["calls"], len(told)) == (40, 0, 2) and found["rows_per_second"] > 0


def test_bad_days_and_kills_lose_nothing_and_all_that_was_paid_is_on_record(home):
    told: list[str] = []
    found = engine_faults.run(told.append, rows=120, killed_rows=300, kills=2)
    assert (found["lost"], found["duplicated"], found["kills"]) == (0, 0, 2)
    assert found["ledger_matches"] and found["extra_paid_calls_recorded"] and found["tokens"] > 0


def test_the_scores_of_many_pairs_are_the_librarys_own(home):
    found = scoring.run(lambda text: None, pairs=200, times=1)
    assert found["identical"] and found["ratio"] > 0
