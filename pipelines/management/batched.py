"""What commands share that may ask by batches: the two options, and what is said of the batches that are out."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from core.management.base import DragomanCommand
from pipelines.actions import batches, runs
from pipelines.batches import Batching
from pipelines.models import Run


def add_arguments(parser: ArgumentParser) -> None:
    """``--batch`` and ``--write-batch FOLDER``."""
    parser.add_argument("--batch", action="store_true", help="by batches of the endpoint's: cheaper, and each takes up to a day")
    parser.add_argument("--write-batch", type=Path, metavar="FOLDER", help="write the requests there, for a batch runner such as vLLM's")


def way(options: dict[str, Any]) -> Batching:
    """How the run is to ask."""
    return "write" if options["write_batch"] else "send" if options["batch"] else ""


def waiting(command: DragomanCommand, run: Run, folder: Path | None) -> dict[str, Any]:
    """What of the run is out in batches, said and as the command's JSON; those that go by hand are written now."""
    out = runs.summary(run).batches
    for one in out:
        until = f" until {one.until:%Y-%m-%d %H:%M} UTC" if one.until else ""
        command.say(f"Batch {one.id}: {one.requests} requests wait{until}.")
    files = [str(file) for file in batches.write(run, folder)] if folder else []
    for file in files:
        command.say(f"{file} is written. When a model has answered it: manage.py batch read ANSWERS")
    if out and not files:
        command.say("The workers go on with it; without them: manage.py batch poll")
    return {"batches": [one.id for one in out], "files": files}
