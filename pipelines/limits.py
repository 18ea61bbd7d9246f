"""How fast an endpoint is asked: requests and tokens a minute and calls at once, shared by all workers through Redis."""

import asyncio
import os
import socket
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.embedded import client_url
from core.hashing import digest
from core.told import told
from pipelines.providers import Provider
from pipelines.records import Allowance, Completion, ProviderError

SCRIPT = Path(__file__).with_name("limits.lua").read_text(encoding="utf-8")
FIRST_AT_ONCE = 16
"""Calls at once before an endpoint has shown what it takes: doubled with each round until it first says no."""
ALONE_AT_ONCE = 4
"""Calls at once of a worker that cannot ask Redis what the others do."""
SECONDS_TO_GATHER = 0.004
"""Turns are taken for all that comes within so long: one round trip for many calls."""
SECONDS_BETWEEN_LOOKS = 0.1
SECONDS_WITHOUT_REDIS = 10.0
UNTOLD = Allowance()


@dataclass(frozen=True)
class Rates:
    """What an endpoint allows by the operator's word, requests and tokens a minute; 0 where nothing is known."""

    requests: int = 0
    tokens: int = 0
    at_once: int = 0
    """Calls at once, of all workers together."""


UNKNOWN = Rates()


class Waits(Exception):
    """No call may be made for so many seconds, which is too long to stand in line."""

    def __init__(self, seconds: float) -> None:
        super().__init__(told("The endpoint takes no more calls for {seconds:.0f} s.", seconds=seconds))
        self.seconds = seconds


@dataclass
class _Back:
    """What is brought back since the last turn."""

    ok: int = 0
    limited: int = 0
    quiet: float = 0.0
    unused: int = 0
    said: Allowance = UNTOLD


@dataclass(frozen=True)
class Turn:
    """What came of one turn: how many of the wanted calls may be made, seconds until more, and calls at once."""

    granted: int
    wait: float
    at_once: int


class Turns(Protocol):
    """Where turns are taken: in Redis together, or alone."""

    async def take(self, held: int, back: _Back, wanted: list[int]) -> Turn: ...


class Shared:
    """Turns in Redis, by one script: who reserves, who brings back and who waits, for all workers at once."""

    def __init__(self, redis: Redis, name: str, at_once: int, rates: Rates) -> None:
        self._script, self._key = redis.register_script(SCRIPT), f"dragoman:limits:{name}"
        self._worker = f"{socket.gethostname()}:{os.getpid()}:{id(self):x}"
        self._cap = rates.at_once
        # A worker that says nothing for so long is dead, and so are its calls.
        self._known = [settings.CALL_SECONDS * 1.5, at_once, min(FIRST_AT_ONCE, at_once), rates.requests, rates.tokens]

    async def take(self, held: int, back: _Back, wanted: list[int]) -> Turn:
        said = back.said
        left = [-1 if one is None else one for one in (said.requests_left, said.tokens_left)]
        told = [back.ok, back.limited, int(back.quiet * 1000), back.unused, said.requests or 0, said.tokens or 0, *left]
        reset = int(said.requests_reset * 1000)
        answer = await self._script(keys=[self._key], args=[self._worker, held, *self._known, *told, reset, self._cap, *wanted])
        return Turn(int(answer[0]), int(answer[1]) / 1000, int(answer[2]))


@dataclass
class Alone:
    """Turns without Redis: a few calls at once, and a share of the rate as if there were as many workers as calls at once."""

    at_once: int
    rates: Rates
    shut: float = 0.0
    began: deque[float] = field(default_factory=deque)

    async def take(self, held: int, back: _Back, wanted: list[int]) -> Turn:
        now = time.monotonic()
        self.shut = max(self.shut, now + back.quiet)
        while self.began and self.began[0] < now - 60:
            self.began.popleft()
        if now < self.shut:
            return Turn(0, self.shut - now, self.at_once)
        free = min(len(wanted), max(self.at_once - held, 0))
        if self.rates.requests:
            free = min(free, max(self.rates.requests // ALONE_AT_ONCE, 1) - len(self.began))
        granted = max(free, 0)
        self.began.extend([now] * granted)
        return Turn(granted, 0.0 if granted or held else SECONDS_BETWEEN_LOOKS, self.at_once)


class Limits:
    """The line before one endpoint and model: ``enter`` it before a call, ``leave`` with what came of it."""

    def __init__(self, provider: Provider, *, at_once: int, rates: Rates, patience: float, alone: Callable[[str], None]) -> None:
        name = digest([provider.name, provider.endpoint, provider.model_name])[:24]
        self._redis = Redis.from_url(client_url(settings.REDIS_URL), socket_timeout=5, socket_connect_timeout=2)
        self._shared: Turns = Shared(self._redis, name, at_once, rates)
        self._alone: Turns = Alone(min(at_once, ALONE_AT_ONCE), rates)
        self._say_alone, self._patience = alone, patience
        self._no_redis_until = 0.0
        self._line: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._back, self._held = _Back(), 0
        self._turning: asyncio.Task[None] | None = None
        self._came_back = asyncio.Event()

    async def enter(self, tokens: int) -> None:
        """Wait for a call's turn; raises `Waits` when that would take longer than the line's patience."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append((tokens, place))
        self._turn()
        await place

    def leave(self, tokens: int, result: Completion | ProviderError | None) -> None:
        """A call has ended, or was not made (None): its place, and the tokens it did not take, are free for others."""
        back, self._held = self._back, self._held - 1
        self._came_back.set()
        if result is None:
            back.unused += tokens
            return self._turn()
        limited = isinstance(result, ProviderError) and result.limited
        back.ok, back.limited = back.ok + (not limited), back.limited + limited
        if isinstance(result, ProviderError):
            back.quiet = max(back.quiet, result.retry_after or 0.0)
        if result.usage.told:
            back.unused += tokens - result.usage.prompt_tokens - result.usage.completion_tokens
        back.said = result.allowance or back.said
        self._turn()

    async def close(self) -> None:
        """Let go of the connection; what is under way is no longer counted."""
        if self._turning:
            await self._turning
        await self._redis.aclose()

    def _turn(self) -> None:
        if self._turning is None or self._turning.done():
            self._turning = asyncio.create_task(self._turns())

    async def _turns(self) -> None:
        while True:
            await asyncio.sleep(SECONDS_TO_GATHER)
            self._came_back.clear()
            back, self._back = self._back, _Back()
            self._line = deque(one for one in self._line if not one[1].cancelled())  # a turn of theirs would be nobody's
            turn = await self._take(back, [tokens for tokens, _ in self._line])
            for _ in range(turn.granted):
                place = self._line.popleft()[1]
                if not place.cancelled():
                    self._held += 1
                    place.set_result(None)
            if turn.wait > self._patience:
                self._send_away(turn.wait)
            if self._line:
                # Places of other workers come free without our hearing of it.
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._came_back.wait(), min(turn.wait or SECONDS_BETWEEN_LOOKS, SECONDS_BETWEEN_LOOKS))
            elif not self._came_back.is_set():
                return

    def _send_away(self, seconds: float) -> None:
        while self._line:
            place = self._line.popleft()[1]
            if not place.cancelled():
                place.set_exception(Waits(seconds))

    async def _take(self, back: _Back, wanted: list[int]) -> Turn:
        if time.monotonic() >= self._no_redis_until:
            try:
                return await self._shared.take(self._held, back, wanted)
            except (RedisError, OSError) as error:
                self._no_redis_until = time.monotonic() + SECONDS_WITHOUT_REDIS
                self._say_alone(type(error).__name__)
        return await self._alone.take(self._held, back, wanted)
