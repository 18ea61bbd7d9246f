"""A throwaway DRAGOMAN_HOME with its own PostgreSQL and Redis for each process that runs tests, and the browser's path."""

import os
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import django
import psycopg
import pytest
from django.core.management import call_command

# Before anything reads the settings; were DJANGO_SETTINGS_MODULE in pyproject.toml, pytest-django would be first.
KEPT = os.environ.get("DRAGOMAN_TEST_HOME")  # stays, so that --reuse-db finds its database again
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
HOME = (Path(KEPT) / WORKER if KEPT else Path(tempfile.mkdtemp(prefix="dragoman-test-"))).resolve()
os.environ["DRAGOMAN_HOME"] = str(HOME)
# Hundreds of processes are started: each would compile all of the project anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # several processes run tests: more threads only stand in each other's way
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from core.embedded import running_as_configured  # noqa: E402
from core.embedded.addresses import PORT, run_dir  # noqa: E402
from core.embedded.postgres import SUPERUSER  # noqa: E402

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
session = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start what DATABASE_URL and REDIS_URL leave to us."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that a TERM stops our servers too
    if not KEPT:
        session.callback(shutil.rmtree, HOME, ignore_errors=True)
    if config.getoption("numprocesses", None) and not WORKER:
        # It hands the tests to others, which read settings of their own: with ours before them they would share one home.
        del os.environ["DRAGOMAN_HOME"], os.environ["DJANGO_SETTINGS_MODULE"]
        return
    session.enter_context(running_as_configured())
    _careless()
    # Templates name static files by their hashed names, as in production.
    call_command("collectstatic", interactive=False, verbosity=0)


def _careless() -> None:
    """Our PostgreSQL need not survive a fall of this machine, only its own; what is its own is tested."""
    if not os.environ.get("DATABASE_URL"):
        with psycopg.connect(host=str(run_dir(HOME)), port=PORT, user=SUPERUSER, dbname="postgres", autocommit=True) as server:
            server.execute("ALTER SYSTEM SET fsync = off")
            server.execute("SELECT pg_reload_conf()")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop our servers, by their own process ids."""
    session.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a real browser; without one the test skips, or fails where DRAGOMAN_REQUIRE_BROWSER=1."""
    named = os.environ.get("CHROMIUM")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found:
        return found
    how = "no Chromium here: apt-get install chromium, or set CHROMIUM to the path of one"
    if os.environ.get("DRAGOMAN_REQUIRE_BROWSER") == "1":
        pytest.fail(how)
    pytest.skip(how)
