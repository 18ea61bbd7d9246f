"""The ledger of model calls: a row is reserved and committed before each call and settled after it, and an answer on record is found again."""

import asyncio
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Func, JSONField, Value

from core.events import subject
from core.told import told
from pipelines.batches import Batching, places_for, unfinished
from pipelines.budgets import Purse, Refusal, purse
from pipelines.models import Generation, Run
from pipelines.prices import Price, price
from pipelines.providers import Provider
from pipelines.records import Completion, ProviderError, Request

OUTCOME = Generation.Outcome
# A living worker settles its calls within CALL_SECONDS; so much longer, and nobody waits for the answer any more.
PATIENCE = 1.25
SECONDS_TO_GATHER = 0.004
"""What comes to the ledger within so long is written in one transaction."""
MERGE = {"template": "(%(expressions)s)", "arg_joiner": " || "}
SECONDS_BETWEEN_BURIALS = 0.5
LOST = told("The worker died while it waited; perhaps billed.")

SETTLE = """
UPDATE pipelines_generation g SET outcome = new.outcome, answer = new.answer, error = coalesce(new.error, ''),
    provider_request_id = coalesce(new.provider_request_id, ''), prompt_tokens = new.prompt_tokens,
    completion_tokens = new.completion_tokens, cached_tokens = new.cached_tokens, reasoning_tokens = new.reasoning_tokens,
    estimated = new.estimated, cost = new.cost, seconds = new.seconds
FROM jsonb_to_recordset(%s::jsonb) AS new (id bigint, outcome text, answer jsonb, error text, provider_request_id text,
    prompt_tokens int, completion_tokens int, cached_tokens int, reasoning_tokens int, estimated boolean, cost numeric, seconds float)
WHERE g.id = new.id AND g.outcome = 'pending' RETURNING g.id, g.reserved, g.cost
"""
GIVE_UP = """
UPDATE pipelines_generation SET outcome = 'unknown', error = %s, cost = reserved, estimated = true
WHERE outcome = 'pending' AND batch_id IS NULL AND asked < clock_timestamp() - make_interval(secs => %s) AND {which}
RETURNING reserved, cost, run_id
"""
FIND = """
SELECT request_hash, outcome, answer, cost, batch_id, run_id FROM pipelines_generation
WHERE request_hash = ANY(%s) AND outcome IN ('ok', 'pending')
"""
FAILED = """
SELECT request_hash, outcome, error FROM pipelines_generation
WHERE run_id = %s AND outcome <> ALL('{pending,ok}') AND request_hash = ANY(%s)
    AND asked >= (SELECT max(at) FROM core_event WHERE subject = %s AND verb IN ('start', 'resume')) ORDER BY id
"""
RESERVE = """
INSERT INTO pipelines_generation (run_id, batch_id, request_hash, provider, endpoint, model, prompt, request, outcome, error,
    provider_request_id, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, estimated, price, reserved, cost)
SELECT new.run_id, new.batch_id, new.request_hash, new.provider, new.endpoint, new.model, new.prompt, new.request, 'pending', '', '',
    0, 0, 0, 0, false, new.price, new.reserved, 0
FROM jsonb_to_recordset(%s::jsonb) AS new (run_id bigint, batch_id bigint, request_hash text, provider text, endpoint text, model text,
    prompt text, request jsonb, price jsonb, reserved numeric)
ON CONFLICT (request_hash) WHERE outcome IN ('pending', 'ok') DO NOTHING RETURNING id, request_hash, batch_id
"""


@dataclass(frozen=True)
class Entry:
    """What the ledger says of a request: an answer on record, a row reserved for us, a refusal for want of money, or none of
    these: then another waits for the answer, or, after `Ledger.look`, nobody has asked yet (``free``)."""

    answer: dict[str, Any] | None = None
    cost: Decimal = Decimal(0)
    ours: bool = False
    """Whether the answer on record is of a batch of this very run: then its cost is nobody's saving."""
    row: int | None = None
    batch: int | None = None
    """The batch it waits in; with a refusal, one of the run's own whose end gives money back."""
    refused: Refusal | None = None
    free: bool = False
    failed: tuple[ProviderError, ...] = ()
    """Where nobody asks now and the run asks by batches: how this was answered before, since the run was begun."""


WAITED_FOR = Entry()


@dataclass(frozen=True)
class _Look:
    key: str


@dataclass(frozen=True)
class _Reserve:
    key: str
    provider: Provider
    request: Request
    price: Price | None
    line: int = 0
    """Bytes of its line in a batch's file; 0 where it is called for itself."""

    @property
    def ceiling(self) -> Decimal:
        return self.price.ceiling(self.request, batch=bool(self.line)) if self.price else Decimal(0)


@dataclass(frozen=True)
class Settle:
    """How one reserved call ended."""

    row: int
    result: Completion | ProviderError
    seconds: float | None
    price: Price | None
    ceiling: Decimal
    batch: bool = False


@dataclass(frozen=True)
class _Note:
    run: int
    progress: dict[str, Any]


