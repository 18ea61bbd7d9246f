"""`manage.py up` with real processes: it starts, refuses clearly, stops everything, and takes over what a kill left."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from django.conf import settings

from core.embedded import database_url, running
from tests.faults.machines import free_port

pytestmark = [pytest.mark.faults, pytest.mark.slow]
NOBODY = 65534
# An ordinary user who may read this checkout and this Python wherever they are, but owns and may write nothing.
AS_NOBODY = [
    "setpriv",
    f"--reuid={NOBODY}",
    f"--regid={NOBODY}",
    "--clear-groups",
    "--inh-caps=+dac_read_search",
    "--ambient-caps=+dac_read_search",
]


def environment(home: Path, **more: str) -> dict[str, str]:
    """A shell in which nobody has configured anything but the home."""
    ours = {name for name in os.environ if name.startswith("DRAGOMAN_")} | {"DATABASE_URL", "REDIS_URL"}
    return {n: v for n, v in os.environ.items() if n not in ours} | {"DRAGOMAN_HOME": str(home), **more}


def manage(home: Path, *args: str, prefix: list[str] | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """A command that is expected to end by itself."""
    return subprocess.run(
        [*(prefix or []), sys.executable, "manage.py", *args],
        cwd=settings.BASE_DIR,
        env=environment(home, **env),
        capture_output=True,
        text=True,
        timeout=180,
    )


class Up:
    """One `manage.py up`, read until it says that it answers."""

    def __init__(self, home: Path, prefix: list[str] | None = None) -> None:
        self.home, self.port = home, free_port()
        self.process = subprocess.Popen(
            [*(prefix or []), sys.executable, "manage.py", "up", "--no-browser", "--no-demo", "--port", str(self.port)],
            cwd=settings.BASE_DIR,
            env=environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout and self.process.stderr
        self.said = ""
        while "answers at" not in self.said:
            line = self.process.stdout.readline()
            assert line, f"up ended with {self.process.wait()}: {self.process.stderr.read()}"
            self.said += line

    def get(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=60) as answer:
            return answer.status

    def ends(self) -> tuple[int, str]:
        """Its exit code and what it still said."""
        out, err = self.process.communicate(timeout=120)
        self.said += out
        return self.process.returncode, err


def processes_of(home: Path) -> list[psutil.Process]:
    """Every living process that carries this home in its environment, the servers included."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("DRAGOMAN_HOME") == str(home) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def assert_nothing_runs(home: Path) -> None:
    deadline = time.monotonic() + 5
    while (left := processes_of(home)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left


def admins(home: Path) -> list[tuple[str, str]]:
    entry = database_url("", home, idle_seconds=60)
    with (
        running(home, redis=False),
        psycopg.connect(host=entry["HOST"], port=entry["PORT"], user=entry["USER"], dbname=entry["NAME"]) as db,
    ):
        return db.execute("SELECT username, password FROM core_user").fetchall()


def assert_one_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit code 1, one line on stderr with these words, no traceback, no password."""
    assert done.returncode == 1, done
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr
    assert "password" not in done.stdout


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="dragoman-up-") as folder:
        yield Path(folder)
        for process in processes_of(Path(folder)):
            process.kill()


@pytest.fixture(scope="module")
def served() -> Iterator[Up]:
    """One instance for the tests that leave it as it is."""
    with tempfile.TemporaryDirectory(prefix="dragoman-up-") as folder:
        up = Up(Path(folder))
        yield up
        if up.process.poll() is None:
            up.process.send_signal(signal.SIGTERM)
            up.ends()


def test_up_answers_and_doctor_says_that_all_parts_do(served: Up) -> None:
    assert served.get() == 200
    said = manage(served.home, "doctor", "--json")
    report = json.loads(said.stdout.splitlines()[-1])
    assert said.returncode == 0, report
    assert report["ok"] and all(part["ok"] for part in report["parts"].values())
    assert set(report["parts"]) == {"database", "redis", "worker", "beat", "disk", "clock"}


def test_a_second_up_on_the_same_home_is_one_clear_line(served: Up) -> None:
    again = manage(served.home, "up", "--no-browser", "--no-demo", "--port", str(free_port()))
    assert_one_line(again, "already runs", str(served.process.pid), str(served.port))
    assert served.get() == 200


def test_a_port_in_use_is_one_clear_line(served: Up, home: Path) -> None:
    other = manage(home, "up", "--no-browser", "--no-demo", "--port", str(served.port))
    assert_one_line(other, f"Port {served.port} is in use", "--port")
    assert not (home / "postgres").exists()


def test_only_loopback_listens_and_the_servers_have_no_port(served: Up) -> None:
    listening = {
        (connection.laddr.ip, connection.laddr.port)
        for process in processes_of(served.home)
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {("127.0.0.1", served.port)}


def test_logs_and_the_key_are_for_their_owners_eyes(served: Up) -> None:
    files = [served.home / "secret.key", *(served.home / "log").iterdir()]
    assert {"web.log", "worker.log", "beat.log", "postgres.log", "redis.log"} <= {file.name for file in files}
    assert not [file for file in files if file.stat().st_mode & 0o077]


def test_the_next_up_takes_over_from_a_killed_one_and_ends_when_its_worker_dies(home: Path) -> None:
    killed = Up(home)
    killed.process.kill()
    killed.process.wait()
    left = {process.pid for process in processes_of(home)}
    database = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
    assert len(left) > 3 and database in left  # the control: a kill does leave processes behind

    second = Up(home)
    still = left & {process.pid for process in processes_of(home)}
    assert database in still  # a running database is used, not started over
    assert not still & {process.pid for process in processes_of(home) if "config.celery" in process.cmdline()}

    worker = next(p for p in processes_of(home) if p.ppid() == second.process.pid and "worker" in p.cmdline())
    worker.kill()
    code, errors = second.ends()
    assert code == 1
    assert "worker ended by itself (killed by SIGKILL)" in errors.splitlines()[0]
    assert str(home / "log" / "worker.log") in errors
    assert_nothing_runs(home)


def test_half_a_cluster_is_one_clear_line(home: Path) -> None:
    (home / "postgres" / "base").mkdir(parents=True)
    assert_one_line(manage(home, "up", "--no-browser", "--no-demo", "--port", str(free_port())), "rm -r", str(home))


def test_doctor_starts_nothing_and_names_what_does_not_answer(home: Path) -> None:
    said = manage(home, "doctor", "--json")
    report = json.loads(said.stdout.splitlines()[-1])
    assert said.returncode == 1 and not report["ok"]
    assert {name for name, part in report["parts"].items() if part["ok"]} == {"disk"}
    assert "Traceback" not in said.stderr
    assert not (home / "postgres").exists()


def test_production_without_a_secret_is_one_clear_line(home: Path) -> None:
    url = "postgres://nobody@127.0.0.1:1/none"
    assert_one_line(manage(home, "doctor", DATABASE_URL=url), "DRAGOMAN_SECRET_KEY is not set")
    assert_one_line(manage(home, "doctor", DATABASE_URL=url, DRAGOMAN_SECRET_KEY="change-me"), "everybody knows")


@pytest.mark.skipif(os.geteuid() != 0, reason="these tests already run as an ordinary user")
def test_an_ordinary_user_can_run_it_too(home: Path) -> None:
    os.chown(home, NOBODY, NOBODY)
    up = Up(home, prefix=AS_NOBODY)
    assert up.get() == 200
    assert {process.uids().real for process in processes_of(home)} == {NOBODY}
    up.process.send_signal(signal.SIGINT)
    assert up.ends()[0] == 0
    assert_nothing_runs(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to make a folder of somebody else's")
def test_a_home_that_cannot_be_written_is_one_clear_line(home: Path) -> None:
    done = manage(home, "up", "--no-browser", "--no-demo", prefix=AS_NOBODY)
    assert_one_line(done, str(home), "set DRAGOMAN_HOME")


def test_ctrl_c_stops_all_and_a_second_start_reuses_the_data_without_a_password(served: Up) -> None:
    """The last of this file: it stops what the others used."""
    home = served.home
    password = re.search(r"password (\S{12,})", served.said)
    assert password
    served.process.send_signal(signal.SIGINT)
    code, errors = served.ends()
    assert (code, errors) == (0, "") and "Stopped." in served.said
    assert_nothing_runs(home)
    before = admins(home)
    assert [name for name, _ in before] == ["admin"]
    assert not any(password[1].encode() in file.read_bytes() for file in home.rglob("*") if file.is_file())

    (home / "locks" / "up.pid").write_text("process 1, http://127.0.0.1:1/")  # stale: nobody holds the lock
    second = Up(home)
    second.process.send_signal(signal.SIGTERM)
    assert second.ends()[0] == 0
    assert "password" not in second.said
    assert admins(home) == before
    assert_nothing_runs(home)
