"""Texts that people write field by field: taken apart, compared, and made up for a preview."""

from collections.abc import Iterator
from typing import Any

from annotation.asks._alike import alike
from annotation.records import Question


def texts(value: Any) -> Iterator[str]:
    """The texts of a value, be it one, a list, a table or a record; a record's in the order of its fields' names."""
    if isinstance(value, str):
        yield value
    else:
        for one in [part for _name, part in sorted(value.items())] if isinstance(value, dict) else value:
            yield from texts(one)


def text_of(content: dict[str, Any]) -> str:
    """All texts in one, in order of field; what is between them is no character of a text."""
    return "\x1e".join(texts(content))


def likeness(mine: dict[str, Any], right: dict[str, Any]) -> float:
    """The lowest chrF (Popović 2015) of a text beside its counterpart, as a share; 1 for the very same texts."""
    pairs = zip(texts(mine), texts(right), strict=False)
    return min((alike(one, other) for one, other in pairs), default=0.0)


def written(question: Question) -> dict[str, Any]:
    """The present text, or the source as it is where there is none."""
    there = {name: question.source[name] for name in question.kind.translatable if question.source.get(name) is not None}
    return question.draft or there
