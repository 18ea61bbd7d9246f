"""People work on while web workers are killed, PostgreSQL restarts and Redis is gone: what was acknowledged is there, once."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings
from django.db import connection

from core.embedded import start_postgres
from core.embedded.process import has_ended
from tests.faults.crowd import Crowd, harm, workplace
from tests.faults.machines import PATIENCE, Machines, Web, machines, wait_until
from tests.world import world

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ours_to_stop = pytest.mark.skipif(not settings.EMBEDDED, reason="DATABASE_URL names a server that is not ours to stop")
KILLS = 3
# How PostgreSQL takes the signals of `pg_ctl stop -m`.
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT


@pytest.fixture(scope="module")
def home(django_db_setup, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """The machines of this module; they are gone before their database is."""
    with machines(tmp_path_factory.mktemp("people")) as started:
        yield started


@pytest.fixture(scope="module")
def web(home: Machines) -> Web:
    """One web server for all of these tests: it outlives everything they do."""
    return home.web()


def go_on(crowd: Crowd, answers: int = 50) -> None:
    """Wait until so many answers more have been acknowledged."""
    before = len(crowd.kept)
    wait_until(lambda: crowd.problems or len(crowd.kept) >= before + answers, "people go on")
    assert not crowd.problems


def kill_worker(web: Web) -> None:
    """SIGKILL of the older of two workers."""
    wait_until(lambda: len(web.workers()) == 2, "both workers are there")
    web.workers()[0].kill()


def stop_postgres_by(how: signal.Signals) -> None:
    server = psutil.Process(int((settings.DRAGOMAN_HOME / "postgres" / "postmaster.pid").read_text().split()[0]))
    connection.close()
    server.send_signal(how)
    assert has_ended(server, PATIENCE)


def test_a_killed_web_worker_costs_nobody_an_answer_and_is_replaced(web: Web):
    crowd = Crowd(web.address, *workplace(world()))
    with crowd.at_work():
        for _ in range(KILLS):
            go_on(crowd)
            kill_worker(web)
        go_on(crowd)
    assert crowd.broken and not crowd.turned_away and not crowd.problems
    assert harm(crowd) == {}


def test_control_with_a_new_key_for_every_attempt_people_are_refused_what_they_have_answered(web: Web):
    crowd = Crowd(web.address, *workplace(world()), new_keys=True)
    with crowd.at_work():
        deadline = time.monotonic() + PATIENCE
        while not crowd.refused:
            assert time.monotonic() < deadline, "no worker was killed between an answer's commit and its receipt"
            go_on(crowd)
            kill_worker(web)
    assert set(harm(crowd)) == {"refused", "nobody's"}


@ours_to_stop
@pytest.mark.parametrize("how", [FAST, IMMEDIATE], ids=["fast", "immediate"])
def test_people_go_on_with_the_same_keys_after_postgresql_was_restarted_under_them(web: Web, how: signal.Signals):
    crowd = Crowd(web.address, *workplace(world()))
    with crowd.at_work():
        go_on(crowd)
        with postgres_away(how):
            time.sleep(1)
        go_on(crowd)
    assert not crowd.broken and not crowd.problems
    assert {(status, kind) for status, kind, _ in crowd.turned_away} == {(503, "application/json")}
    assert harm(crowd) == {}


@ours_to_stop
def test_control_where_answers_are_acknowledged_before_they_are_written_a_restart_loses_them(home: Machines):
    hasty = "-c synchronous_commit=off"
    with server_setting("wal_writer_delay", "10s"):
        crowd = Crowd(home.web(PGOPTIONS=hasty).address, *workplace(world()))
        with crowd.at_work():
            go_on(crowd)
            with postgres_away(IMMEDIATE):
                pass
    assert "lost" in harm(crowd)


@ours_to_stop
def test_while_postgresql_is_away_every_page_and_call_says_so_in_a_sentence(web: Web):
    cast = world()
    caller = Line(web.address, ApiToken.issue(cast.bola, name="robot", scopes=["work"])[1])
    browser = Browser(web.address)
    browser.sign_in(cast.bola)
    asked = [lambda: caller.post("/api/campaigns/1/claim", {}, "k")]
    with postgres_away(FAST):
        ...
