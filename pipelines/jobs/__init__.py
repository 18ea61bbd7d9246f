"""What a run can do: one file a job. The contract is `Job`; `jobs` is the registry."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from core.plugins import Plugin, Registry
from pipelines.models import Run, RunItem


class Fatal(Exception):
    """The whole run must stop, and why in one sentence: a refused key, a used-up quota, a missing file."""


class Job(Plugin):
    """One kind of machine work. ``plan`` cuts it into items once; ``work`` does a chunk of them and may be repeated for any."""

    chunk: ClassVar[int] = 20
    """How many items a worker leases at once."""
    queue: ClassVar[str] = "default"
    """The Celery queue: default, models (waits on the network) or gpu."""
    max_attempts: ClassVar[int] = 3
    """After so many attempts an item is dead and the run goes on."""

    def plan(self, run: Run) -> Iterable[dict[str, Any]]:
        """The payloads of the run's items; a payload's key ``stage`` orders them (0 when absent)."""
        raise NotImplementedError(f"{self.name} plans nothing")

    def work(self, run: Run, items: list[RunItem], lease: "Lease") -> Iterator[tuple[RunItem, dict[str, Any]]]:
        """Do the items; yield each with its result as soon as it is done. What is not yielded counts as failed and is tried again.

        Writes of an item's effects belong in ``lease.writing(item)``: refused when the lease is no longer ours. Yield inside
        it, and the effects and the item's end are one transaction. Where items are many and small, take ``lease.more()``
        as they run out, and write with ``lease.writing_all`` and ``lease.finish``: a finished item is not yielded.
        Raises `Fatal` to stop the whole run.
        """
        raise NotImplementedError(f"{self.name} does nothing")


class Lease:
    """What the engine hands to a job with its items: the fence around writes, and the way to extend or fail."""

    def writing(self, item: RunItem) -> Any:
        """A transaction that raises `LeaseLost` and writes nothing when another worker has taken the item."""
        raise NotImplementedError("given by the engine")

    def writing_all(self, items: Iterable[RunItem]) -> Any:
        """A transaction around the effects of many: gives those of the items that are still ours, and only they may be written."""
        raise NotImplementedError("given by the engine")

    def finish(self, results: Mapping[RunItem, dict[str, Any]]) -> None:
        """These items are done, each with its result. Call it inside ``writing_all``, for what that gave."""
        raise NotImplementedError("given by the engine")

    def more(self) -> list[RunItem]:
        """Another chunk, leased to us now so that a job need not run dry between chunks; empty when this visit has no more."""
        raise NotImplementedError("given by the engine")

    def extend(self, item: RunItem, *, progress: dict | None = None, result: dict | None = None) -> None:
        """Hold the item for another lease's length and, in the same statement, note how far it is. Call it inside ``writing``."""
        raise NotImplementedError("given by the engine")

    def fail(self, item: RunItem, error_class: str, message: str, *, again: bool = True, wait: float = 0.0) -> None:
        """This item failed: it is tried again after ``wait`` seconds while it may, and given up otherwise."""
        raise NotImplementedError("given by the engine")

    def wait(self, item: RunItem, error_class: str, message: str, seconds: float, *, everybody: bool = True) -> None:
        """It is not the item's fault: neither it nor, with ``everybody``, what else waits in the run is taken up before so many seconds."""
        raise NotImplementedError("given by the engine")

    def wait_for(self, waiting: Mapping[RunItem, int]) -> None:
        """These items are not taken up before their batches, given by key, have ended; what they remember is kept."""
        raise NotImplementedError("given by the engine")


jobs: Registry[Job] = Registry("job", "pipelines.jobs", Job)
