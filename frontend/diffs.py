"""What changed between two texts: by word where words have spaces between them, by character elsewhere."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

import regex

# A matcher's time grows with the product of the lengths; beyond this both texts are shown whole.
LONGEST = 3000
WORDS = regex.compile(r"\s+|[\p{L}\p{M}\p{N}_]+|\X")
# Grapheme clusters with every mark that follows: Unicode lets some Burmese vowel signs stand alone, readers do not.
CHARACTERS = regex.compile(r"\X\p{M}*")


class Piece(NamedTuple):
    """A stretch of text that stayed, came or went."""

    kind: Literal["same", "new", "old"]
    text: str


def diff(old: str, new: str, *, spaced: bool = True) -> list[Piece]:
    """The pieces in order; those not old make up `new` exactly, those not new `old`."""
    if old == new:
        return [Piece("same", old)] if old else []
    pattern = WORDS if spaced else CHARACTERS
    before, after = pattern.findall(old), pattern.findall(new)
    if max(len(before), len(after)) > LONGEST:
        return [Piece("old", old), Piece("new", new)]
    return [piece for piece in _pieces(before, after) if piece.text]


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    for verb, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if verb == "equal":
            yield Piece("same", "".join(before[a:b]))
        else:
            yield Piece("old", "".join(before[a:b]))
            yield Piece("new", "".join(after[c:d]))
