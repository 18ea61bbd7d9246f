"""Having requests answered: each asked once, at most so many at a time, tried again by the kind of its failure, and on record."""

import asyncio
import queue
import random
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar

from django.conf import settings

from core.hashing import digest
from pipelines.jobs import Fatal
from pipelines.ledger import Ledger
from pipelines.models import Run
from pipelines.providers import Provider
from pipelines.records import Completion, Generate, Generated, NotGenerated, ProviderError, Request

T = TypeVar("T")
R = TypeVar("R")
Work = Callable[[T, Generate], Awaitable[R]]

TRIES = {"transient": 5, "refusal": 2, "schema": 2, "truncated": 2}
"""How often a request is asked in all when it ends so; other failures are final at once."""
FATAL = ("auth", "quota")
LONGEST_BACKOFF = 20.0
"""Seconds. Whoever must wait longer gives its place back and comes again later."""
FAILURES_IN_A_ROW = 5
"""So many requests given up one after the other, with no answer between them: the endpoint is down, the run stops."""
SECONDS_BETWEEN_LOOKS = 0.3


class NotNow(Exception):
    """No answer at present, for no fault of the request. ``everybody``: the endpoint wants no requests at all for so long."""

    def __init__(self, message: str, seconds: float, *, everybody: bool = False) -> None:
        super().__init__(message)
        self.seconds, self.everybody = seconds, everybody


@dataclass
class Done(Generic[T, R]):
    """One thing worked on: its result or its error, and what answers on record spared it."""

    thing: T
    result: R | None = None
    error: Exception | None = None
    cached: int = 0
    saved: Decimal = field(default_factory=Decimal)


def each(
    things: Iterable[T],
    work: Work[T, R],
    *,
    run: Run | None,
    provider: Provider,
    concurrency: int,
) -> Iterator[Done[T, R]]:
    """Have ``work(thing, generate)`` done for every thing, so many at a time, and give each back as soon as it is done.

    The event loop runs in a thread of its own, so that calls go on while the caller writes to the database.
    Raises `Fatal`, after what was under way has ended, when the endpoint refuses us for good. A caller that stops
    listening waits for the calls under way, which are paid for, and starts no others.
    """
    things = list(things)
    caller = _Caller(provider, Ledger(run, provider))
    results: queue.Queue[Done[T, R] | BaseException] = queue.Queue()
    thread = threading.Thread(target=_loop, args=(caller, things, work, concurrency, results), name="models", daemon=True)
    thread.start()
    try:
        fatal = None
        for _ in things:
            done = results.get()
            if isinstance(done, BaseException):
                raise done
            if isinstance(done.error, Fatal):
                fatal = done.error
            else:
                yield done
        if fatal:
            raise fatal
    finally:
        caller.closed = caller.closed or NotNow("The worker stops.", 0.0)
        thread.join()


def _loop(caller: "_Caller", things: list[T], work: Work, concurrency: int, results: queue.Queue) -> None:
    """The thread of `each`; what breaks the loop itself is for the listening thread to raise."""
    try:
        asyncio.run(_all(caller, things, work, concurrency, results.put))
    except BaseException as error:
        results.put(error)


async def _all(caller: "_Caller", things: list[T], work: Work, concurrency: int, give: Callable[[Done[T, R]], None]) -> None:
    left = iter(things)

    async def one_after_the_other() -> None:
        for thing in left:
            done: Done[T, R] = Done(thing)
            try:
                done.result = await work(thing, caller.metered(done))
            except Exception as error:
                done.error = error
            give(done)

    try:
        await asyncio.gather(*(one_after_the_other() for _ in range(max(1, min(concurrency, len(things))))))
    finally:
        await caller.close()


