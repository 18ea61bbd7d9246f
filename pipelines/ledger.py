"""The ledger of model calls: a row is reserved and committed before each call and settled after it, and an answer on record is found again."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.conf import settings
from django.db import IntegrityError, connection

from core.clock import DatabaseNow
from pipelines.models import Generation, Run
from pipelines.prices import cost
from pipelines.providers import Provider
from pipelines.records import Completion, ProviderError, Request

T = TypeVar("T")
OUTCOME = Generation.Outcome
# A living worker settles its calls within CALL_SECONDS; so much longer, and nobody waits for the answer any more.
PATIENCE = 1.25


@dataclass(frozen=True)
class Entry:
    """What the ledger says of a request: an answer on record, or a row reserved for us, or neither while another waits for it."""

    answer: dict[str, Any] | None = None
    cost: Decimal = Decimal(0)
    row: int | None = None


class Ledger:
    """The calls of one chunk of a run. All its database work is done by one thread with a connection of its own."""

    def __init__(self, run: Run | None, provider: Provider) -> None:
        self._run, self._provider = run, provider
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    async def reserve(self, key: str, request: Request) -> Entry:
        """The answer that is on record for `key`, else a row reserved for asking, if nobody else is asking now."""
        return await self._do(lambda: self._reserve(key, request))

    async def settle(self, row: int, result: Completion | ProviderError, seconds: float) -> Decimal | None:
        """Write down how a call ended, and say what it cost; None when it was given up as unknown, and asked again."""
        return await self._do(lambda: self._settle(row, result, seconds))

    async def close(self) -> None:
        """Let go of the connection."""
        await self._do(lambda: connection.close())  # this thread's own, so looked up in it
        self._thread.shutdown()

    async def _do(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _reserve(self, key: str, request: Request) -> Entry:
        found = _on_record(key)
        if found is None:
            try:
                return Entry(row=self._new(key, request).pk)
            except IntegrityError:  # somebody was faster
                found = _on_record(key)
        if found is None or found.outcome == OUTCOME.PENDING:
            return Entry()
        return Entry(answer=found.answer, cost=found.cost)

    def _new(self, key: str, request: Request) -> Generation:
        return Generation.objects.create(
            run=self._run,
            request_hash=key,
            provider=self._provider.name,
            endpoint=self._provider.endpoint[:200],
            model=self._provider.model_name[:120],
            prompt=request.prompt_signature,
            request=asdict(request),
        )

    def _settle(self, row: int, result: Completion | ProviderError, seconds: float) -> Decimal | None:
        tokens = {"prompt_tokens": result.prompt_tokens, "completion_tokens": result.completion_tokens}
        paid = cost(self._provider.endpoint, self._provider.model_name, **tokens)
        if isinstance(result, Completion):
            request_id = _storable(result.request_id)
            said = {"outcome": OUTCOME.OK, "answer": result.content, "provider_request_id": request_id}
        else:
            said = {"outcome": result.outcome, "error": _storable(str(result))}
        waiting = Generation.objects.filter(pk=row, outcome=OUTCOME.PENDING)
        return paid if waiting.update(**said, **tokens, cost=paid, seconds=seconds) else None


def _on_record(key: str) -> Generation | None:
    """The row that holds or awaits the answer to `key`. One whose worker must be dead is settled as unknown first."""
    kept = Generation.objects.filter(request_hash=key, outcome__in=[OUTCOME.OK, OUTCOME.PENDING])
    found = kept.only("outcome", "answer", "cost").first()
    if found and found.outcome == OUTCOME.PENDING:
        given_up = DatabaseNow() - timedelta(seconds=PATIENCE * settings.CALL_SECONDS)
        late = Generation.objects.filter(pk=found.pk, outcome=OUTCOME.PENDING, asked__lt=given_up)
        if late.update(outcome=OUTCOME.UNKNOWN, error="The worker died while it waited; perhaps billed."):
            return None
    return found


def _storable(text: str) -> str:
    """What an endpoint said without what PostgreSQL cannot hold."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")
