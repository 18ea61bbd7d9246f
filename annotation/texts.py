"""Texts that PostgreSQL and a browser give back exactly as they were written; anything else is refused, with the reason."""

from typing import Any

from core.errors import Invalid
from core.told import told


def storable(what: str, value: Any, limit: int | None = None) -> None:
    """Raise `Invalid` when PostgreSQL could not give `value` back exactly as it is, or a text is longer than `limit`."""
    if limit and len(value) > limit:
        raise Invalid(told("The {what} is longer than {limit} characters.", what=what, limit=limit), {what: "is too long"})
    if problem := _unstorable(value):
        raise Invalid(told(
            "The {what} cannot be stored: it contains {problem}.",
            what=what, problem=problem,
        ), {what: f"contains {problem}"})


def _unstorable(value: Any, depth: int = 0) -> str | None:
    if isinstance(value, str):
        if "\x00" in value:
            return told("the NUL character")
        return told(
            "half of a surrogate pair, which is no character",
        ) if any(0xD800 <= ord(c) <= 0xDFFF for c in value) else None
    if isinstance(value, dict | list):
        if depth > 16:
            return told("more than 16 levels of nesting")
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        return next((found for part in parts if (found := _unstorable(part, depth + 1))), None)
    if isinstance(value, bool) or value is None:
        return None
    # Beyond 53 bits a browser would read another number than was stored.
    return None if isinstance(value, int | float) and abs(value) < 2**53 else told("something that is no plain text or number")
