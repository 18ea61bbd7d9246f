"""Batches: look after those that are out, write those that go by hand, and read what a model has answered."""

import os
from collections.abc import Iterator
from pathlib import Path

from annotation import policies
from core.errors import Invalid, Missing
from core.models import User
from core.policy import require
from core.told import told
from pipelines import batch_results
from pipelines.actions import runs
from pipelines.endpoints import reaching
from pipelines.models import Batch, Run, RunItem
from pipelines.providers import Provider, providers


def waiting_runs() -> list[Run]:
    """Runs that go on when a batch has ended."""
    cancelling = Run.objects.filter(status=Run.Status.RUNNING, job__name="cancel_batches")
    asking = Run.objects.filter(status=Run.Status.RUNNING, batches__ended=None, batches__isnull=False)
    return list((cancelling | asking).distinct().order_by("pk"))


def look(run: Run) -> Run:
    """Look at the run's batches now, in this process, and go on with it as far as it goes."""
    minding = run.items.filter(status=RunItem.Status.WAITING, waits_for=None)
    minding.exclude(not_before=None).update(not_before=None)
    return runs.work_here(run)


def write(run: Run, folder: Path) -> list[Path]:
    """Write the batches of a run that go by hand, one file each, as they are sent to an endpoint; vLLM's batch runner reads them, too."""
    require(policies.start_run(None, run.dataset))
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for batch in run.batches.filter(by_hand=True, status=Batch.Status.WRITTEN).order_by("pk"):
        file = folder / f"batch-{batch.pk}.jsonl"
        half = file.with_suffix(".part")
        batch_results.write(batch, _provider(batch), half)
        os.replace(half, file)  # whoever sees the file sees all of it
        written.append(file)
    return written


def read(file: Path, *, by: User | None) -> list[Batch]:
    """Read a file of answers into the batches whose requests they answer: those that went by hand are over with it.

    What is missing there is asked again. A file that answers nothing of ours is refused.
    """
    if not file.is_file():
        raise Missing(told("There is no file {file}.", file=file))
    found = list(_answered(file))
    if not found:
        raise Invalid(told(
            "{file} answers no request that waits in a batch written by hand: is it the file of answers, and not read yet?",
            file=file,
        ))
    for batch in found:
        require(policies.start_run(by, batch.run.dataset))
        counts = batch_results.take_in(batch, _provider(batch), [file])
        batch_results.end(batch, "read", counts, batch_results.NOT_DONE)
    return found


def _answered(file: Path) -> Iterator[Batch]:
    """The batches of which the file has a request."""
    keys = set(batch_results.keys(file))
    for batch in Batch.objects.filter(by_hand=True, ended=None).select_related("run__dataset").order_by("pk"):
        if any(key in keys for key in batch.generations.filter(outcome="pending").values_list("request_hash", flat=True).iterator()):
            yield batch


def _provider(batch: Batch) -> Provider:
    return reaching(providers.build(batch.provider))
