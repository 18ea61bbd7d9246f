"""Questions that hang together: each has a name of its own, and looks back only at what stands before it."""

from collections.abc import Sequence

from annotation.asks import Ask
from annotation.asks._options import Choosing
from annotation.asks.relations import Relations
from annotation.asks.spans import Spans
from core.told import told


def in_order(asks: Sequence[Ask]) -> None:
    """Raise `ValueError`, naming the question, where one looks at another that there is not, or not yet."""
    before: dict[str, Ask] = {}
    for ask in asks:
        if ask.name in before:
            raise ValueError(told("there are two questions {name}: give each a name of its own", name=ask.name))
        for name, wanted in ask.when.items():
            _look_back(ask, name, before)
            _possible(ask, before[name], (wanted,) if isinstance(wanted, str) else wanted)
        for place in getattr(ask, "over", ()):
            if place.startswith("answers."):
                _look_back(ask, place.split(".")[1], before)
        if isinstance(ask, Relations):
            _look_back(ask, ask.spans, before)
            if not isinstance(before[ask.spans], Spans):
                raise ValueError(told("{name} relates the spans of {spans}, which marks none", name=ask.name, spans=ask.spans))
        before[ask.name] = ask


def _look_back(ask: Ask, name: str, before: dict[str, Ask]) -> None:
    if name not in before:
        raise ValueError(told(
            "{name} looks at {other}, which is no question before it: there is {before}",
            name=ask.name, other=name, before=", ".join(before) or "none",
        ))


def _possible(ask: Ask, other: Ask, wanted: tuple[str, ...]) -> None:
    """A condition that can never hold would hide its question for good."""
    if isinstance(other, Choosing) and other.options:
        values = [one.value for one in other.options]
        if unknown := [one for one in wanted if one not in values]:
            raise ValueError(told(
                "{name} is asked when {other} is {unknown!r}, which is none of {values}",
                name=ask.name, other=other.name, unknown=unknown[0], values=", ".join(values),
            ))
