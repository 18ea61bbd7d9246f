"""Say which parts answer: database, redis, worker, beat, disk, clock. Starts nothing and changes nothing."""

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import redis
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.embedded import client_url
from core.management.base import DragomanCommand
from pipelines.tasks import last_sweep, workers_answering

LEAST_FREE_BYTES = 1024**3
MOST_SECONDS_APART = 2.0
SWEEPS_MISSED = 3


class Part(NamedTuple):
    """What one part said."""

    ok: bool
    detail: str


class Command(DragomanCommand):
    help = "Say which parts answer; exit code 0 only when all do."
    needs_servers = False
    requires_system_checks: list[str] = []

    def run(self, **_: Any) -> dict[str, Any]:
        parts = {name: look(check) for name, check in CHECKS.items()}
        for name, part in parts.items():
            self.say(f"{'ok  ' if part.ok else 'FAIL'} {name:<9} {part.detail}")
        ok = all(part.ok for part in parts.values())
        report = {"ok": ok, "parts": {name: part._asdict() for name, part in parts.items()}}
        if ok:
            return report
        self.print_json(report)
        raise CommandError("Not everything answers: " + ", ".join(n for n, part in parts.items() if not part.ok) + ".")


def look(check: Callable[[], Part]) -> Part:
    """A check's answer; whatever it stumbles over is its answer too, as one line."""
    try:
        return check()
    except Exception as problem:
        return Part(False, (str(problem).strip() or type(problem).__name__).splitlines()[0])


def database() -> Part:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_is_in_recovery(), current_setting('server_version'), current_setting('server_encoding')"
        )
        replica, version, encoding = cursor.fetchone()
    if encoding != "UTF8":
        return Part(False, f"PostgreSQL {version}, but the database's encoding is {encoding}: create it with UTF8")
    return Part(not replica, f"PostgreSQL {version}" + (", but it is a read-only replica" if replica else ""))


def redis_server() -> Part:
    once = Retry(NoBackoff(), 0)
    with redis.Redis.from_url(client_url(settings.REDIS_URL), socket_timeout=3, retry=once) as client:
        answer = client.info("server")
    return Part(True, f"{answer.get('server_name', 'redis')} {answer.get('redis_version', '')}")


def worker() -> Part:
    names = workers_answering()
    return Part(bool(names), ", ".join(names) or "no worker answers: start one, or look into its log")


def beat() -> Part:
    at = last_sweep()
    if at is None:
        return Part(False, "has never swept: start beat and a worker")
    age = (database_now() - at).total_seconds()
    return Part(age <= SWEEPS_MISSED * settings.SWEEP_SECONDS, f"last sweep {age:.0f} s ago")


def disk() -> Part:
    home = settings.DRAGOMAN_HOME
    if not os.access(home, os.W_OK | os.X_OK):
        return Part(False, f"{home} cannot be written")
    free = shutil.disk_usage(home).free
    return Part(free >= LEAST_FREE_BYTES, f"{free / 1024**3:.1f} GiB free in {home}")


def clock() -> Part:
    apart = abs((database_now() - datetime.now(UTC)).total_seconds())
    return Part(apart < MOST_SECONDS_APART, f"{apart:.1f} s between this machine and the database")


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


CHECKS: dict[str, Callable[[], Part]] = {
    "database": database,
    "redis": redis_server,
    "worker": worker,
    "beat": beat,
    "disk": disk,
    "clock": clock,
}
