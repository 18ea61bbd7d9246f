"""The line before an endpoint: shared by all workers through Redis, wider while it answers, narrower when it says no."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import pytest
import redis
from django.conf import settings

from core.embedded import client_url
from pipelines import limits
from pipelines.limits import Limits, Rates, Waits
from pipelines.providers import Provider
from pipelines.records import Allowance, Completion, ProviderError, Usage

FINE = Completion({"text": "Basi."}, usage=Usage(5, 5))
NO = ProviderError("transient", "HTTP 429", limited=True)


class Somewhere(Provider):
    """An endpoint that is only named."""

    name: ClassVar[str] = "somewhere"
    label: ClassVar[str] = "Somewhere"

    at: str = "http://10.0.0.1/v1"

    @property
    def endpoint(self) -> str:
        return self.at


@pytest.fixture(autouse=True)
def _nothing_known():
    with redis.Redis.from_url(client_url(settings.REDIS_URL)) as client:
        for key in client.scan_iter("dragoman:limits:*"):
            client.delete(key)
    yield


def line(at_once: int = 64, rates: Rates = limits.UNKNOWN, said: list[str] | None = None, **changes: Any) -> Limits:
    return Limits(Somewhere(**changes), at_once=at_once, rates=rates, patience=5.0, alone=(said if said is not None else []).append)


async def calls(one: Limits, number: int, seconds: float, result: Completion | ProviderError = FINE, tokens: int = 10) -> None:
    async def call() -> None:
        await one.enter(tokens)
        await asyncio.sleep(seconds)
        one.leave(tokens, result)

    await asyncio.gather(*(call() for _ in range(number)))


class Together:
    """How many calls of all workers are out at one time, and how many there were."""

    def __init__(self) -> None:
        self.now = self.most = self.all = 0

    async def call(self, one: Limits, seconds: float, tokens: int = 10, result: Completion | ProviderError = FINE) -> None:
        await one.enter(tokens)
        self.now, self.all = self.now + 1, self.all + 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(seconds)
        self.now -= 1
        one.leave(tokens, result)


def with_workers(number: int, do: Callable[[list[Limits]], Awaitable[None]], **given: Any) -> list[str]:
    """Run it with so many workers' lines before the same endpoint; what they said of Redis."""
    said: list[str] = []

    async def main() -> None:
        workers = [line(said=said, **given) for _ in range(number)]
        try:
            await do(workers)
        finally:
            for one in workers:
                await one.close()

    asyncio.run(main())
    return said


def test_the_line_begins_narrow_and_doubles_with_each_round_of_answers():
    seen = []

    async def do(workers: list[Limits]) -> None:
        for _ in range(3):
            together = Together()
            await asyncio.gather(*(together.call(workers[0], 0.1) for _ in range(200)))
            seen.append(together.most)

    with_workers(1, do, at_once=100)
    assert seen[0] >= 2 * limits.FIRST_AT_ONCE and seen[-1] == 100


def test_workers_share_the_line():
    together = Together()

    async def do(workers: list[Limits]) -> None:
        await asyncio.gather(*(together.call(one, 0.3) for one in workers for _ in range(16)))

    with_workers(4, do)
    assert together.all == 64 and together.most <= 2 * limits.FIRST_AT_ONCE  # the second round is twice as wide at most


