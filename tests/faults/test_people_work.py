"""People work on while web workers are killed, PostgreSQL restarts and Redis is gone: what was acknowledged is there, once."""

import signal
import time
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from core.embedded import start_postgres
from core.embedded.process import has_ended
from tests.faults.crowd import Crowd, harm, workplace
from tests.faults.machines import Machines, Web, machines, wait_until
from tests.world import world

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ours_to_stop = pytest.mark.skipif(not settings.EMBEDDED, reason="DATABASE_URL names a server that is not ours to stop")
KILLS = 4


@pytest.fixture
def home(tmp_path: Path):
    with machines(tmp_path) as started:
        yield started


def go_on(crowd: Crowd, answers: int = 60) -> None:
    """Wait until so many answers more have been acknowledged."""
    before = len(crowd.kept)
    wait_until(lambda: crowd.problems or len(crowd.kept) >= before + answers, "people go on")
    assert not crowd.problems


def kill_worker(web: Web) -> None:
    """SIGKILL of the older of two workers, while both answer."""
    wait_until(lambda: len(web.workers()) == 2, "both workers are there")
    web.workers()[0].kill()


def test_a_killed_web_worker_costs_nobody_an_answer_and_is_replaced(home: Machines):
    web = home.web()
    crowd = Crowd(web.address, *workplace(world()))
    with crowd.at_work():
        for _ in range(KILLS):
            go_on(crowd)
            kill_worker(web)
        go_on(crowd)
    assert crowd.broken and not crowd.problems
    assert not crowd.turned_away
    assert harm(crowd) == {}
