"""How texts are compared when somebody searches: without case, width, composition or invisible characters. Stored texts stay as they are."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

GRAM = 3
LONGEST = 200
MOST_TERMS = 10
# A phrase in quotation marks, or a word. A mark without its twin is a character like any other.
TERM = re.compile(r'"([^"]*[^"\s][^"]*)"(?=\s|$)|(\S+)')
# What directs, joins, parts or varies what is seen and is not seen itself: with and without it a word is the same word.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0001\U000e0020-\U000e007f\U000e0100-\U000e01ef]"
)
# The second and third letters of a Korean syllable: no marks, and yet they join what stands before them.
JOINING = range(0x1160, 0x1200)


def fold(text: str) -> str:
    """A text as it is compared: compatibility forms, composed, without case and invisible characters, one space for any."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).casefold()
    return " ".join(unicodedata.normalize("NFKC", plain).split())


def terms(asked: str) -> list[str]:
    """What is to be found, folded: each word, and each phrase in quotation marks as a whole."""
    found = (fold(phrase or word) for phrase, word in TERM.findall(asked))
    return list(dict.fromkeys(one for one in found if one))


def grams(folded: str) -> set[str]:
    """Every stretch of three characters, and the two shorter ones at the end, so that each character begins one."""
    return {folded[at : at + GRAM] for at in range(len(folded))}


def leaves(content: Any) -> Iterator[str]:
    """Every text in a record, in order; names of fields do not count."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict | list):
        for one in content.values() if isinstance(content, dict) else content:
            yield from leaves(one)


def places(text: str, wanted: Sequence[str]) -> list[tuple[int, int]]:
    """Where folded terms stand in a text as it was written: stretches of it, in order, none touching another."""
    folded, origin = _traced(text)
    found = sorted(one for term in wanted for one in _occurrences(folded, term))
    joined: list[tuple[int, int]] = []
    for first, end in ((origin[first][0], origin[end - 1][1]) for first, end in found):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((first, end))
    return joined


def _occurrences(folded: str, term: str) -> Iterator[tuple[int, int]]:
    at = folded.find(term)
    while at >= 0:
        yield at, at + len(term)
        at = folded.find(term, at + len(term))


def _traced(text: str) -> tuple[str, list[tuple[int, int]]]:
    """A text folded, and for each character of that the stretch of the text it comes from."""
    folded: list[str] = []
    origin: list[tuple[int, int]] = []
    for first, end in _clusters(text):
        piece = text[first:end]
        plain = " " if piece.isspace() else fold(piece)
        if plain == " " and folded[-1:] == [" "]:
            origin[-1] = (origin[-1][0], end)
            continue
        folded += plain
        origin += [(first, end)] * len(plain)
    return "".join(folded), origin


def _clusters(text: str) -> Iterable[tuple[int, int]]:
    """A text in pieces none of which changes another when they are folded: a character with the marks that follow it."""
    first = 0
    for at in range(1, len(text)):
        if not _joins(text[at]):
            yield first, at
            first = at
    if text:
        yield first, len(text)


def _joins(character: str) -> bool:
    """Whether a character may become one with what stands before it."""
    if character.isascii():
        return False
    return unicodedata.category(character)[0] == "M" or ord(character) in JOINING or INVISIBLE.match(character) is not None
