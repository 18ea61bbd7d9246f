"""What of the OpenAI protocol lies around an answer: the form that is asked for, and the limits that are told."""

import re
from collections.abc import Mapping
from typing import Any

from pipelines.records import Allowance, Request

PERIOD = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
LONGEST_RESET = 600.0


def response_format(request: Request) -> dict[str, Any]:
    """The form of the answer as the protocol's ``response_format``, strict where it can be."""
    name = re.sub(r"\W", "_", request.prompt, flags=re.ASCII)[:60] or "answer"
    return {"type": "json_schema", "json_schema": {"name": name, "schema": form_of(request), "strict": True}}


def form_of(request: Request) -> dict[str, Any]:
    """The schema of the answer."""
    return request.schema or _like(request.shape)


def _like(shape: Any) -> dict[str, Any]:
    """The schema of what has the same keys and types; lengths of lists are not said, since strict servers know none."""
    if isinstance(shape, dict):
        properties = {name: _like(one) for name, one in shape.items()}
        return {"type": "object", "properties": properties, "required": list(shape), "additionalProperties": False}
    if isinstance(shape, list):
        return {"type": "array", "items": _like(shape[0]) if shape else {"type": "string"}}
    names = {bool: "boolean", int: "integer", float: "number"}
    return {"type": names.get(type(shape), "string")}


def allowance(headers: Mapping[str, str]) -> Allowance | None:
    """What ``x-ratelimit-*`` says of the endpoint's limits; None when it says nothing."""
    found = {name: headers.get(f"x-ratelimit-{name}") for name in NAMES}
    if not any(found.values()):
        return None
    counts = {field: _whole(found[name]) for name, field in NAMES.items() if "reset" not in name}
    resets = {field: _period(found[name] or "") for name, field in NAMES.items() if "reset" in name}
    return Allowance(**counts, **resets)  # type: ignore[arg-type]


NAMES = {
    "limit-requests": "requests",
    "limit-tokens": "tokens",
    "remaining-requests": "requests_left",
    "remaining-tokens": "tokens_left",
    "reset-requests": "requests_reset",
    "reset-tokens": "tokens_reset",
}


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None


def _period(text: str) -> float:
    """Seconds of ``1s``, ``6m0s`` or ``120ms``, ten minutes at most; 0 of anything else."""
    return min(sum(float(number) * SECONDS[unit] for number, unit in PERIOD.findall(text)), LONGEST_RESET)