def test_control_without_redis_each_keeps_a_line_of_its_own_and_says_so(settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    together = Together()

    async def do(workers: list[Limits]) -> None:
        await asyncio.gather(*(together.call(one, 0.1) for one in workers for _ in range(8)))

    said = with_workers(4, do)
    assert together.all == 32 and together.most == 4 * limits.ALONE_AT_ONCE and set(said) == {"ConnectionError"}


def test_a_no_narrows_the_line_for_everybody():
    async def at_once(one: Limits) -> int:
        together = Together()
        await asyncio.gather(*(together.call(one, 0.05) for _ in range(40)))
        return together.most

    async def do(workers: list[Limits]) -> None:
        await calls(workers[0], 1, 0.0, NO)
        before = limits.FIRST_AT_ONCE
        together = Together()
        await asyncio.gather(*(together.call(workers[1], 0.2) for _ in range(before)))
        assert together.most <= 0.7 * before
        # From now on it widens by one a round, not by doubling.
        assert await at_once(workers[1]) < before

    with_workers(2, do)


def test_who_is_told_to_wait_waits_and_so_does_everybody_else():
    async def do(workers: list[Limits]) -> None:
        await calls(workers[0], 1, 0.0, ProviderError("transient", "HTTP 429", limited=True, retry_after=0.6))
        began = time.monotonic()
        await calls(workers[1], 1, 0.0)
        assert time.monotonic() - began > 0.5

    with_workers(2, do)


def test_a_wait_longer_than_the_lines_patience_sends_away():
    async def do(workers: list[Limits]) -> None:
        await calls(workers[0], 1, 0.0, ProviderError("transient", "HTTP 429", limited=True, retry_after=60.0))
        with pytest.raises(Waits) as caught:
            await calls(workers[1], 3, 0.0)
        assert 55 < caught.value.seconds <= 60

    with_workers(2, do)


def test_requests_a_minute_are_counted_over_all_workers():
    together = Together()

    async def do(workers: list[Limits]) -> None:
        waiting = [asyncio.create_task(together.call(one, 0.0)) for one in workers for _ in range(20)]
        await asyncio.sleep(1.0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    with_workers(3, do, rates=Rates(requests=30))
    assert 30 <= together.all <= 32  # a minute's worth at once, and half a request a second


def test_calls_that_were_given_up_take_no_turn():
    """Their turns would be charged to the minute, two seconds each, and closing would wait for all of them."""
    together = Together()

    async def do(workers: list[Limits]) -> None:
        waiting = [asyncio.create_task(together.call(workers[0], 0.0)) for _ in range(40)]
        await asyncio.sleep(1.0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert together.all < 40
        await asyncio.wait_for(workers[0].close(), 10)

    with_workers(1, do, rates=Rates(requests=30))


def test_the_operators_word_on_calls_at_once_holds_for_all_workers_together():
    together = Together()

    async def do(workers: list[Limits]) -> None:
        await asyncio.gather(*(together.call(one, 0.05) for one in workers for _ in range(12)))

    with_workers(3, do, rates=Rates(at_once=5))
    assert together.all == 36 and together.most == 5


def test_tokens_are_reserved_and_what_is_not_used_comes_back():
    async def do(workers: list[Limits]) -> None:
        together = Together()
        for _ in range(8):  # each reserves 500 and uses 10: without the refund two would fill the minute
            await asyncio.wait_for(together.call(workers[0], 0.0, tokens=500), 2)
        assert together.all == 8

    with_workers(1, do, rates=Rates(tokens=1000))


def test_control_what_is_used_does_not_come_back():
    async def do(workers: list[Limits]) -> None:
        dear = Completion({}, usage=Usage(400, 100))
        together = Together()
        with pytest.raises((TimeoutError, Waits)):
            for _ in range(8):
                await asyncio.wait_for(together.call(workers[0], 0.0, tokens=500, result=dear), 2)
        assert together.all == 2

    with_workers(1, do, rates=Rates(tokens=1000))


def test_what_the_endpoint_says_of_its_limits_is_kept():
    said = Allowance(requests=600, requests_left=2, requests_reset=0.0)

    async def do(workers: list[Limits]) -> None:
        await calls(workers[0], 1, 0.0, Completion({}, usage=Usage(1, 1), allowance=said))
        await asyncio.sleep(0.05)
        together = Together()
        began = time.monotonic()
        await asyncio.gather(*(together.call(workers[1], 0.0) for _ in range(6)))
        assert time.monotonic() - began > 0.25  # two at once, then ten a second

    with_workers(2, do)


def test_an_endpoint_with_nothing_left_is_left_alone_until_it_has():
    said = Allowance(requests=600, requests_left=0, requests_reset=0.5)

    async def do(workers: list[Limits]) -> None:
        await calls(workers[0], 1, 0.0, Completion({}, usage=Usage(1, 1), allowance=said))
        await asyncio.sleep(0.05)
        began = time.monotonic()
        await calls(workers[1], 1, 0.0)
        assert time.monotonic() - began > 0.35

    with_workers(2, do)


def test_the_places_of_a_dead_worker_come_free(settings):
    settings.CALL_SECONDS = 0.4

    async def dies() -> None:
        one = line()
        for _ in range(limits.FIRST_AT_ONCE):
            await one.enter(10)

    asyncio.run(dies())

    async def do(workers: list[Limits]) -> None:
        began = time.monotonic()
        await calls(workers[0], 4, 0.0)
        assert 0.2 < time.monotonic() - began < 4

    with_workers(1, do)


def test_another_endpoint_has_a_line_of_its_own():
    async def do(workers: list[Limits]) -> None:
        await calls(workers[0], 1, 0.0, ProviderError("transient", "HTTP 429", limited=True, retry_after=60.0))

    with_workers(1, do)
    with_workers(1, lambda workers: calls(workers[0], 3, 0.0), at="http://10.0.0.2/v1")
