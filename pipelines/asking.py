"""Asking a model: each request once and within the endpoint's limits, tried again by the kind of its failure, and on record."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal

from django.conf import settings

from core.hashing import digest
from core.told import told
from pipelines.batches import Batching
from pipelines.jobs import Fatal
from pipelines.ledger import Entry, Ledger
from pipelines.limits import Limits, Rates, Waits
from pipelines.models import Run
from pipelines.prices import likely
from pipelines.providers import Provider
from pipelines.records import Completion, Generated, NotGenerated, ProviderError, Request, Usage
from pipelines.together import Alone, Company, Seat, fits, in_company, one_call, parts

TRIES = {"transient": 5, "refusal": 2, "schema": 2, "truncated": 2}
"""How often a request is asked in all when it ends so; other failures are final at once."""
TRIES_TOGETHER = 2
"""After so many passing faults of a call for several, and one more, each is asked alone: the fault may be the call's length."""
FATAL = ("auth", "quota")
LONGEST_BACKOFF = 20.0
"""Seconds. Whoever must wait longer gives its place back and comes again later."""
FAILURES_IN_A_ROW = 5
"""So many requests given up one after the other, with no answer between them: the endpoint is down, the run stops."""
SECONDS_BETWEEN_LOOKS = 0.3
DECK = 2
"""So many times as many requests as calls under way have a row reserved: no place on the wire waits for the ledger."""
REPAIR = "Your last answer could not be used: {problem} Answer anew, with the JSON object alone."
ALONE = "Redis does not answer ({why}): each worker keeps to a low rate of its own."

Call = tuple[Entry, Completion | ProviderError | None, float]
"""The ledger's entry, how the call ended if one was made, and how many seconds it took."""


class InBatch(Exception):
    """No answer yet, for the request waits in a batch: which one, and the hash it is asked under."""

    def __init__(self, batch: int, key: str) -> None:
        super().__init__(told("It waits in batch {batch}.", batch=batch))
        self.batch, self.key = batch, key


class NotNow(Exception):
    """No answer at present, for no fault of the request. ``everybody``: the endpoint wants no requests at all for so long."""

    def __init__(self, message: str, seconds: float, *, everybody: bool = False) -> None:
        super().__init__(message)
        self.seconds, self.everybody = seconds, everybody


@dataclass(frozen=True)
class Answer:
    """An answer, what it cost once, and whether this asker was spared that."""

    generated: Generated
    cost: Decimal
    spared: bool


class Asking:
    """Asks a run's models on behalf of many at once; the same request at the same time is one call."""

    def __init__(
        self, run: Run | None, providers: Mapping[str, Provider], *, at_once: int, batching: Batching = "", together: int = 1
    ) -> None:
        self.closed: Exception | None = None
        self._run, self._ledger, self._batching = run, Ledger(run, batching), bool(batching)
        # A judge judges one at a time.
        self._askers = {by: self._asker(one, at_once, 1 if by else together) for by, one in providers.items()}

    def _asker(self, provider: Provider, at_once: int, together: int) -> "_Asker":
        batching = self._batching and provider.in_batches
        return _Asker(self, self._ledger, provider, at_once, batching=batching, together=together if provider.endpoint else 1)

    async def ask(self, request: Request) -> Answer:
        """The answer of the model that ``request.by`` names; raises `NotGenerated`, `InBatch`, `NotNow` or `Fatal` when there is none."""
        asker = self._askers.get(request.by)
        if asker is None:
            raise Fatal(told("No model of this run is called {by!r}: say which is.", by=request.by))
        return await asker.ask(request)

    def say_alone(self, why: str) -> None:
        """Redis is away: the run's page says so."""
        if self._run is not None:
            self._ledger.note(self._run.pk, {"limits": ALONE.format(why=why)})

    async def close(self) -> None:
        """Let go of all connections."""
        for asker in self._askers.values():
            await asker.close()
        await self._ledger.close()


