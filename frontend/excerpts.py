"""A text where somebody's words stand in it: cut to what a list has room for, and marked."""

from collections.abc import Sequence
from typing import NamedTuple

from annotation.folding import places

ROOM = 400
BEFORE = 60
# No further into a text is looked for what to mark: it is found all the same.
LOOKED = 5000


class Piece(NamedTuple):
    """A stretch of a text, and whether it is what was looked for."""

    text: str
    found: bool


def excerpt(text: str, terms: Sequence[str]) -> list[Piece]:
    """The text from shortly before the first place on, in pieces; an ellipsis where something is left out."""
    found = places(text[:LOOKED], terms) if terms else []
    start = _start(text, found[0][0]) if found else 0
    end = start + ROOM if len(text) > start + ROOM else len(text)
    pieces, at = [Piece("…", False)] if start else [], start
    for first, last in found:
        if first >= end:
            break
        pieces += [Piece(text[at:first], False), Piece(text[first:last], True)]
        at = last
    rest = Piece(text[at:end] + ("…" if end < len(text) else ""), False)
    return [piece for piece in (*pieces, rest) if piece.text]


def _start(text: str, first: int) -> int:
    """A little before the first place, after a space where there is one."""
    if first <= BEFORE + 20:
        return 0
    space = text.find(" ", first - BEFORE, first)
    return space + 1 if space >= 0 else first - BEFORE // 3
