"""Which batch a request goes into: the run's open one, while a file takes more."""

import uuid
from collections.abc import Mapping
from typing import Any, Literal

from django.db import connection

from core.hashing import digest
from pipelines.models import Batch, Run, RunItem

Batching = Literal["", "send", "write"]
"""How a run asks: by calls; by batches that are sent to the endpoint; by batches that somebody takes to a model by hand."""

MOST_REQUESTS, MOST_BYTES = 50_000, 200_000_000
"""What a file of requests may hold."""
LOCK = 7422
"""Name of the advisory locks under which a run's requests find their places."""
MINDING = 1
"""Stage of the items that look after batches: taken up only when nothing else of the run is free, so that files get full."""
MINDS = "minds"
"""What their payloads have, and no job's."""


def places_for(run: Run, lines: Mapping[str, tuple[dict[str, Any], int]], *, by_hand: bool) -> dict[str, int]:
    """For each request, of which the spec of its provider and the bytes of its line are given, the batch it goes into.

    Call it in the transaction that reserves the requests: no batch is sent before that.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, run.pk])
    places: dict[str, int] = {}
    filling: dict[str, Batch] = {}
    for key, (spec, size) in lines.items():
        who = digest(spec)
        batch = filling.get(who) or _open(run, spec, by_hand)
        if batch.requests and (batch.requests >= MOST_REQUESTS or batch.bytes + size > MOST_BYTES):
            batch.save(update_fields=["requests", "bytes"])
            batch = _new(run, spec, by_hand)
        batch.requests, batch.bytes = batch.requests + 1, batch.bytes + size
        filling[who], places[key] = batch, batch.pk
    for batch in filling.values():
        batch.save(update_fields=["requests", "bytes"])
    return places


def _open(run: Run, spec: dict[str, Any], by_hand: bool) -> Batch:
    """The batch that is being filled, locked; a new one where there is none."""
    mine = run.batches.filter(provider=spec, by_hand=by_hand, status=Batch.Status.OPEN)
    return mine.order_by("-pk").select_for_update().first() or _new(run, spec, by_hand)


def _new(run: Run, spec: dict[str, Any], by_hand: bool) -> Batch:
    item = RunItem.objects.create(run=run, stage=MINDING, payload={MINDS: "batch"})
    return Batch.objects.create(run=run, item=item, provider=spec, by_hand=by_hand, name=uuid.uuid4().hex)


def unfinished(run: Run) -> int | None:
    """The newest batch of a run that has not ended."""
    return run.batches.filter(ended=None).order_by("-pk").values_list("pk", flat=True).first()


def only_batches_left(run: Run) -> bool:
    """Whether all that is left of a run waits for batches that are out: there is nothing to do here at present."""
    out = run.batches.filter(ended=None).exclude(status=Batch.Status.OPEN)
    out = out.exclude(by_hand=False, status__in=[Batch.Status.WRITTEN, Batch.Status.UPLOADED])
    busy = run.items.filter(status__in=[RunItem.Status.WAITING, RunItem.Status.LEASED], waits_for=None)
    return out.exists() and not busy.exclude(batch__in=out).exists() and not busy.filter(status=RunItem.Status.LEASED).exists()
