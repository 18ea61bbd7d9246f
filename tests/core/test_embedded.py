"""The embedded servers: addresses, one life across processes, and one clear line for each broken state."""

import os
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from django.core.exceptions import ImproperlyConfigured
from kombu import Connection

from core.embedded import (
    client_url,
    database_url,
    redis_url,
    running,
    start_postgres,
    start_redis,
    stop_postgres,
    stop_redis,
)
from core.embedded.addresses import SOCKET, run_dir
from core.embedded.process import EmbeddedError, account_for, locked, make_home

OURS = "-c idle_in_transaction_session_timeout=60s -c plan_cache_mode=force_generic_plan"


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="dragoman-home-") as folder:
        yield Path(folder)
        stop_redis(Path(folder))
        stop_postgres(Path(folder))


def connect(home: Path) -> psycopg.Connection:
    entry = database_url("", home, idle_seconds=60)
    return psycopg.connect(host=entry["HOST"], port=entry["PORT"], user=entry["USER"], dbname=entry["NAME"])


def postmaster(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().split()[0])


# Addresses


def test_a_url_becomes_djangos_words() -> None:
    entry = database_url("postgres://us%40er:p%3Aw@db.example:6543/bench%20mark?sslmode=require", Path("/h"), idle_seconds=60)
    assert [entry[word] for word in ("USER", "PASSWORD", "HOST", "PORT")] == ["us@er", "p:w", "db.example", "6543"]
    assert entry["NAME"] == "bench mark" and entry["OPTIONS"] == {"connect_timeout": 5, "sslmode": "require", "prepare_threshold": 1, "options": OURS}
    assert entry["CONN_HEALTH_CHECKS"] is True and entry["CONN_MAX_AGE"] == 60


def test_a_url_may_name_a_socket() -> None:
    entry = database_url("postgresql:///bench?host=/var/run/postgresql&connect_timeout=9", Path("/h"), idle_seconds=60)
    assert entry["HOST"] == "/var/run/postgresql" and entry["OPTIONS"] == {"connect_timeout": "9", "prepare_threshold": 1, "options": OURS}


def test_a_transaction_that_falls_silent_ends_and_a_urls_own_options_stay():
    entry = database_url("postgres://u@h/d?options=-c%20work_mem%3D8MB", Path("/x"), idle_seconds=7)
    ours = "-c idle_in_transaction_session_timeout=7s -c plan_cache_mode=force_generic_plan"
    assert entry["OPTIONS"]["options"] == f"{ours} -c work_mem=8MB"


@pytest.mark.parametrize(
    "url", ["mysql://u:hunter2@h/db", "postgres://u:hunter2@h:p/db", "postgres://u:hunter2@h/", "x"]
)
def test_a_bad_url_is_one_sentence_without_the_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="write postgres://") as refused:
        database_url(url, Path("/h"), idle_seconds=60)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("length", [10, 300])
