"""Real processes for the fault tests: web, worker, beat and a scripted model server, each of its own session, killed whole and for good."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
from django.conf import settings
from django.db import connection

from annotation.models import Dataset, Item, Unit
from core.hashing import digest
from core.serving import Address, commands
from pipelines.models import Run
from tests.llm_server import Script, sentences

CALL_SECONDS = 2
PATIENCE = 60.0
SCHEMA = {"kinds": {"sentence": {"fields": {"text": {"type": "text", "translate": True}}}}}


def environment(home: Path, **more: str) -> dict[str, str]:
    """What a worker of this test's database and Redis is told; everything that takes long is made short."""
    at = connection.settings_dict
    where = f"host={quote(at['HOST'])}&port={at['PORT']}"
    return os.environ | {
        "DATABASE_URL": f"postgres://{at['USER']}:{quote(at['PASSWORD'])}@/{at['NAME']}?{where}",
        "REDIS_URL": settings.REDIS_URL,
        "DRAGOMAN_SECRET_KEY": "only-for-these-tests-7f3a91c2d4e8b605",
        "DRAGOMAN_HOME": str(home),
        "DRAGOMAN_RUN_LEASE_SECONDS": "2",
        "DRAGOMAN_SWEEP_SECONDS": "1",
        "DRAGOMAN_CALL_SECONDS": str(CALL_SECONDS),
        "DRAGOMAN_LOG_LEVEL": "INFO",
        "OPENAI_API_KEY": "sk-only-for-these-tests",
        "CELERY_SKIP_CHECKS": "true",  # the tests have checked the plugins already
        **more,
    }


class Machine:
    """One process and all it starts, in a session of their own, with a log."""

    def __init__(self, name: str, command: list[str], home: Path, **env: str) -> None:
        self.log = home / f"{name}.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=settings.BASE_DIR,
                env=environment(home, **env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """SIGKILL to the whole group: nobody gets to tidy up."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass(frozen=True)
class Web:
    """A web server: the process that keeps watch over its workers, and where they listen."""

    machine: Machine
    address: Address

    def workers(self) -> list[psutil.Process]:
        """The processes that answer, the oldest first."""
        children = psutil.Process(self.machine.process.pid).children()
        return sorted((one for one in children if one.status() != psutil.STATUS_ZOMBIE), key=psutil.Process.create_time)

    def answers(self) -> bool:
        """Whether anything answers; what it thinks of the question is not the question."""
        assert self.machine.process.poll() is None, self.machine.log.read_text()
        line = http.client.HTTPConnection(self.address.host, self.address.port, timeout=PATIENCE)
        try:
            line.request("GET", "/api/")
            return bool(line.getresponse().status)
        except OSError:
            return False
        finally:
            line.close()


class Machines:
    """All machines of one test; none outlives it."""

    def __init__(self, home: Path) -> None:
        self.home, self.witness = home, home / "witness.jsonl"
        self.running: list[Machine] = []
        self.url = ""

    def start(self, name: str, command: str, **env: str) -> Machine:
        machine = Machine(name, command.split(), self.home, OPENAI_BASE_URL=self.url, **env)
        self.running.append(machine)
        return machine

    def worker(self, app: str = "config.celery", **env: str) -> Machine:
        """A Celery worker of two processes, as in production but for the short waits."""
        options = "-Q default,models -c 2 --without-gossip --without-mingle --without-heartbeat -l INFO"
        return self.start("worker", f"celery -A {app} worker {options}", **env)

    def beat(self) -> Machine:
        """The sweep's clock."""
        return self.start("beat", f"celery -A config.celery beat --pidfile= -s {self.home / 'beat'}")

    def web(self, *options: str, **env: str) -> Web:
        """The web server as `manage.py up` starts it, with the patience of production; the pages' files are this session's."""
        address = Address("127.0.0.1", free_port())
        line = [*commands(address, queues="")["web"][2:], *options]
        env = {"DRAGOMAN_HOME": str(settings.DRAGOMAN_HOME), "DRAGOMAN_RUN_LEASE_SECONDS": "60"} | env
        web = Web(self.start("web", " ".join(line), **env), address)
        wait_until(web.answers, "the web server answers")
        return web

    def model(self, script: Script) -> None:
        """The scripted model server; it writes down what it billed."""
        file = self.home / "script.json"
        script.save(file)
        machine = self.start("model", f"tests.llm_server --script {file} --witness {self.witness}")
        wait_until(lambda: "http" in machine.log.read_text(), "the model server answers")
        self.url = machine.log.read_text().split()[0]

    def billed(self) -> Counter[tuple[str, str]]:
        """How often each thing was paid for, by the witness: prompt and text."""
        lines = self.witness.read_text().splitlines() if self.witness.exists() else []
        return Counter((one["prompt"], one["data"]["text"]) for one in map(json.loads, lines) if one["status"] == 200)


@contextmanager
def machines(home: Path) -> Iterator[Machines]:
    """A place to start machines in."""
    started = Machines(home)
    try:
        yield started
    finally:
        for machine in started.running:
            machine.kill()
        connection.close()


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(true: Callable[[], object], what: str) -> None:
    """Wait for something that must come; only a test that fails waits long."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)


def status(run: Run) -> str:
    return Run.objects.values_list("status", flat=True).get(pk=run.pk)


def dataset(slug: str, units: int) -> Dataset:
    """A dataset with so many new units, whose translations the scripted model knows."""
    made = Dataset.objects.create(slug=slug, name=slug, schema=SCHEMA)
    made.languages.create(tag="sw")
    rows = [
        Item(dataset=made, kind="sentence", key=str(n), language="en", content={"text": text}, hash=digest(text))
        for n, text in enumerate(sentences(units))
    ]
    Unit.objects.bulk_create([Unit(item=item, language="sw") for item in Item.objects.bulk_create(rows)])
    return made
