"""What a batch holds and what came of it: its requests as lines of a file, and the lines of its results into the ledger."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import orjson
from django.db import transaction
from django.db.models.functions import Now

from core.told import told
from pipelines.budgets import purse
from pipelines.ledger import Settle, settle
from pipelines.models import Batch, Generation, RunItem
from pipelines.prices import Price
from pipelines.providers import Provider
from pipelines.records import ProviderError, Request, Usage

TOGETHER = 500
"""So many results are settled in one transaction."""
COMPLETED = ProviderError("transient", told(
    "The batch is complete, and this request is in none of its files.",
), usage=Usage(told=False))
NOT_DONE = ProviderError("transient", told("The batch ended before this request was worked on."))


def write(batch: Batch, provider: Provider, file: Path) -> int:
    """Write a batch's requests, one a line, the oldest first; how many there are. Each time the same file."""
    rows = _pending(batch).order_by("pk").values_list("request_hash", "request")
    count = 0
    with file.open("wb") as out:
        for key, request in rows.iterator(2000):
            out.write(provider.batch_line(key, Request(**request)))
            count += 1
    return count


def take_in(batch: Batch, provider: Provider, files: Iterable[Path]) -> Counter[str]:
    """Settle what results there are, each request once; what was settled before stays. How many lines were what.

    A line belongs to the request whose hash is its ``custom_id``; the first of several counts. Any other is counted and left.
    """
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    lines = chain.from_iterable(map(_lines, files))
    while chunk := list(islice(lines, TOGETHER)):
        fresh: dict[str, dict[str, Any]] = {}
        for said in chunk:
            key = said.get("custom_id") if said else None
            if not isinstance(key, str):
                counts["unknown"] += 1
            elif key in seen:
                counts["duplicated"] += 1
            else:
                seen.add(key)
                fresh[key] = said
        _settle(batch, provider, fresh, counts)
    return counts


def keys(file: Path) -> Iterator[str]:
    """The requests that a file of results names."""
    return (said["custom_id"] for said in _lines(file) if isinstance(said.get("custom_id"), str))


def end(batch: Batch, verb: str, counts: Counter[str], missing: ProviderError, *, error: str = "") -> None:
    """What has no result by now ends as ``missing`` says, the batch is over, and who waits for it is free again."""
    with transaction.atomic():
        money = purse(batch.run)
        left = [_ended(row, missing) for row in _pending(batch).only("price", "reserved")]
        settle(left, money)
        money.write()
        counts["missing"] = len(left)
        Batch.flow.move(batch, verb, data=dict(counts), counts=dict(counts), error=error, ended=Now())
        RunItem.objects.filter(waits_for=batch).update(waits_for=None)
        RunItem.objects.filter(pk=batch.item_id).update(not_before=None)  # there is nothing more to wait for
    batch.refresh_from_db()


def _pending(batch: Batch) -> Any:
    return Generation.objects.filter(batch=batch, outcome=Generation.Outcome.PENDING)


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file of results; an empty one for what is no JSON object."""
    with file.open("rb") as lines:
        for line in lines:
            if not line.strip():
                continue
            try:
                said = orjson.loads(line)
            except ValueError:
                said = None
            yield said if isinstance(said, dict) else {}


def _settle(batch: Batch, provider: Provider, fresh: dict[str, dict[str, Any]], counts: Counter[str]) -> None:
    rows = {row.request_hash: row for row in Generation.objects.filter(batch=batch, request_hash__in=fresh)}
    counts["unknown"] += len(fresh.keys() - rows.keys())
    ops = []
    for key, row in rows.items():
        try:
            result: Any = provider.batch_answer(fresh[key], Request(**row.request))
            counts["answered"] += 1
        except ProviderError as error:
            result = error
            counts["failed"] += 1
        if row.outcome == Generation.Outcome.PENDING:
            ops.append(_ended(row, result))
    with transaction.atomic():
        money = purse(batch.run)
        settle(ops, money)
        money.write()


def _ended(row: Generation, result: Any) -> Settle:
    price = Price.of(row.price) if row.price else None
    return Settle(row.pk, result, None, price, row.reserved, batch=True)
