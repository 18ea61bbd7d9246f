"""What jobs share that ask models by calls or by batches: what becomes of items whose requests wait in one."""

from dataclasses import replace
from typing import Protocol, TypeVar

from core.hashing import digest
from pipelines.asking import InBatch
from pipelines.batches import Batching
from pipelines.generate import Done, put_back
from pipelines.jobs import Lease
from pipelines.models import RunItem
from pipelines.records import Generate, Generated, Request


class InWork(Protocol):
    """A thing that is worked on, with its run item."""

    item: RunItem


T = TypeVar("T", bound=InWork)
R = TypeVar("R")


def ended(together: list[Done[T, R]], lease: Lease) -> list[Done[T, R]]:
    """Those that came to a result. Of the others, those whose requests wait in batches wait with them; the rest are put back."""
    lease.wait_for({done.thing.item: done.error.batch for done in together if isinstance(done.error, InBatch)})
    for done in together:
        if done.error and not isinstance(done.error, InBatch):
            put_back(lease, done.thing.item, done.error)
    return [done for done in together if not done.error]


def as_before(item: RunItem, generate: Generate, batching: Batching) -> Generate:
    """``generate``, and for an item that may wait for batches one by which what it asked is found again, whatever has changed since."""
    if not batching and "asked" not in item.result:
        return generate
    asked: dict[str, str] = item.result.setdefault("asked", {})

    async def remembering(request: Request) -> Generated:
        same = digest([request.prompt_signature, request.input, request.source, request.target, request.by, request.sample])
        try:
            return await generate(replace(request, known_as=asked.get(same, "")))
        except InBatch as waits:
            asked[same] = waits.key
            raise

    return remembering
