"""`manage.py batch list|poll`, `write RUN FOLDER`, `read FILE`, `cancel RUN`: requests that wait in batches."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from core.errors import Invalid, Missing
from core.management.base import DragomanCommand
from core.told import told
from pipelines.actions import batches, runs
from pipelines.models import Batch, Run


class Command(DragomanCommand):
    help = (
        "Batches of requests. The workers look after those that are sent; without workers poll does, one look at a time. What "
        "`draft --write-batch` has written is taken to a model by you, and what it answered is read in here."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("do", choices=["list", "poll", "write", "read", "cancel"])
        parser.add_argument("what", nargs="?", help="read: the file of results; write, cancel: the run")
        parser.add_argument("folder", nargs="?", type=Path, help="write: where the files go")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        if options["do"] in ("list", "poll"):
            return self._poll() if options["do"] == "poll" else self._list()
        if not options["what"]:
            raise Invalid("Say which: batch read FILE, batch write RUN FOLDER, batch cancel RUN.")
        if options["do"] == "read":
            return self._read(Path(options["what"]))
        run = _run(options["what"])
        if options["do"] == "write":
            return {"files": self._write(run, options["folder"] or Path("."))}
        runs.cancel(run, by=None)
        return self._poll()

    def _list(self) -> dict[str, Any]:
        rows = [_told(one) for one in Batch.objects.filter(ended=None).select_related("run").order_by("pk")]
        for row in rows:
            self.say("batch {batch} of run {run}: {status}, {answered} of {requests} answered, until {until}".format(**row))
        return {"batches": rows}

    def _poll(self) -> dict[str, Any]:
        for run in batches.waiting_runs():
            self.say(f"Run {run.pk} is {batches.look(run).get_status_display()}.")
        return self._list()

    def _write(self, run: Run, folder: Path) -> list[str]:
        files = [str(file) for file in batches.write(run, folder)]
        for file in files:
            self.say(f"{file} is written. When a model has answered it: manage.py batch read ANSWERS")
        return files

    def _read(self, file: Path) -> dict[str, Any]:
        """Take in what a model has answered, go on with the runs, and write what they ask next beside it."""
        read = batches.read(file, by=None)
        for one in read:
            self.say("batch {}: {}".format(one.pk, ", ".join(f"{n} {what}" for what, n in one.counts.items())))
        files: list[str] = []
        for run in {one.run for one in read}:
            files += self._write(runs.work_here(run), file.parent)
            self.say(f"Run {run.pk} is {run.get_status_display()}.")
        return {"read": [_told(one) | one.counts for one in read], "files": files}


def _run(number: str) -> Run:
    run = Run.objects.select_related("dataset").filter(pk=number).first() if number.isdecimal() else None
    if run is None:
        raise Missing(told("There is no run {number}.", number=number))
    return run


def _told(one: Batch) -> dict[str, Any]:
    known = {"batch": one.pk, "run": one.run_id, "status": one.status, "requests": one.requests, "answered": one.answered}
    return known | {"by_hand": one.by_hand, "at_endpoint": one.remote_id, "until": one.until}
