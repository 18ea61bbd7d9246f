"""Looking after batches: at each visit the one thing that can be done for one, and never a wait for its end."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models.functions import Now

from core.told import told
from pipelines import batch_results
from pipelines.batch_results import COMPLETED, NOT_DONE
from pipelines.endpoints import reaching
from pipelines.jobs import Fatal, Lease
from pipelines.models import Batch, RunItem
from pipelines.providers import Provider, providers
from pipelines.records import BatchState, ProviderError

STATUS = Batch.Status
SECONDS_BETWEEN_LOOKS = 60.0
SECONDS_BY_HAND = 3600.0
"""Nobody at an endpoint works on these; they end when their results are read."""
ENDS = {"completed": "read", "expired": "expire", "cancelled": "cancel", "failed": "fail"}
Result = tuple[RunItem, dict[str, Any]]


def mind_all(items: list[RunItem], lease: Lease) -> Iterator[Result]:
    """`mind` for each item's batch."""
    for item in items:
        yield from mind(item.batch, item, lease)


def mind(batch: Batch, item: RunItem, lease: Lease, *, cancel: bool = False) -> Iterator[Result]:
    """Bring a batch a step further, to its end if ``cancel``; its item is done when the batch has ended, else it waits.

    Raises `Fatal` where the endpoint takes no batches, or not this one: then the requests are free to be asked anew.
    """
    with _Visit(batch, item, lease) as visit:
        try:
            seconds = visit.step_to_the_end() if cancel else visit.step()
        except ProviderError as error:
            if error.outcome not in ("transient", "schema"):
                raise Fatal(told("Batch {pk} cannot go on: {error}", pk=batch.pk, error=error)) from None
            lease.wait(item, "transient", str(error), max(error.retry_after or 0.0, SECONDS_BETWEEN_LOOKS), everybody=False)
            return
    if batch.ended is None:
        return lease.wait(item, "", "", seconds, everybody=False)
    yield item, {"batch": batch.pk, "status": batch.status, **batch.counts}
    if batch.status == STATUS.FAILED:
        raise Fatal(told(
            "The endpoint refused batch {pk}, and nothing of it is billed: {error} Resume to send it anew.",
            pk=batch.pk, error=batch.error,
        ))


class _Visit:
    """One visit to one batch, with a connection to its endpoint for so long."""

    def __init__(self, batch: Batch, item: RunItem, lease: Lease) -> None:
        self.batch, self.item, self.lease = batch, item, lease
        self.provider: Provider = reaching(providers.build(batch.provider))

    def __enter__(self) -> "_Visit":
        self._runner = asyncio.Runner()
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self.provider.close())
        self._runner.close()

    def step(self) -> float:
        """As far as it goes without waiting; seconds until another look."""
        if self.batch.status == STATUS.OPEN:
            Batch.flow.move(self.batch, "write", data={"requests": self.batch.requests})
        if self.batch.by_hand:
            return SECONDS_BY_HAND
        if self.batch.status == STATUS.WRITTEN:
            self._upload()
        if self.batch.status == STATUS.UPLOADED:
            self._create()
            return SECONDS_BETWEEN_LOOKS
        if self.batch.status == STATUS.RUNNING:
            self._see(self._call(self.provider.batches.state(self.batch.remote_id)))
        return SECONDS_BETWEEN_LOOKS

    def step_to_the_end(self) -> float:
        """Have it cancelled, and read what was done by then: that is paid for."""
        if self.batch.status == STATUS.UPLOADED and (found := self._found()):
            self._runs(found)
        if self.batch.status == STATUS.RUNNING:
            self._see(self._cancelled())
        elif self.batch.ended is None:
            batch_results.end(self.batch, "cancel", Counter(), NOT_DONE)
        return SECONDS_BETWEEN_LOOKS

    def _cancelled(self) -> BatchState:
        try:
            return self._call(self.provider.batches.cancel(self.batch.remote_id))
        except ProviderError as error:
            if error.outcome == "transient" or error.outcome == "auth":
                raise
            return self._call(self.provider.batches.state(self.batch.remote_id))  # it has ended, or ends

    def _upload(self) -> None:
        with _folder() as folder:
            file = folder / f"{self.batch.name}.jsonl"
            batch_results.write(self.batch, self.provider, file)
            file_id = self._call(self.provider.batches.upload(file))
        Batch.flow.move(self.batch, "upload", file_id=file_id[:200])

    def _create(self) -> None:
        """Have it worked on; a worker before us may have asked for that, and died before the answer."""
        state = self._found()
        if state is None:
            self.lease.extend(self.item)  # whose lease is lost creates nothing
            state = self._call(self.provider.batches.create(self.batch.file_id, self.batch.name))
        self._runs(state)

    def _found(self) -> BatchState | None:
        return self._call(self.provider.batches.find(self.batch.name))

    def _runs(self, state: BatchState) -> None:
        until = state.until and datetime.fromtimestamp(state.until, UTC)
        Batch.flow.move(self.batch, "run", remote_id=state.id[:200], until=until, sent=Now(), data={"id": state.id[:200]})

    def _see(self, state: BatchState) -> None:
        """Note how far it is; at its end take in what it brings."""
        Batch.objects.filter(pk=self.batch.pk).update(answered=state.answered)
        if not state.ended:
            return
        with _folder() as folder:
            files = [folder / str(n) for n, _ in enumerate(state.files)]
            for file, file_id in zip(files, state.files, strict=True):
                self._call(self.provider.batches.download(file_id, file))
            counts = batch_results.take_in(self.batch, self.provider, files)
        missing = COMPLETED if state.ended == "completed" else NOT_DONE
        batch_results.end(self.batch, ENDS[state.ended], counts, missing, error=state.error)

    def _call(self, call: Any) -> Any:
        return self._runner.run(call)


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder for files that may be large, gone afterwards."""
    place = settings.DRAGOMAN_HOME / "batches"
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder)
