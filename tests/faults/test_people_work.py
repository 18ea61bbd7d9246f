"""People work on while web workers are killed, PostgreSQL restarts and Redis is gone: what was acknowledged is there, once."""

import json
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil
import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from annotation.models import Submission
from core.embedded import client_url, redis_url, start_postgres, start_redis, stop_redis
from core.embedded.postgres import SUPERUSER
from core.embedded.process import has_ended
from core.models import ApiToken, User
from tests.faults.crowd import Crowd, Line, harm, workplace
from tests.faults.machines import PATIENCE, Machines, Web, environment, machines, wait_until
from tests.faults.visitor import Visitor
from tests.world import task, world

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


@contextmanager
def postgres_away(how: signal.Signals) -> Iterator[None]:
    """The embedded PostgreSQL ends as by `pg_ctl stop -m`, and runs again afterwards."""
    server = psutil.Process(int((settings.DRAGOMAN_HOME / "postgres" / "postmaster.pid").read_text().split()[0]))
    connection.close()
    try:
        server.send_signal(how)
        assert has_ended(server, PATIENCE)
        yield
    finally:
        start_postgres(settings.DRAGOMAN_HOME)


@contextmanager
def written_late() -> Iterator[None]:
    """The embedded PostgreSQL writes what nobody waits for after ten seconds, instead of a fifth of one."""
    where = {"host": connection.settings_dict["HOST"], "port": connection.settings_dict["PORT"], "user": SUPERUSER}

    def tell(statement: str) -> None:
        with psycopg.connect(**where, dbname="postgres", autocommit=True) as server:
            server.execute(statement)
            server.execute("SELECT pg_reload_conf()")

    tell("ALTER SYSTEM SET wal_writer_delay = '10s'")
    try:
        yield
    finally:
        tell("ALTER SYSTEM RESET wal_writer_delay")


def work_through(visitor: Visitor, person: User, page: str) -> None:
    """Sign in, answer everything there is in a campaign, look at what one has done, and find that nothing is left."""
    assert visitor.sign_in(person)[0] == 200
    status, screen = visitor.get(page)
    while 'name="assignment"' in screen:
        status, screen = visitor.send(page, screen, do="submit", **{"content.text": "Paka alikaa."})
        assert status == 200
    assert visitor.get("/me/work/")[0] == 200


def test_a_killed_web_worker_costs_nobody_an_answer_and_is_replaced(web: Web):
    crowd = Crowd(web.address, *workplace(world()))
    with crowd.at_work():
        for _ in range(KILLS):
            go_on(crowd)
            kill_worker(web)
        go_on(crowd)
    assert crowd.broken and not crowd.turned_away and not crowd.problems
    assert harm(crowd) == {}
    wait_until(lambda: len(web.workers()) == 2, "the last one is replaced, too")


def test_control_without_being_replaced_one_killed_worker_takes_the_web_server_with_it(home: Machines):
    web = home.web("--no-respawn-failed-workers")
    web.workers()[0].kill()
    wait_until(lambda: web.machine.process.poll() is not None, "the web server ends")


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
    assert all(status == 503 and json.loads(said)["error"]["code"] == "unavailable" for status, said in crowd.turned_away)
    assert harm(crowd) == {}


@ours_to_stop
def test_control_where_answers_are_acknowledged_before_they_are_written_a_restart_loses_them(home: Machines):
    hasty = environment(home.home)["DATABASE_URL"] + "&options=-c%20synchronous_commit%3Doff"
    crowd = Crowd(home.web("--workers=1", DATABASE_URL=hasty).address, *workplace(world()))
    with written_late(), crowd.at_work():
        go_on(crowd)
        with postgres_away(IMMEDIATE):
            pass
    assert "lost" in harm(crowd)


@ours_to_stop
def test_while_postgresql_is_away_pages_and_calls_say_so_and_then_go_on(web: Web):
    cast = world()
    campaign, _ = workplace(cast)
    token = ApiToken.issue(cast.bola, name="robot", scopes=["work"])[1]
    bola = Visitor(web.address)
    assert bola.sign_in(cast.bola)[0] == 200
    page = f"/d/{campaign.dataset.slug}/work/{campaign.slug}/"
    _, screen = bola.get(page)
    answer = {"do": "submit", "content.text": "Jibu la Bola."}
    calls = {
        "start": lambda: Visitor(web.address).get("/"),
        "sign in": lambda: Visitor(web.address).get("/sign-in/"),
        "work": lambda: bola.get(page),
        "answer": lambda: bola.send(page, screen, **answer),
        "claim": lambda: Line(web.address, token).post(f"/api/campaigns/{campaign.pk}/claim", {}, ""),
    }
    with postgres_away(FAST), ThreadPoolExecutor() as pool:
        said = dict(zip(calls, pool.map(lambda call: call(), calls.values()), strict=True))
    assert said.pop("sign in")[0] == 200, "which needs no database"
    assert {name: one[0] for name, one in said.items()} == dict.fromkeys(said, 503)
    assert all("The database does not answer just now" in str(one) for one in said.values())
    wait_until(lambda: bola.send(page, screen, **answer)[0] == 200, "the same form is taken")
    assert Submission.objects.get().payload["content"] == {"text": "Jibu la Bola."}


@pytest.mark.skipif(
    redis_url(settings.DRAGOMAN_HOME) != settings.REDIS_URL, reason="REDIS_URL names a server that is not ours to stop"
)
def test_without_redis_people_sign_in_and_work_to_the_end(web: Web):
    cast = world()
    crowd = Crowd(web.address, *workplace(cast))
    small = cast.campaign("small", overlap=3, verification="none")
    last = [task(small, cast.drafted(f"The cat sat {n}.", f"Paka aliketi {n}."), needed=3) for n in range(2)]
    try:
        stop_redis(settings.DRAGOMAN_HOME)
        with crowd.at_work():
            go_on(crowd)
            for one in (cast.bola, cast.bisi, cast.ben):
                work_through(Visitor(web.address), one, "/d/xnli/work/small/")
        with pytest.raises(redis.ConnectionError):
            redis.Redis.from_url(client_url(settings.REDIS_URL), retry=Retry(NoBackoff(), 0)).ping()
    finally:
        start_redis(settings.DRAGOMAN_HOME)
    assert not (crowd.broken or crowd.turned_away or crowd.problems)
    assert harm(crowd) == {}
    for done in last:
        done.refresh_from_db()
        assert (done.status, done.open, done.unit.status) == ("done", 0, "verified")
