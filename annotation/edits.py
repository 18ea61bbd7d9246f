"""How far apart two versions of a text are: Levenshtein distance in graphemes, and chrF++."""

import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import NamedTuple

import regex
from sacrebleu.metrics import CHRF

# What a reader counts as one letter: a grapheme cluster with every mark that follows (Unicode lets some Burmese vowel
# signs stand alone). Code points would make an edit in Burmese three times as large as the same edit in Swahili.
GRAPHEME = regex.compile(r"\X\p{M}*")
DISTANCE_SIGNATURE = "levenshtein|unit:grapheme|by:longer_text|norm:nfc"


class Edit(NamedTuple):
    """What was changed in a text: single-grapheme edits, the same as a share of the longer text (0 to 1), and chrF++ (0 to 100)."""

    distance: int
    share: float
    chrf: float


# Texts never change, so the same two give the same answer; one page and its tables ask several times in a row.
@lru_cache(maxsize=1 << 15)
def compare(before: str, after: str) -> Edit:
    """The edit that leads from one text to the other; both in NFC, for no reader sees the difference."""
    old, new = (GRAPHEME.findall(unicodedata.normalize("NFC", text)) for text in (before, after))
    apart = distance(old, new)
    return Edit(apart, apart / max(len(old), len(new), 1), chrf(before, after)[0])


def distance(old: Sequence[Hashable], new: Sequence[Hashable]) -> int:
    """Levenshtein distance: fewest insertions, deletions and replacements.

    A column of the table at a time, its steps up and down as the bits of one integer: Myers 1999 as simplified by Hyyrö
    2003. Forty times faster in Python than cell by cell, and exact for texts of any length.
    """
    if not old or not new:
        return len(old) or len(new)
    places: dict[Hashable, int] = defaultdict(int)
    for place, one in enumerate(old):
        places[one] |= 1 << place
    whole, last = (1 << len(old)) - 1, 1 << (len(old) - 1)
    up, down, apart = whole, 0, len(old)  # where a cell is one more, or one less, than the cell above it
    for one in new:
        match = places.get(one, 0)
        same = (((match & up) + up) ^ up) | match | down
        right_up, right_down = down | ~(same | up), up & same
        apart += 1 if right_up & last else -1 if right_down & last else 0
        right_up = right_up << 1 | 1
        up, down = (right_down << 1 | ~(same | right_up)) & whole, right_up & same & whole
    return apart


def chrf(hypothesis: str, reference: str) -> tuple[float, str]:
    """sacreBLEU's sentence chrF++ from 0 to 100, rounded to two decimals, and its signature."""
    metric = _chrf()
    # The same letters in another Unicode form would score 0.
    mine, theirs = (unicodedata.normalize("NFC", " ".join(text.split("\n"))) for text in (hypothesis, reference))
    return round(metric.sentence_score(mine, [theirs]).score, 2), f"{metric.get_signature()}|norm:nfc"


@lru_cache
def _chrf() -> CHRF:
    return CHRF(word_order=2)
