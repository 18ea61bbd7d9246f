"""Cancelling batches: those of a run that was cancelled are ended at their endpoint, and what was answered by then is kept."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from pipelines.jobs import Job, Lease
from pipelines.minding import mind
from pipelines.models import Batch, Run, RunItem


class CancelBatches(Job):
    """Ends a run's batches at their endpoint; answers that were given by then are paid for, and are on record."""

    name: ClassVar[str] = "cancel_batches"
    label: ClassVar[str] = "Cancel batches"
    queue: ClassVar[str] = "models"
    example: ClassVar[dict[str, Any]] = {"of": 1}

    of: int
    """The run whose batches they are."""

    def plan(self, run: Run) -> Iterable[dict[str, Any]]:
        for pk in Batch.objects.filter(run=self.of, run__dataset=run.dataset_id, ended=None).order_by("pk").values_list("pk", flat=True):
            yield {"batch": pk}

    def work(self, run: Run, items: list[RunItem], lease: Lease) -> Iterator[tuple[RunItem, dict[str, Any]]]:
        for item in items:
            batch = Batch.objects.select_related("run").get(pk=item.payload["batch"])
            yield from mind(batch, item, lease, cancel=True)
