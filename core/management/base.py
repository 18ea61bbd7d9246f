"""What every command of ours has: servers that are up, plain error lines, --json and a progress bar."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import orjson
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from core.embedded import running_as_configured
from core.errors import DragomanError

BAR_WIDTH = 30


class DragomanCommand(BaseCommand):
    """Write ``run(**options)`` instead of ``handle``; what it returns is printed as one JSON object under --json."""

    # Whether the embedded servers are to be up, and migrated, while it runs.
    needs_servers = True

    as_json = False
    _drawn = 0.0

    def run(self, *args: Any, **options: Any) -> dict[str, Any] | None:
        """The command itself."""
        raise NotImplementedError

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        self.as_json = options.pop("json", False)
        try:
            with embedded_servers() if self.needs_servers else nullcontext():
                result = self.run(*args, **options)
        except DragomanError as problem:
            raise CommandError(line_of(problem)) from problem
        except OperationalError as problem:
            raise CommandError(f"The database failed: {str(problem).strip().splitlines()[0]}") from problem
        except KeyboardInterrupt:
            raise CommandError("Stopped.", returncode=128 + signal.SIGINT) from None
        self.print_json(result or {})

    def print_json(self, result: dict[str, Any]) -> None:
        """The machine's line, when it was asked for."""
        if self.as_json:
            self.stdout.write(orjson.dumps(result, default=str).decode())

    def say(self, text: str = "") -> None:
        """Text for people: on stdout, or on stderr where stdout is for the JSON line."""
        out = self.stderr if self.as_json else self.stdout
        out.write(text, style_func=str)
        out.flush()

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Draw a bar on a terminal's stderr, at most ten times a second; nowhere else."""
        now = time.monotonic()
        if not sys.stderr.isatty() or (done < total and now - self._drawn < 0.1):
            return
        self._drawn = now
        filled = BAR_WIDTH * done // max(total, 1)
        bar = "█" * filled + "░" * (BAR_WIDTH - filled)
        sys.stderr.write(f"\r\033[K{bar} {done:,}/{total:,} {note}" + ("\n" if done >= total else ""))
        sys.stderr.flush()


@contextmanager
def embedded_servers() -> Iterator[None]:
    """The embedded servers, where they are the default, up and migrated; a database of yours you migrate yourself."""
    with running_as_configured():
        if settings.EMBEDDED:
            migrate_if_needed()
        yield


def migrate_if_needed() -> bool:
    """Apply the migrations that wait; True when there were any."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", interactive=False, verbosity=0)
    return True


def line_of(problem: DragomanError) -> str:
    """An error as its text, with the fields it names."""
    errors = getattr(problem, "errors", None) or {}
    return "; ".join([str(problem), *(f"{field}: {text}" for field, text in errors.items())])
