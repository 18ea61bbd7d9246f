"""Questions that hang together: each has a name of its own, and looks back only at what stands before it."""

from collections.abc import Sequence

from annotation.asks import Ask
from annotation.asks._options import Choosing
from annotation.asks.relations import Relations
from annotation.asks.spans import Spans


def in_order(asks: Sequence[Ask]) -> None:
    """Raise `ValueError`, naming the question, where one looks at another that there is not, or not yet."""
    before: dict[str, Ask] = {}
    for ask in asks:
        if ask.name in before:
            raise ValueError(f"there are two questions {ask.name}: give each a name of its own")
        for name, wanted in ask.when.items():
            _look_back(ask, name, before)
            _possible(ask, before[name], (wanted,) if isinstance(wanted, str) else wanted)
        for place in getattr(ask, "over", ()):
            if place.startswith("answers."):
                _look_back(ask, place.split(".")[1], before)
        if isinstance(ask, Relations):
            _look_back(ask, ask.spans, before)
            if not isinstance(before[ask.spans], Spans):
                raise ValueError(f"{ask.name} relates the spans of {ask.spans}, which marks none")
        before[ask.name] = ask


def _look_back(ask: Ask, name: str, before: dict[str, Ask]) -> None:
    if name not in before:
        raise ValueError(f"{ask.name} looks at {name}, which is no question before it: there is {', '.join(before) or 'none'}")


def _possible(ask: Ask, other: Ask, wanted: tuple[str, ...]) -> None:
    """A condition that can never hold would hide its question for good."""
    if isinstance(other, Choosing) and other.options:
        values = [one.value for one in other.options]
        if unknown := [one for one in wanted if one not in values]:
            raise ValueError(f"{ask.name} is asked when {other.name} is {unknown[0]!r}, which is none of {', '.join(values)}")
