"""Having many things worked on that ask models: in one event loop beside the caller's thread, each given back as soon as it is done."""

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar

from core.told import told
from pipelines.asking import Asking, InBatch, NotNow
from pipelines.batches import Batching
from pipelines.jobs import Fatal, Lease
from pipelines.models import Run, RunItem
from pipelines.providers import Provider
from pipelines.records import Generate, Generated, NotGenerated, Request

T = TypeVar("T")
R = TypeVar("R")
Work = Callable[[T, Generate], Awaitable[R]]

SECONDS_BETWEEN_ATTEMPTS = 20.0
PAUSE_AT_LEAST = 1.0


@dataclass
class Done(Generic[T, R]):
    """One thing worked on: its result or its error, what its calls cost, and what answers on record spared it."""

    thing: T
    result: R | None = None
    error: Exception | None = None
    cost: Decimal = field(default_factory=Decimal)
    cached: int = 0
    saved: Decimal = field(default_factory=Decimal)


def each(
    things: Iterable[T],
    work: Work[T, R],
    *,
    run: Run | None,
    provider: Provider,
    concurrency: int,
    others: Mapping[str, Provider] | None = None,
    ahead: int = 1,
    batching: Batching = "",
    together: int = 1,
) -> Iterator[list[Done[T, R]]]:
    """Have ``work(thing, generate)`` done for every thing, and give them back as they are done, all that are done at the time.

    At most ``concurrency`` calls are made at once, and ``ahead`` times as many things are in work: those that only wait for the
    ledger keep nobody from calling. With ``batching`` no call is made where the provider takes batches: what is not on record yet
    ends in `InBatch`. So many short requests of the same kind as ``together`` says go in one call. ``others`` are the run's other
    models by the name that ``Request.by`` gives. Things are taken from their iterable as places come free, in the caller's thread;
    the calls are made in one of their own, so that they go on while the caller writes to the database.

    Raises `Fatal`, after what was under way has ended, when the endpoint refuses us for good. A caller that stops listening
    waits for the calls under way, which are paid for, and starts no others.
    """
    asking = Asking(run, {"": provider, **(others or {})}, at_once=concurrency, batching=batching, together=together)
    results: queue.SimpleQueue[Done[T, R] | BaseException] = queue.SimpleQueue()
    loop = _Loop(asking, work, results)
    try:
        yield from _in_turn(iter(things), loop, results, max(concurrency, 1) * ahead)
    finally:
        asking.closed = asking.closed or NotNow(told("The worker stops."), 0.0)
        loop.end()


def put_back(lease: Lease, item: RunItem, error: Exception | None) -> None:
    """What becomes of a run item whose work ended in an error: given up where asking again is no use, else tried again later."""
    if isinstance(error, NotGenerated):
        lease.fail(item, error.outcome, str(error), again=False)
    elif isinstance(error, NotNow) and error.everybody:
        lease.wait(item, "transient", str(error), max(error.seconds, PAUSE_AT_LEAST))
    elif isinstance(error, NotNow):
        lease.fail(item, "transient", str(error), wait=error.seconds)
    elif isinstance(error, InBatch):
        lease.wait_for({item: error.batch})
    else:
        lease.fail(item, type(error).__name__, f"{type(error).__name__}: {error}", wait=SECONDS_BETWEEN_ATTEMPTS)


def _in_turn(
    left: Iterator[T], loop: "_Loop[T, R]", results: "queue.SimpleQueue[Done[T, R] | BaseException]", most: int
) -> Iterator[list[Done[T, R]]]:
    """Begin things as places come free, at most so many at a time, and give them back; raises the first `Fatal` when all have ended."""
    fatal, under_way = None, 0
    while True:
        while fatal is None and under_way < most and (thing := next(left, None)) is not None:
            loop.begin(thing)
            under_way += 1
        if not under_way:
            break
        together = _all_there(results)
        under_way -= len(together)
        fatal = fatal or next((done.error for done in together if isinstance(done.error, Fatal)), None)
        if good := [done for done in together if not isinstance(done.error, Fatal)]:
            yield good
    if fatal:
        raise fatal


def _all_there(results: "queue.SimpleQueue[Done[T, R] | BaseException]") -> list[Done[T, R]]:
    """Wait for one, and take with it what else is there; what broke the loop is raised."""
    found = [results.get()]
    with suppress(queue.Empty):
        while True:
            found.append(results.get_nowait())
    done = []
    for one in found:
        if isinstance(one, BaseException):
            raise one
        done.append(one)
    return done


class _Loop(Generic[T, R]):
    """The thread in which calls are made."""

    def __init__(self, asking: Asking, work: Work[T, R], results: "queue.SimpleQueue[Done[T, R] | BaseException]") -> None:
        self._asking, self._work, self._results = asking, work, results
        self._loop, self._tasks = asyncio.new_event_loop(), set[asyncio.Task[None]]()
        self._new: deque[T] = deque()
        self._thread = threading.Thread(target=self._run, name="models", daemon=True)
        self._thread.start()

    def begin(self, thing: T) -> None:
        self._new.append(thing)
        if len(self._new) == 1:  # else the thread has yet to look, and need not be woken again
            self._loop.call_soon_threadsafe(self._begin)

    def end(self) -> None:
        """Wait for what is under way, and let go."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        except BaseException as error:  # for the listening thread to raise
            self._results.put(error)
        finally:
            self._loop.close()

    def _begin(self) -> None:
        while self._new:
            task = self._loop.create_task(self._one(self._new.popleft()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _one(self, thing: T) -> None:
        done: Done[T, R] = Done(thing)
        try:
            done.result = await self._work(thing, self._metered(done))
        except Exception as error:
            done.error = error
        self._results.put(done)

    def _metered(self, done: Done) -> Generate:
        """``generate`` for one thing, keeping count of what it cost and was spared."""

        async def generate(request: Request) -> Generated:
            answer = await self._asking.ask(request)
            if answer.spared:
                done.cached, done.saved = done.cached + 1, done.saved + answer.cost
            else:
                done.cost += answer.cost
            return answer.generated

        return generate

    async def _end(self) -> None:
        try:
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._asking.close()
        finally:
            self._loop.stop()
