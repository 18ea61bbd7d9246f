"""Where the two servers are found: the given URLs in Django's words, or the embedded servers' sockets under a home."""

import hashlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

DATABASE = ROLE = "dragoman"
PORT = 5432  # of the embedded server; only a part of its socket's name
SOCKET = f".s.PGSQL.{PORT}"
# A unix socket's path has at most 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET_PATH = 103


def run_dir(home: Path) -> Path:
    """The folder of both sockets: ``home/run``, or a short one under /tmp when that path is too long for a socket."""
    near = home / "run"
    if len(os.fsencode(near / SOCKET)) <= LONGEST_SOCKET_PATH:
        return near
    # Not tempfile.gettempdir(): it follows TMPDIR, and every process must come to the same answer.
    return Path("/tmp") / f"dragoman-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"


def redis_socket(home: Path) -> Path:
    return run_dir(home) / "redis.sock"


def redis_url(home: Path) -> str:
    """The embedded Redis-protocol server as Celery spells it."""
    return "redis+socket://" + quote(str(redis_socket(home)))


def client_url(url: str) -> str:
    """The same address as redis-py spells it: the two agree on ``redis://`` but not on sockets."""
    scheme, _, rest = url.partition("://")
    if scheme != "redis+socket":
        return url
    return "unix://" + rest.replace("virtual_host=", "db=")


def database_url(url: str, home: Path, *, idle_seconds: int) -> dict[str, Any]:
    """Django's DATABASES entry for ``postgres://…``, or, for an empty url, for the embedded server of `home`.

    The server rolls a transaction back that has said nothing for `idle_seconds`; see `core.transactions` for those that may.
    """
    return _entry(idle_seconds, **(_from_url(url) if url else _embedded(home)))


def _entry(idle_seconds: int, *, options: dict[str, str] | None = None, **where: str) -> dict[str, Any]:
    # The threshold is for the statements of `core.prepared` alone: other cursors of Django's never prepare.
    options = {"connect_timeout": 5, "prepare_threshold": 1} | (options or {})
    # A process that froze in the middle of a transaction holds row locks, and whoever needs those rows would wait for ever.
    # And a prepared statement is planned once: PostgreSQL alone would weigh at each call whether to plan it anew.
    ours = f"-c idle_in_transaction_session_timeout={idle_seconds}s -c plan_cache_mode=force_generic_plan"
    options["options"] = f"{ours} {options.get('options', '')}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        **where,
    }


def _embedded(home: Path) -> dict[str, Any]:
    return {"NAME": DATABASE, "USER": ROLE, "PASSWORD": "", "HOST": str(run_dir(home)), "PORT": str(PORT)}


def _from_url(url: str) -> dict[str, Any]:
    """The parts of a ``postgres://`` URL; libpq's own parameters (sslmode, host, …) pass through as options."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _bad_url("has no readable host or port") from None
    if parts.scheme not in ("postgres", "postgresql"):
        raise _bad_url(f"starts with {parts.scheme or 'no scheme'}:")
    name = unquote(parts.path.removeprefix("/"))
    if not name:
        raise _bad_url("names no database")
    options = dict(parse_qsl(parts.query))
    return {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": options.pop("port", "") or str(port or ""),
        "options": options,
    }


def _bad_url(problem: str) -> ImproperlyConfigured:
    """One sentence that does not repeat the URL, which may hold a password."""
    return ImproperlyConfigured(f"DATABASE_URL {problem}; write postgres://USER:PASSWORD@HOST:5432/DATABASE.")