class _Asker:
    """One of a run's models, and the line before it."""

    def __init__(
        self, all_of_them: Asking, ledger: Ledger, provider: Provider, at_once: int, *, batching: bool, together: int
    ) -> None:
        self._all, self._ledger, self._provider, self._batching = all_of_them, ledger, provider, batching
        self._rates, self._at_once = Rates(*provider.rates) if provider.endpoint else Rates(), at_once
        self._wire = asyncio.Semaphore(self._at_once)
        self._limits: Limits | None = None
        self._identity = digest(provider.identity())
        self._who = f"{provider.name}:{provider.model_name}".rstrip(":")
        self._under_way: dict[str, asyncio.Task[Answer]] = {}
        self._given_up = 0
        self._company: Company[Call] | None = Company(together, self._call_together) if together > 1 and not batching else None

    async def ask(self, request: Request) -> Answer:
        if self._company and fits(request):
            alone = await self._look(request_hash(self._identity, request))
            if alone.free:
                with suppress(Alone):
                    return await self._once(in_company(request), company=self._company)
        return await self._once(request)

    async def _once(self, request: Request, company: Company[Call] | None = None) -> Answer:
        """The answer to a request, which all who ask the same at the same time wait for."""
        key = request.known_as or request_hash(self._identity, request)
        if key not in self._under_way:
            entry = await self._look(key)
            if entry.answer is not None:
                return self._given(key, request, entry.answer, entry.cost, spared=not entry.ours)
        task = self._under_way.get(key)
        if task is not None:  # perhaps since we looked
            return replace(await asyncio.shield(task), spared=True)
        task = self._under_way[key] = asyncio.create_task(self._answer(key, request, entry, company))
        task.add_done_callback(lambda _: self._under_way.pop(key, None))
        return await asyncio.shield(task)

    async def close(self) -> None:
        await self._provider.close()
        if self._limits:
            await self._limits.close()

    async def _look(self, key: str) -> Entry:
        if self._all.closed:
            raise self._all.closed
        return await self._ledger.look(key)

    async def _answer(self, key: str, request: Request, entry: Entry, company: Company[Call] | None) -> Answer:
        """The answer of as many calls as it takes, or what another worker was given; ``entry`` is what the ledger says now."""
        failures: list[ProviderError] = []
        while entry.answer is None:
            if entry.batch is not None:
                raise InBatch(entry.batch, key)
            if not entry.free:  # another worker is asking the same
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            elif request.known_as and key != request_hash(self._identity, request):  # it failed, and is asked anew as it is now
                return await self._once(replace(request, known_as=""))
            elif self._batching:
                await self._put_into_batch(key, request, entry.failed)
            elif answer := await self._try(key, request, failures, company):
                return answer
            entry = await self._look(key)
        return self._given(key, request, entry.answer, entry.cost, spared=not entry.ours)

    async def _try(self, key: str, request: Request, failures: list[ProviderError], company: Company[Call] | None) -> Answer | None:
        """One call and its answer; None when there was none, and it is worth another look. Its failure is added to the others."""
        call = await (company.join(key, request) if company else self._in_turn(key, request, failures))
        if call is None:
            raise Alone
        entry, result, seconds = call
        if entry.row is None or result is None:
            return await self._refused(entry)
        cost = await self._ledger.settle(entry.row, result, seconds)
        if isinstance(result, ProviderError):
            if company and (result.outcome not in ("transient", *FATAL) or len(failures) == TRIES_TOGETHER):
                raise Alone
            failures.append(result)
            await asyncio.sleep(self._delay(failures))
        elif cost is not None:
            self._given_up = 0
            return self._given(key, request, result.content, cost, spared=False)
        return None

    async def _call_together(self, seats: list[Seat[Call]]) -> None:
        """One call for several, each with a row of its own; who finds the same asked by another, or no money, is told so."""
        whole = one_call([one.key for one in seats], [one.request for one in seats])
        tokens, result = likely(whole), None
        await self._enter(tokens)
        try:
            if self._all.closed:
                raise self._all.closed
            entries = await asyncio.gather(*(self._ledger.reserve(one.key, self._provider, one.request) for one in seats))
            ours = [(seat, entry) for seat, entry in zip(seats, entries, strict=True) if entry.row is not None]
            for seat, entry in zip(seats, entries, strict=True):
                if entry.row is None:
                    seat.told.set_result((entry, None, 0.0))
            if not ours:
                return
            keys, requests = [seat.key for seat, _ in ours], [seat.request for seat, _ in ours]
            async with self._wire:
                began = time.monotonic()
                result = await self._call(one_call(keys, requests))
                seconds = time.monotonic() - began
            for (seat, entry), part in zip(ours, parts(result, keys, requests), strict=True):
                seat.told.set_result((entry, part, seconds))
        finally:
            self._line().leave(tokens, result)

    async def _put_into_batch(self, key: str, request: Request, failed: tuple[ProviderError, ...]) -> None:
        """Raises `InBatch`, or what is to be said of a request that failed too often; returns where another was faster."""
        if failed and sum(one.outcome == failed[-1].outcome for one in failed) >= TRIES.get(failed[-1].outcome, 1):
            raise NotGenerated(failed[-1].outcome, str(failed[-1]))
        asked = repaired(request, failed)
        entry = await self._ledger.reserve(key, self._provider, asked, line=len(self._provider.batch_line(key, asked)))
        if entry.batch is not None:
            raise InBatch(entry.batch, key)
        if entry.refused:
            self._all.closed = Fatal(entry.refused.said)
            raise self._all.closed

    async def _in_turn(self, key: str, request: Request, failures: list[ProviderError]) -> Call:
        """One call when the line and the budget allow it; its place is free for another before it is settled."""
        if not self._provider.endpoint:  # answers on this machine, which nobody counts
            return await self._reserve_and_call(key, request, failures)
        tokens = likely(request)
        await self._enter(tokens)
        result: Completion | ProviderError | None = None
        try:
            entry, result, seconds = await self._reserve_and_call(key, request, failures)
        finally:
            self._line().leave(tokens, result)
        return entry, result, seconds

    async def _enter(self, tokens: int) -> None:
        """Stand in line, unless that would take too long."""
        try:
            await self._line().enter(tokens)
        except Waits as error:
            self._all.closed = self._all.closed or NotNow(str(error), error.seconds, everybody=True)
            raise self._all.closed from None

    def _line(self) -> Limits:
        if self._limits is None:
            self._limits = Limits(
                self._provider, at_once=DECK * self._at_once, rates=self._rates, patience=LONGEST_BACKOFF, alone=self._all.say_alone
            )
        return self._limits

    async def _reserve_and_call(self, key: str, request: Request, failures: list[ProviderError]) -> Call:
        if self._all.closed:
            raise self._all.closed
        entry = await self._ledger.reserve(key, self._provider, request)
        if entry.row is None:
            return entry, None, 0.0
        async with self._wire:
            began = time.monotonic()
            result = await self._call(repaired(request, failures))
            return entry, result, time.monotonic() - began

    async def _refused(self, entry: Entry) -> None:
        """No row was reserved: somebody else asks the same, or there is no money. Returns when it is worth another look."""
        if entry.refused and not entry.refused.under_way:
            self._all.closed = Fatal(entry.refused.said)
            raise self._all.closed
        if entry.answer is None:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    async def _call(self, request: Request) -> Completion | ProviderError:
        """One call within the deadline, which no slow trickle of bytes can stretch."""
        try:
            async with asyncio.timeout(settings.CALL_SECONDS):
                return await self._provider.complete(request)
        except ProviderError as error:
            return error
        except TimeoutError:
            said = told("No answer within {seconds} seconds.", seconds=settings.CALL_SECONDS)
            return ProviderError("transient", said, usage=Usage(told=False))
        except Exception as error:  # a provider's bug: typed like an unreadable answer, so that the row is settled
            return ProviderError("schema", told(
                "{name} while reading the answer.",
                name=type(error).__name__,
            ), usage=Usage(told=False))

    def _delay(self, failures: list[ProviderError]) -> float:
        """Seconds until the request may be asked again; raises when it may not."""
        error = failures[-1]
        if error.outcome in FATAL:
            self._all.closed = Fatal(told("{label} refuses: {error}", label=self._provider.label, error=error))
            raise self._all.closed
        alike = sum(failure.outcome == error.outcome for failure in failures)
        last = alike >= TRIES.get(error.outcome, 1)
        if error.outcome != "transient":
            if last:
                raise NotGenerated(error.outcome, str(error))
            return 0.0
        if error.retry_after and error.retry_after > LONGEST_BACKOFF:
            self._all.closed = NotNow(str(error), error.retry_after, everybody=True)
            raise self._all.closed
        if last:
            raise self._gives_up(error)
        return backoff(alike, error.retry_after)

    def _gives_up(self, error: ProviderError) -> Exception:
        self._given_up += 1
        if self._given_up < FAILURES_IN_A_ROW:
            return NotNow(str(error), LONGEST_BACKOFF)
        label = self._provider.label
        self._all.closed = Fatal(told(
            "{label} does not answer. Resume when it does again. The last failure: {error}",
            label=label, error=error,
        ))
        return self._all.closed

    def _given(self, key: str, request: Request, content: dict, cost: Decimal, *, spared: bool) -> Answer:
        signature = f"{self._who}|prompt:{request.prompt_signature}"
        return Answer(Generated(content, key, signature, recorded=self._provider.recorded), cost, spared)


def request_hash(identity: str, request: Request) -> str:
    """The name of a request to a provider of this identity: the same name, the same answer."""
    asked = (request.prompt_signature, request.messages, request.input, request.source, request.target)
    return digest([identity, *asked, request.max_tokens, request.answer, request.schema, request.sample])


def repaired(request: Request, failures: Sequence[ProviderError]) -> Request:
    """The request as it is asked again after an answer in the wrong form: with what was wrong with it, and never with the answer."""
    if not failures or failures[-1].outcome != "schema" or not request.messages:
        return request
    *before, last = request.messages
    said = f"{last['content']}\n\n{REPAIR.format(problem=failures[-1])}"
    return replace(request, messages=(*before, {**last, "content": said}))


def backoff(failures: int, retry_after: float | None) -> float:
    """Full jitter, doubling; never sooner than the endpoint asked, and then not all at the same moment."""
    wait = random.uniform(0, min(2.0 ** (failures - 1), LONGEST_BACKOFF))
    return wait if retry_after is None else retry_after + random.uniform(0, 1)
