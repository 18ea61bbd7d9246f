"""Which of a glossary's terms occur in a text: the longest at each place, whole words, capitals or not."""

from collections import defaultdict
from functools import lru_cache

import regex

from core.languages import Language
from pipelines.records import Term

WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]")
# Where words have no spaces between them every letter begins and ends one, with all the marks on it.
LETTER = regex.compile(r"\p{Latin}[\p{Latin}\p{M}]*|\p{N}+|\X\p{M}*")
Words = tuple[str, ...]


class Glossary:
    """The terms of one language, ready to be looked up in texts of the source language; the cost goes with the text's length alone."""

    def __init__(self, terms: tuple[Term, ...], source: Language) -> None:
        self._word = WORD if source.spaced else LETTER
        self._terms: dict[Words, list[tuple[Words, Term]]] = defaultdict(list)
        lengths: dict[str, set[int]] = defaultdict(set)
        for term in terms:
            if words := self._words(term.source):
                folded = _folded(words)
                self._terms[folded].append((words, term))
                lengths[folded[0]].add(len(folded))
        self._lengths = {word: sorted(found, reverse=True) for word, found in lengths.items()}

    def find(self, text: str) -> list[Term]:
        """The terms that occur in a text, each once, in order of their first place."""
        words, found, at = self._words(text), {}, 0
        folded = _folded(words)
        while at < len(words):
            term, length = self._at(words, folded, at)
            if term:
                found[term.source] = term
            at += length
        return list(found.values())

    def _at(self, words: Words, folded: Words, at: int) -> tuple[Term | None, int]:
        for length in self._lengths.get(folded[at], ()):
            there = words[at : at + length]
            fitting = [one for one in self._terms.get(folded[at : at + length], ()) if _as_meant(one[0], there)]
            if fitting:  # of two that differ in capitals only, the one that is written so
                return max(fitting, key=lambda one: one[0] == there)[1], length
        return None, 1

    def _words(self, text: str) -> Words:
        return tuple(word for word in self._word.findall(text) if not word.isspace())


# A glossary hardly changes from one chunk of a run to the next.
@lru_cache(maxsize=16)
def glossary(terms: tuple[Term, ...], source: Language) -> Glossary:
    """The glossary of these terms, made once."""
    return Glossary(terms, source)


def _folded(words: Words) -> Words:
    return tuple(word.casefold() for word in words)


def _as_meant(term: Words, words: Words) -> bool:
    """Whether what is written in capitals only is so in the text: US is not us."""
    return all(mine == word for mine, word in zip(term, words, strict=True) if len(mine) > 1 and mine.isupper())
