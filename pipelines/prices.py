"""What a call to a model costs, by the operator's price list: the file DRAGOMAN_PRICES names, else the one beside this."""

import datetime
import os
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from pipelines.records import Request, Usage

MILLION = 1_000_000
SMALLEST = Decimal("0.00000001")
TOKENS_A_MESSAGE = 16
"""More than any chat template puts around a message."""


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens, from a day on; ``batch`` is what part of it a batch costs."""

    since: datetime.date
    input: Decimal
    output: Decimal
    cached: Decimal
    """For tokens of the prompt that the endpoint had in its cache."""
    batch: Decimal

    def cost(self, usage: Usage, *, batch: bool = False) -> Decimal:
        """US dollars for so many tokens, rounded up at the eighth decimal."""
        fresh = max(usage.prompt_tokens - usage.cached_tokens, 0)
        whole = self.input * fresh + self.cached * usage.cached_tokens + self.output * usage.completion_tokens
        return (whole * (self.batch if batch else 1) / MILLION).quantize(SMALLEST, ROUND_UP)

    def ceiling(self, request: Request, *, batch: bool = False) -> Decimal:
        """The most a request can cost: no token is less than a byte, and no answer longer than its limit."""
        return self.cost(most(request), batch=batch)

    def snapshot(self, *, batch: bool = False) -> dict[str, str]:
        """What stands in the ledger beside each call."""
        said = {"since": self.since.isoformat(), "input": str(self.input), "output": str(self.output), "cached": str(self.cached)}
        return said | ({"batch": str(self.batch)} if batch else {})

    @classmethod
    def of(cls, snapshot: dict[str, str]) -> "Price":
        """The price that a snapshot is of."""
        amounts = (Decimal(snapshot.get(name, "1")) for name in ("input", "output", "cached", "batch"))
        return cls(datetime.date.fromisoformat(snapshot["since"]), *amounts)


def most(request: Request) -> Usage:
    """The most tokens a request can take."""
    prompt = sum(len(one["content"].encode()) + TOKENS_A_MESSAGE for one in request.messages)
    schema = len(str(request.schema or request.shape).encode())
    return Usage(prompt + schema, request.max_tokens, told=False)


def price(endpoint: str, model: str, day: datetime.date) -> Price | None:
    """The price of a model on a day; None when the list has none."""
    known = [line for line in _list() if (line["endpoint"], line["model"]) == (endpoint, model) and line["since"] <= day]
    newest = max(known, key=lambda line: line["since"], default=None)
    if newest is None:
        return None
    cached, batch = newest.get("cached", newest["input"]), newest.get("batch", "1")
    return Price(newest["since"], *(Decimal(str(one)) for one in (newest["input"], newest["output"], cached, batch)))


@lru_cache
def _list() -> list[dict[str, Any]]:
    file = os.environ.get("DRAGOMAN_PRICES") or Path(__file__).with_name("prices.yaml")
    return yaml.safe_load(Path(file).read_text(encoding="utf-8")) or []


def likely(request: Request) -> int:
    """About how many tokens a request takes, for limits that are counted in them: what is asked comes back in about its own length."""
    asked = sum(len(one["content"]) for one in request.messages)
    return asked // 3 + min(request.max_tokens, len(str(request.input)) // 2 + 64)
