"""What a call to a model costs, by the operator's price list: the file DRAGOMAN_PRICES names, else the one beside this."""

import datetime
import os
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import yaml

MILLION = 1_000_000


def cost(endpoint: str, model: str, prompt_tokens: int, completion_tokens: int) -> Decimal:
    """US dollars for so many tokens; 0 for a model without a price."""
    per_million = price(endpoint, model, datetime.date.today())
    if per_million is None:
        return Decimal(0)
    return (per_million[0] * prompt_tokens + per_million[1] * completion_tokens) / MILLION


def price(endpoint: str, model: str, day: datetime.date) -> tuple[Decimal, Decimal] | None:
    """US dollars for a million tokens in and out on a day; None when the list has no price."""
    known = [line for line in _list() if (line["endpoint"], line["model"]) == (endpoint, model) and line["since"] <= day]
    newest = max(known, key=lambda line: line["since"], default=None)
    return newest and (Decimal(newest["input"]), Decimal(newest["output"]))


@lru_cache
def _list() -> list[dict]:
    file = os.environ.get("DRAGOMAN_PRICES") or Path(__file__).with_name("prices.yaml")
    return yaml.safe_load(Path(file).read_text(encoding="utf-8")) or []