def test_a_sockets_path_is_never_too_long(length: int) -> None:
    home = Path("/") / "/".join("d" * 9 for _ in range(length // 10))
    assert len(os.fsencode(run_dir(home) / SOCKET)) <= 103
    assert run_dir(home) == run_dir(home) != run_dir(home / "other")


def test_looking_up_addresses_starts_nothing_and_writes_nothing(home: Path) -> None:
    database_url("", home, idle_seconds=60)
    redis_url(home)
    assert not list(home.iterdir())


# One life


def test_both_servers_start_once_and_stop(home: Path) -> None:
    assert start_postgres(home) and start_redis(home)
    first = postmaster(home)
    assert not start_postgres(home) and not start_redis(home)
    assert postmaster(home) == first
    with connect(home) as db:
        settings = ("server_encoding", "listen_addresses", "is_superuser")
        assert [db.execute("SELECT current_setting(%s)", [name]).fetchone()[0] for name in settings] == [
            "UTF8",
            "",
            "off",
        ]
        ordered = db.execute("SELECT string_agg(t, '' ORDER BY t) FROM unnest(array['b','A','a','é','Z']) t").fetchone()
        assert ordered == ("AZabé",)  # by code point, on every machine
    stop_postgres(home)
    stop_redis(home)
    with pytest.raises(psycopg.OperationalError):
        connect(home)


def test_celery_and_redis_py_reach_the_same_server_each_by_its_own_spelling(home: Path) -> None:
    start_redis(home)
    url = redis_url(home)
    with Connection(url) as celery:
        celery.SimpleQueue("bell").put({"run": 1})
    client = redis.Redis.from_url(client_url(url), decode_responses=True)
    assert client.llen("bell") == 1
    wanted = {"port": "0", "appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction"}
    assert client.config_get(*wanted) == wanted
    assert client_url("redis://h:1/2") == "redis://h:1/2"


def test_what_was_written_survives_a_restart(home: Path) -> None:
    with running(home):
        with connect(home) as db:
            db.execute("CREATE TABLE kept AS SELECT 7 AS n")
        redis.Redis.from_url(client_url(redis_url(home))).set("kept", "7")
    with running(home):
        with connect(home) as db:
            assert db.execute("SELECT n FROM kept").fetchone() == (7,)
        assert redis.Redis.from_url(client_url(redis_url(home))).get("kept") == b"7"


def test_whoever_leaves_last_stops_the_servers(home: Path) -> None:
    with running(home, redis=False):
        with running(home, redis=False):
            first = postmaster(home)
        assert postmaster(home) == first
        connect(home).close()
    with pytest.raises(psycopg.OperationalError):
        connect(home)


def test_processes_that_start_it_at_once_share_one_server(home: Path) -> None:
    started: list[bool] = []
    threads = [threading.Thread(target=lambda: started.append(start_postgres(home))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(started) == [False, False, False, True]


def test_a_home_with_a_long_path_and_spaces_works(home: Path) -> None:
    deep = home / "a home with spaces & 'quotes'" / ("d" * 90)
    with running(deep):
        connect(deep).close()
        assert redis.Redis.from_url(client_url(redis_url(deep))).ping()
        assert stat.S_IMODE(run_dir(deep).stat().st_mode) == 0o700
    run_dir(deep).rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is another user than its servers")
def test_root_runs_them_as_another_user_even_under_a_closed_folder(home: Path) -> None:
    home.chmod(0o700)
    inside = home / "closed"
    inside.mkdir(mode=0o700)
    with running(inside):
        owner = (inside / "postgres").stat().st_uid
        assert owner != 0 and owner == (inside / "redis").stat().st_uid == os.stat(f"/proc/{postmaster(inside)}").st_uid
    assert stat.S_IMODE(home.stat().st_mode) == 0o700  # nothing was opened to the machine's other users


# Broken states


def test_a_stale_pid_file_does_not_stop_a_start(home: Path) -> None:
    start_postgres(home)
    stop_postgres(home)
    pid_file = home / "postgres" / "postmaster.pid"
    for text in ("", f"{os.getpid()}\n{home / 'postgres'}\n1\n5432\n\n\n\n", "999999999\n"):
        pid_file.write_text(text)
        os.chown(pid_file, *account_for(home / "postgres")[:2])
        assert start_postgres(home)
        stop_postgres(home)


def test_a_killed_server_recovers(home: Path) -> None:
    start_postgres(home)
    with connect(home) as db:
        db.execute("CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(postmaster(home), 9)
    assert start_postgres(home)
    with connect(home) as db:
        assert db.execute("SELECT n FROM kept").fetchone() == (7,)


def test_an_initialisation_that_was_killed_leaves_nothing_in_the_way(home: Path) -> None:
    (home / "postgres.new" / "base").mkdir(parents=True)
    assert start_postgres(home)
    assert not (home / "postgres.new").exists()


def test_half_a_cluster_is_refused_with_what_to_do(home: Path) -> None:
    (home / "postgres" / "base").mkdir(parents=True)
    with pytest.raises(EmbeddedError, match="not a complete PostgreSQL cluster.*rm -r"):
        start_postgres(home)
    assert (home / "postgres" / "base").exists()


def test_another_versions_cluster_is_refused_with_what_to_do(home: Path) -> None:
    (home / "postgres" / "global").mkdir(parents=True)
    (home / "postgres" / "global" / "pg_control").touch()
    (home / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedError, match="PostgreSQL 16 and this is 18"):
        start_postgres(home)


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    start_postgres(home)
    stop_postgres(home)
    with open(home / "postgres" / "postgresql.conf", "a") as conf:
        conf.write("shared_buffers = 'nonsense'\n")
    with pytest.raises(EmbeddedError, match="did not start.*shared_buffers.*postgres.log"):
        start_postgres(home)


def test_a_broken_append_only_file_says_why(home: Path) -> None:
    start_redis(home)
    stop_redis(home)
    next((home / "redis" / "appendonlydir").glob("*.aof")).write_text("*9\r\nthis is no command\r\n" * 20)
    with pytest.raises(EmbeddedError, match="removing .*redis loses no work"):
        start_redis(home)


def test_a_home_that_cannot_be_made_is_one_line(home: Path) -> None:
    (home / "file").touch()
    with pytest.raises(EmbeddedError, match="set DRAGOMAN_HOME"):
        make_home(home / "file" / "below")


def test_a_lock_ends_with_its_holder(home: Path) -> None:
    make_home(home)
    with locked(home, "x"), locked(home, "x", wait=False) as second:
        assert not second
    with locked(home, "x", wait=False) as third:
        assert third
