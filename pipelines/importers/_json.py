"""JSON without its traps: nothing is lost, guessed or taken twice in silence."""

import json
import re
from collections import Counter
from math import isfinite
from typing import Any

from core.told import told

MAX_DEPTH = 64
# Whole numbers up to here are the same in every language; JavaScript rounds larger ones.
MAX_INTEGER = 2**53


def _whole(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MAX_INTEGER:
        raise ValueError(told("holds a number that many programs would round ({text}…): write it as text", text=text[:20]))
    return int(text)


def _real(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(told("holds a number that is too large: {text}", text=text[:20]))
    return value


def _constant(text: str) -> Any:
    raise ValueError(told("holds {text}, which is no JSON number", text=text))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(told("names {name!r} twice", name=twice[:40]))
    return found


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_int=_whole, parse_float=_real, parse_constant=_constant)


def parse(text: str) -> Any:
    """The value written as `text`; raises `ValueError` with the reason, worded to follow the name of what was read."""
    # Only a text with that many brackets can be nested so deep, and only then is it worth looking.
    if text.count("[") + text.count("{") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise ValueError(told("is nested more than {most} deep", most=MAX_DEPTH))
    try:
        return _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise ValueError(told("is not JSON: {problem} at character {pos}", problem=error.msg, pos=error.pos + 1)) from None


def _depth(text: str) -> int:
    deepest = depth = 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        deepest = max(deepest, depth)
    return deepest


def number(text: str) -> int | float:
    """A number written as JSON writes them; raises `ValueError` with the reason."""
    value = parse(text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(told("must be a number"))
    return value
