"""`python -m bench NAME --json`: one workload on a throwaway instance of its own; the last line is one JSON object."""

import argparse
import importlib
import os
import pkgutil
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
import orjson

# Before anything reads the settings: a benchmark never touches an instance that is in use.
HOME = Path(tempfile.mkdtemp(prefix="dragoman-bench-")).resolve()
os.environ.update(DRAGOMAN_HOME=str(HOME), DJANGO_SETTINGS_MODULE="config.settings", DATABASE_URL="", REDIS_URL="")
django.setup()

from django.core.management import call_command  # noqa: E402

from core.embedded import running_as_configured  # noqa: E402


def workloads() -> dict[str, str]:
    """Name to module; a module called like a word of Python ends in an underscore, its workload does not."""
    found = [m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if not m.name.startswith("_")]
    return {name.rstrip("_"): f"bench.{name}" for name in found}


@contextmanager
def instance() -> Iterator[None]:
    """A fresh, migrated database and Redis under `HOME`, gone afterwards."""
    try:
        with running_as_configured():
            call_command("migrate", interactive=False, verbosity=0)
            yield
    finally:
        shutil.rmtree(HOME, ignore_errors=True)


def main(arguments: list[str]) -> dict[str, Any]:
    """Run the workload of that name; what it measured, with the machine it was measured on."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", choices=sorted(workloads()))
    parser.add_argument(
        "--json", action="store_true", help="only the JSON line on standard output; the rest on standard error"
    )
    options = parser.parse_args(arguments)
    out = sys.stderr if options.json else sys.stdout
    with instance():
        measured = importlib.import_module(workloads()[options.name]).run(
            lambda text: print(text, file=out, flush=True)
        )
    machine = {"cpus": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    return {"bench": options.name, **measured, "machine": machine}


if __name__ == "__main__":
    print(orjson.dumps(main(sys.argv[1:])).decode())