class _Caller:
    """Asks one provider on behalf of many at once; the same request at the same time is one call."""

    def __init__(self, provider: Provider, ledger: Ledger) -> None:
        self.provider, self.ledger = provider, ledger
        self.closed: Exception | None = None
        self._under_way: dict[str, asyncio.Task[tuple[Generated, Decimal, bool]]] = {}
        self._given_up = 0

    def metered(self, done: Done) -> Generate:
        """``generate`` for one thing, keeping count of what it was spared."""

        async def generate(request: Request) -> Generated:
            answer, cost, spared = await self._shared(request)
            if spared:
                done.cached, done.saved = done.cached + 1, done.saved + cost
            return answer

        return generate

    async def close(self) -> None:
        await self.provider.close()
        await self.ledger.close()

    async def _shared(self, request: Request) -> tuple[Generated, Decimal, bool]:
        """The answer, its cost, and whether the asker was spared it."""
        key = request_hash(self.provider, request)
        task, joined = self._under_way.get(key), True
        if task is None:
            task, joined = asyncio.create_task(self._answer(key, request)), False
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        answer, cost, kept = await asyncio.shield(task)
        return answer, cost, joined or kept

    async def _answer(self, key: str, request: Request) -> tuple[Generated, Decimal, bool]:
        """The answer, its cost, and whether it was on record already."""
        failures: list[ProviderError] = []
        while True:
            if self.closed:
                raise self.closed
            entry = await self.ledger.reserve(key, request)
            if entry.answer is not None:
                return self._generated(key, request, entry.answer), entry.cost, True
            if entry.row is None:  # another worker is asking the same
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
                continue
            began = time.monotonic()
            result = await self._call(request)
            cost = await self.ledger.settle(entry.row, result, time.monotonic() - began)
            if isinstance(result, ProviderError):
                failures.append(result)
                await asyncio.sleep(self._delay(failures))
            elif cost is not None:
                self._given_up = 0
                return self._generated(key, request, result.content), cost, False

    async def _call(self, request: Request) -> Completion | ProviderError:
        """One call within the deadline, which no slow trickle of bytes can stretch."""
        try:
            async with asyncio.timeout(settings.CALL_SECONDS):
                return await self.provider.complete(request)
        except ProviderError as error:
            return error
        except TimeoutError:
            return ProviderError("transient", f"No answer within {settings.CALL_SECONDS} seconds.")
        except Exception as error:  # a provider's bug: typed like an unreadable answer, so that the row is settled
            return ProviderError("schema", f"{type(error).__name__} while reading the answer.")

    def _delay(self, failures: list[ProviderError]) -> float:
        """Seconds until the request may be asked again; raises when it may not."""
        error = failures[-1]
        if error.outcome in FATAL:
            self.closed = Fatal(f"{self.provider.label} refuses: {error}")
            raise self.closed
        alike = sum(failure.outcome == error.outcome for failure in failures)
        last = alike >= TRIES.get(error.outcome, 1)
        if error.outcome != "transient":
            if last:
                raise NotGenerated(error.outcome, str(error))
            return 0.0
        if error.retry_after and error.retry_after > LONGEST_BACKOFF:
            self.closed = NotNow(str(error), error.retry_after, everybody=True)
            raise self.closed
        if last:
            raise self._gives_up(error)
        return backoff(alike, error.retry_after)

    def _gives_up(self, error: ProviderError) -> Exception:
        self._given_up += 1
        if self._given_up < FAILURES_IN_A_ROW:
            return NotNow(str(error), LONGEST_BACKOFF)
        self.closed = Fatal(f"{self.provider.label} does not answer. Resume when it does again. The last failure: {error}")
        return self.closed

    def _generated(self, key: str, request: Request, content: dict) -> Generated:
        provider = self.provider
        who = f"{provider.name}:{provider.model_name}".rstrip(":")
        return Generated(content, key, f"{who}|prompt:{request.prompt_signature}", recorded=provider.recorded)


def request_hash(provider: Provider, request: Request) -> str:
    """The name of a request to a provider: the same name, the same answer."""
    asked = (request.prompt_signature, request.messages, request.input, request.source, request.target)
    return digest([provider.identity(), *asked, request.max_tokens, request.answer, request.schema, request.sample])


def backoff(failures: int, retry_after: float | None) -> float:
    """Full jitter, doubling; never sooner than the endpoint asked, and then not all at the same moment."""
    wait = random.uniform(0, min(2.0 ** (failures - 1), LONGEST_BACKOFF))
    return wait if retry_after is None else retry_after + random.uniform(0, 1)
