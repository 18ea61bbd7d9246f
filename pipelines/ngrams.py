"""Counting the n-grams that two texts share, for many pairs of texts at once: one sorted row of integers instead of a Counter a text.

A number holds its pair, then the units (characters or words) of an n-gram of the highest order, then which of the two texts it
is from. Sorted, equal n-grams stand together, and so do equal n-grams of every lower order: they are the numbers' beginnings.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
BITS = 63
"""What a signed 64-bit number has room for."""


class TooVaried(Exception):
    """There are more different units than a number has room for: these texts are to be counted in another way."""


@dataclass(frozen=True)
class Shared:
    """For each pair, of one order: how many n-grams the first text has, how many the second, and how many they share (clipped)."""

    first: Ints
    second: Ints
    both: Ints


def of_characters(firsts: Sequence[str], seconds: Sequence[str], order: int) -> list[Shared]:
    """Shared character n-grams of each pair, of orders 1 to ``order``."""
    texts = [*firsts, *seconds]
    lengths = np.array([len(text) for text in texts], np.int64)
    if any("\0" in text for text in texts):
        raise TooVaried  # it marks the end of a text here; no text from the database has it
    row = np.frombuffer("\0".join([*texts, ""]).encode("utf-32-le", "surrogatepass"), np.uint32)
    there = np.zeros(int(row.max(initial=0)) + 1, bool)
    there[row] = True
    return _shared((np.cumsum(there) - 1)[row], lengths, order)


def of_words(firsts: Sequence[list[str]], seconds: Sequence[list[str]], order: int) -> list[Shared]:
    """Shared word n-grams of each pair, of orders 1 to ``order``."""
    row: list[int] = []
    known = [defaultdict(count(1).__next__) for _ in firsts]  # a word's number in its pair
    for texts in (firsts, seconds):
        for number, words in zip(known, texts, strict=True):
            row.extend(map(number.__getitem__, words))
            row.append(0)
    lengths = np.array([len(words) for texts in (firsts, seconds) for words in texts], np.int64)
    return _shared(np.array(row, np.int64), lengths, order)


def _shared(row: Ints, lengths: Ints, order: int) -> list[Shared]:
    """``row`` has all units of all texts, numbered from 1, and a 0 after each text: the first texts, then the second ones."""
    pairs, width = len(lengths) // 2, int(row.max(initial=0)).bit_length() or 1
    if pairs.bit_length() + width * order + 1 > BITS:
        raise TooVaried
    keys = _sorted_keys(row, lengths, order, width)
    found = []
    for n in range(1, order + 1):
        beginnings = keys >> (1 + width * (order - n))
        whole = (beginnings & ((1 << width) - 1)) != 0  # the others run over the end of their text, and so do longer ones
        keys, beginnings = keys[whole], beginnings[whole]
        counts = np.maximum(lengths - n + 1, 0)
        found.append(Shared(counts[:pairs], counts[pairs:], _both(beginnings, keys & 1, beginnings >> (width * n), pairs)))
    return found


def _sorted_keys(row: Ints, lengths: Ints, order: int, width: int) -> Ints:
    pairs = len(lengths) // 2
    text = np.repeat(np.arange(len(lengths)), lengths + 1)
    keys = text % max(pairs, 1)
    padded = np.concatenate([row, np.zeros(order, np.int64)])
    for place in range(order):
        keys = (keys << width) | padded[place : place + len(row)]
    keys = (keys << 1) | (text >= pairs)
    keys.sort()
    return keys


def _both(grams: Ints, second: Ints, pair: Ints, pairs: int) -> Ints:
    """For each pair the sum over its n-grams of how often both texts have it; equal n-grams stand together in ``grams``."""
    if not len(grams):
        return np.zeros(pairs, np.int64)
    begins = np.flatnonzero(np.concatenate([[True], grams[1:] != grams[:-1]]))
    seconds = np.add.reduceat(second, begins)
    runs = np.diff(begins, append=len(grams))
    both = np.minimum(seconds, runs - seconds)
    return np.bincount(pair[begins], weights=both, minlength=pairs).astype(np.int64)
