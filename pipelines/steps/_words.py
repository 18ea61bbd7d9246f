"""Numbers that are said in words: whether a text may say a number, by the words of its language's file."""

from decimal import Decimal
from functools import lru_cache

import regex

from core.languages import language
from pipelines.steps._languages import known
from pipelines.steps._texts import plain

LARGEST = 9999
NUMERALS = "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI"
ROMAN = dict(enumerate(NUMERALS.split(), 1))  # noqa: SIM905


def says(text: str, value: Decimal, tag: str) -> bool:
    """Whether a text has the words of which a whole number up to 9999 is said: of 84 those of 80 and 4, of 2004 those of 1000, 2 and 4.

    Order and number of the words are not looked at, so it may find a number that is not there, and it finds hardly any that
    a language says in one word of its own, unless its file lists it.
    """
    tag = tag.split("-")[0]
    if value != int(value) or not 0 < value <= LARGEST or not known(tag).numbers:
        return False
    if value > 1 and ROMAN.get(int(value), "-") in text.replace(",", " ").replace(".", " ").split():
        return True
    there = _said(text, tag)
    return int(value) in there or all(part in there for part in _parts(int(value)))


def counts(tag: str) -> bool:
    """Whether the language's words for numbers are known."""
    return bool(known(tag.split("-")[0]).numbers)


def _parts(value: int) -> set[int]:
    thousands, hundreds, rest = value // 1000, value % 1000 // 100, value % 100
    parts = {1000} if thousands else set()
    parts |= {thousands} if thousands > 1 else set()
    parts |= {100} if hundreds else set()
    parts |= {hundreds} if hundreds > 1 else set()
    return parts | ({rest} if 0 < rest <= 10 else {rest - rest % 10, rest % 10} - {0})


@lru_cache(maxsize=256)
def _said(text: str, tag: str) -> frozenset[int]:
    said = plain(text)
    return frozenset(number for number, pattern in _patterns(tag).items() if pattern.search(said))


@lru_cache
def _patterns(tag: str) -> dict[int, regex.Pattern[str]]:
    spaced = language(tag).spaced and tag != "ko"
    return {number: regex.compile("|".join(_pattern(word, spaced) for word in words)) for number, words in known(tag).numbers.items()}


def _pattern(word: str, spaced: bool) -> str:
    inner = regex.escape(plain(word.strip("-")))
    if not spaced:
        return inner
    before = "" if word.startswith("-") else r"(?<![\p{L}\p{M}])"
    return before + inner + ("" if word.endswith("-") else r"(?![\p{L}\p{M}])")
