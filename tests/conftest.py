"""A throwaway DRAGOMAN_HOME with its own PostgreSQL and Redis for the whole test session, and the browser's path."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.core.management import call_command

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def temporary_home() -> tuple[Path, bool]:
    """A new folder; or DRAGOMAN_TEST_HOME, which stays, so that --reuse-db finds its database again."""
    kept = os.environ.get("DRAGOMAN_TEST_HOME")
    return (Path(kept), False) if kept else (Path(tempfile.mkdtemp(prefix="dragoman-test-")), True)


# Before anything reads the settings: pytest must not learn DJANGO_SETTINGS_MODULE from pyproject.toml, it would load them first.
HOME, THROW_AWAY = temporary_home()
os.environ["DRAGOMAN_HOME"] = str(HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from core.management.base import running_servers  # noqa: E402