_Op = _Look | _Reserve | Settle | _Note


class Ledger:
    """The calls of one visit to a run. All its database work is done by one thread with a connection of its own, many calls at a time."""

    def __init__(self, run: Run | None, batching: Batching = "") -> None:
        self._run, self._batching = run, batching
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._waiting: list[tuple[_Op, asyncio.Future[Any]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._reserved: dict[int, _Reserve] = {}
        self._looked_for_dead = 0.0
        self._prices: dict[tuple[str, str], Price | None] = {}

    async def look(self, key: str) -> Entry:
        """What is on record for `key`; nothing is reserved."""
        return await self._do(_Look(key))

    async def reserve(self, key: str, provider: Provider, request: Request, *, line: int = 0) -> Entry:
        """The answer that is on record for `key`, else a row reserved for asking, if nobody else is asking now and there is money.

        With ``line``, the bytes of its line, it has a place in a batch of the run.
        """
        op = _Reserve(key, provider, request, self._price(provider), line)
        entry: Entry = await self._do(op)
        if entry.row is not None:
            self._reserved[entry.row] = op
        return entry

    def _price(self, provider: Provider) -> Price | None:
        """Of today; one visit to a run knows one price."""
        where = (provider.endpoint, provider.model_name)
        if where not in self._prices:
            self._prices[where] = price(*where, date.today())
        return self._prices[where]

    async def settle(self, row: int, result: Completion | ProviderError, seconds: float) -> Decimal | None:
        """Write down how a call ended, and say what it cost; None when it was given up as unknown, and asked again."""
        op = self._reserved.pop(row)
        return await self._do(Settle(row, result, seconds, op.price, op.ceiling))

    def note(self, run: int, progress: dict[str, Any]) -> None:
        """Have the run's page say something."""
        self._put(_Note(run, progress))

    async def close(self) -> None:
        """Let go of the connection."""
        if self._writing:
            await self._writing
        await asyncio.get_running_loop().run_in_executor(self._thread, lambda: connection.close())  # this thread's own
        self._thread.shutdown()

    async def _do(self, op: _Op) -> Any:
        return await self._put(op)

    def _put(self, op: _Op) -> "asyncio.Future[Any]":
        later: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((op, later))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return later

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            await asyncio.sleep(SECONDS_TO_GATHER)
            together, self._waiting = self._waiting, []
            try:
                answers = await loop.run_in_executor(self._thread, self._together, [op for op, _ in together])
            except Exception as error:  # for each asker to raise
                answers = [error] * len(together)
            for (_, later), answer in zip(together, answers, strict=True):
                if later.cancelled():
                    continue
                if isinstance(answer, Exception):
                    later.set_exception(answer)
                else:
                    later.set_result(answer)

    def _together(self, ops: list[_Op]) -> list[Any]:
        """All in one transaction; if that fails, one by one, so that each fails for itself."""
        try:
            return self._transact(ops)
        except Exception as error:
            if len(ops) == 1:
                return [error]
            return [self._together([op])[0] for op in ops]

    def _transact(self, ops: list[_Op]) -> list[Any]:
        with transaction.atomic():
            money = purse(self._run)
            settled = settle([op for op in ops if isinstance(op, Settle)], money)
            asked = [op for op in ops if isinstance(op, _Look | _Reserve)]
            entries = self._entries(asked, money) if asked else {}
            money.write()
            for op in ops:
                if isinstance(op, _Note):
                    Run.objects.filter(pk=op.run).update(progress=Func(F("progress"), Value(op.progress, JSONField()), **MERGE))
        self._wait_for_nobody(entries.values())
        return [settled.get(op.row) if isinstance(op, Settle) else entries.get(id(op)) for op in ops]

    def _entries(self, ops: list[_Look | _Reserve], money: Purse) -> dict[int, Entry]:
        """What the ledger says to each, by identity."""
        keys = sorted({op.key for op in ops})
        with connection.cursor() as cursor:
            found = _find(cursor, keys)
            new = {op.key: op for op in ops if isinstance(op, _Reserve) and op.key not in found}
            # In one order everywhere: two workers that reserve the same rows must not wait for each other.
            taken = {key: new[key] for key in sorted(new) if money.takes(new[key].ceiling)}
            reserved = _insert(cursor, list(taken.values()), self._run, self._places(taken))
            free = [key for key in keys if key not in found and key not in new]
            failed = _failed(cursor, free, self._run) if self._batching and self._run and free else {}
        for key in taken.keys() - reserved.keys():
            money.settle(taken[key].ceiling, Decimal(0))
        said = {key: Entry(free=True, failed=failed.get(key, ())) for key in free}
        said |= {key: self._refusal(new[key], money) for key in new.keys() - taken.keys()} | reserved
        mine = self._run.pk if self._run else None
        said |= {key: replace(entry, ours=asker == mine) if asker else entry for key, (entry, asker) in found.items()}
        first = {op.key: op for op in reversed(ops) if isinstance(op, _Reserve)}
        entries = {}
        for op in ops:
            entry = said.get(op.key, WAITED_FOR)
            # The row is for one; who asks the same at the same moment waits for it.
            entries[id(op)] = WAITED_FOR if entry.row is not None and first.get(op.key) is not op else entry
        return entries

    def _places(self, taken: dict[str, _Reserve]) -> dict[str, int]:
        """The batches that those which are put into one go into."""
        lines = {key: (op.provider.spec(), op.line) for key, op in taken.items() if op.line}
        return places_for(self._run, lines, by_hand=self._batching == "write") if lines and self._run else {}

    def _refusal(self, op: _Reserve, money: Purse) -> Entry:
        return Entry(refused=money.refusal(), batch=unfinished(self._run) if op.line and self._run else None)

    def _wait_for_nobody(self, entries: Iterable[Entry]) -> None:
        """Where another is asking: unless its worker is dead."""
        if WAITED_FOR in entries and time.monotonic() - self._looked_for_dead > SECONDS_BETWEEN_BURIALS:
            give_up_lost()
            self._looked_for_dead = time.monotonic()


def settle(ops: list[Settle], money: Purse) -> dict[int, Decimal]:
    """Write down how calls ended: costs by row, for those that still waited."""
    if not ops:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, [orjson.dumps([_settled(op) for op in ops]).decode()])
        costs = {}
        for row, reserved, cost in cursor.fetchall():
            money.settle(reserved, cost)
            costs[row] = cost
    return costs


def _settled(op: Settle) -> dict[str, Any]:
    used, ok = op.result.usage, isinstance(op.result, Completion)
    # Where nobody told what it took, it is held against the budget at the most it can have taken.
    cost = (op.price.cost(used, batch=op.batch) if used.told else op.ceiling) if op.price else 0
    return {
        "id": op.row,
        "outcome": OUTCOME.OK if isinstance(op.result, Completion) else op.result.outcome,
        "answer": op.result.content if isinstance(op.result, Completion) else None,
        "error": "" if ok else _storable(str(op.result)),
        "provider_request_id": _storable(op.result.request_id)[:120],
        "prompt_tokens": used.prompt_tokens,
        "completion_tokens": used.completion_tokens,
        "cached_tokens": used.cached_tokens,
        "reasoning_tokens": used.reasoning_tokens,
        "estimated": not used.told,
        "cost": str(cost),
        "seconds": op.seconds,
    }


def _find(cursor: Any, keys: list[str]) -> dict[str, tuple[Entry, int | None]]:
    """What is on record or under way for these, and which run asked."""
    cursor.execute(FIND, [keys])
    return {
        key: (Entry(answer=orjson.loads(answer), cost=cost) if outcome == "ok" else Entry(batch=batch), batch and run)
        for key, outcome, answer, cost, batch, run in cursor.fetchall()
    }


def _failed(cursor: Any, keys: list[str], run: Run) -> dict[str, tuple[ProviderError, ...]]:
    """How these ended in this run since it was begun, in order."""
    cursor.execute(FAILED, [run.pk, keys, subject(run)])
    found: dict[str, tuple[ProviderError, ...]] = {}
    for key, outcome, error in cursor.fetchall():
        found[key] = (*found.get(key, ()), ProviderError(outcome, error))
    return found


def _insert(cursor: Any, ops: list[_Reserve], run: Run | None, places: dict[str, int]) -> dict[str, Entry]:
    if not ops:
        return {}
    rows = [
        {
            "run_id": run and run.pk,
            "batch_id": places.get(op.key),
            "request_hash": op.key,
            "provider": op.provider.name,
            "endpoint": op.provider.endpoint[:200],
            "model": op.provider.model_name[:120],
            "prompt": op.request.prompt_signature,
            "request": op.request,
            "price": op.price and op.price.snapshot(batch=bool(op.line)),
            "reserved": str(op.ceiling),
        }
        for op in ops
    ]
    cursor.execute(RESERVE, [orjson.dumps(rows).decode()])
    return {key: Entry(row=None if batch else pk, batch=batch) for pk, key, batch in cursor.fetchall()}


def give_up_lost() -> int:
    """Settle as unknown every call whose worker must be dead, at the most it can have cost; how many there were."""
    found = Generation.objects.filter(outcome=OUTCOME.PENDING).order_by().values_list("run", flat=True).distinct()
    return sum(_give_up_of(Run.objects.filter(pk=run).first()) for run in found)


def _give_up_of(run: Run | None) -> int:
    which = "run_id = %s" if run else "run_id IS NOT DISTINCT FROM %s"
    with transaction.atomic(), connection.cursor() as cursor:
        money = purse(run)
        cursor.execute(GIVE_UP.format(which=which), [LOST, PATIENCE * settings.CALL_SECONDS, run and run.pk])
        given_up = cursor.fetchall()
        for reserved, cost, _ in given_up:
            money.settle(reserved, cost)
        money.write()
    return len(given_up)


def _storable(text: str) -> str:
    """What an endpoint said without what PostgreSQL cannot hold."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")
