"""Which of a glossary's terms occur in a text: the longest at each place, whole words, capitals or not."""

from collections import defaultdict
from collections.abc import Iterable

import regex

from core.languages import Language
from pipelines.records import Term

WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]")
# Where words have no spaces between them every letter begins and ends one, with all the marks on it.
LETTER = regex.compile(r"\p{Latin}[\p{Latin}\p{M}]*|\p{N}+|\X\p{M}*")
Words = tuple[str, ...]


class Glossary:
    """The terms of one language, ready to be looked up in texts of the source language; the cost goes with the text's length alone."""

    def __init__(self, terms: Iterable[Term], source: Language) -> None:
        self._word = WORD if source.spaced else LETTER
        self._by_first: dict[str, list[tuple[Words, Term]]] = defaultdict(list)
        for term in terms:
            if words := self._words(term.source):
                self._by_first[words[0].casefold()].append((words, term))

    def find(self, text: str) -> list[Term]:
        """The terms that occur in a text, each once, in order of their first place."""
        words, found, at = self._words(text), {}, 0
        folded = [word.casefold() for word in words]
        while at < len(words):
            term, length = self._at(words, folded, at)
            if term:
                found[term.source] = term
            at += length
        return list(found.values())

    def _at(self, words: Words, folded: list[str], at: int) -> tuple[Term | None, int]:
        there = self._by_first.get(folded[at], ())
        fitting = [one for one in there if _same(one[0], words[at : at + len(one[0])])]
        if not fitting:
            return None, 1
        # The longest, and of two that differ in capitals only, the one that is written so.
        its, term = max(fitting, key=lambda one: (len(one[0]), one[0] == words[at : at + len(one[0])]))
        return term, len(its)

    def _words(self, text: str) -> Words:
        return tuple(word for word in self._word.findall(text) if not word.isspace())


def _same(term: Words, words: Words) -> bool:
    """The same words, whatever their capitals; but US is not us: what is written in capitals only is so in the text."""
    if len(term) != len(words):
        return False
    return all(
        mine == word if len(mine) > 1 and mine.isupper() else mine.casefold() == word.casefold()
        for mine, word in zip(term, words, strict=True)
    )
