"""Serving from one machine: web, worker and beat as real processes, until Ctrl-C or until one of them ends."""

import errno
import http.client
import os
import signal
import socket
import sys
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from core.embedded.process import locked, make_home
from core.errors import Conflict, Invalid
from core.supervisor import ChildDied, Supervisor
from core.told import told

SECONDS_TO_ANSWER = 90
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class Address(NamedTuple):
    """Where the web server listens."""

    host: str
    port: int

    @property
    def reachable(self) -> str:
        """A host to connect to: a server that listens everywhere is asked on the loopback."""
        return ANYWHERE.get(self.host, self.host)

    def __str__(self) -> str:
        host = f"[{self.reachable}]" if ":" in self.reachable else self.reachable
        return f"http://{host}:{self.port}/"


def check_free(address: Address) -> None:
    """Refuse, with what to do, an address that cannot be listened on."""
    try:
        family, kind, _, _, where = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except (OSError, OverflowError) as problem:
        if getattr(problem, "errno", None) == errno.EADDRINUSE:
            raise Conflict(told(
                "Port {port} is in use: stop what listens there, or choose --port N.",
                port=address.port,
            )) from None
        where = f"{address.host} port {address.port}"
        raise Invalid(told(
            "Cannot listen on {where} ({problem}): choose others with --host and --port.",
            where=where, problem=problem,
        )) from None


@contextmanager
def only_one(home: Path, address: Address) -> Iterator[None]:
    """Claim `home` for this process; the claim ends with the process, however it ends."""
    make_home(home)
    note = home / "locks" / "up.pid"
    with locked(home, "up", wait=False) as mine:
        if not mine:
            where = note.read_text() if note.exists() else "starting"
            raise Conflict(told(
                "Dragoman already runs from {home} ({where}): use that one, or stop it first.",
                home=home, where=where,
            ))
        note.write_text(f"process {os.getpid()}, {address}")
        yield
        note.unlink(missing_ok=True)


def stop_on_signals() -> None:
    """Let TERM and a closed terminal end us as Ctrl-C does, also where a shell had us ignore Ctrl-C (``up &``)."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)


def commands(address: Address, *, queues: str) -> dict[str, list[str]]:
    """The three command lines; the same ones docker-compose.yml uses."""
    where = f"--host {address.host} --port {address.port} --interface wsgi"
    # One worker that is killed, say for its memory, must not take the others with it.
    how = "--workers 2 --blocking-threads 4 --respawn-failed-workers --no-access-log"
    lines = {
        "web": f"granian {where} {how} config.wsgi:application",
        "worker": f"celery -A config.celery worker -Q {queues} -c 2 -l INFO --without-gossip --without-mingle",
        "beat": "celery -A config.celery beat -l INFO --pidfile=",
    }
    return {name: [sys.executable, "-m", *line.split()] for name, line in lines.items()}


def serve(
    home: Path,
    address: Address,
    *,
    code: Path,
    queues: str,
    browser: bool,
    worker_answers: Callable[[], object],
    ready: Callable[[], None],
) -> None:
    """Run web, worker and beat; call `ready` when they answer; come back after Ctrl-C, raise when one ends."""
    with Supervisor(home) as supervisor:
        try:
            for name, command in commands(address, queues=queues).items():
                supervisor.start(name, command, cwd=code)
            _wait(supervisor, "web", lambda: _status(address))
            _wait(supervisor, "worker", worker_answers)
            ready()
            if browser and _has_display():
                webbrowser.open(str(address))
            supervisor.watch()
        except KeyboardInterrupt:
            return


def _wait(supervisor: Supervisor, name: str, answers: Callable[[], object]) -> None:
    """Wait until a child answers; raise when it, or another, ends instead."""
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while not answers():
        supervisor.check()
        if time.monotonic() > deadline:
            raise ChildDied(f"{name} runs but does not answer.\n{supervisor.tail(name)}")
        time.sleep(0.05)


def _status(address: Address) -> int:
    """The HTTP status of the front page; 0 while nothing answers, or only with a server error."""
    connection = http.client.HTTPConnection(address.reachable, address.port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": "localhost"})
        status = connection.getresponse().status
        return status if status < 500 else 0
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _has_display() -> bool:
    return sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
