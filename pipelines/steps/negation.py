"""A no that was lost, or that came from nowhere: the error that scores best and matters most."""

from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar
from unicodedata import normalize

import regex

from core.told import told
from pipelines.records import Draft, Found, texts
from pipelines.steps import Check
from pipelines.steps import _languages as languages
from pipelines.steps._texts import TOGETHER, pairs, short, words_only


class Cues:
    """How one language says no: what must have an answer in another language, and what may have one."""

    def __init__(self, lists: languages.Negation) -> None:
        self._strong = _either(lists.words, lists.parts, lists.pattern, lists.part_pattern)
        spaced = not lists.parts
        soft = (lists.soft, (), lists.soft_pattern, None) if spaced else ((), lists.soft, None, lists.soft_pattern)
        self._soft = _either(*soft)
        self._never = frozenset(lists.never)

    def says_no(self, text: str) -> bool:
        """Whether there is a negation that no language leaves unsaid."""
        return any(match[0] not in self._never for match in self._strong.finditer(_form(text)))

    def may_say_no(self, text: str) -> bool:
        """Whether there is anything that a translation may say with a negation."""
        return self.says_no(text) or bool(self._soft.search(_form(text)))


class Negation(Check):
    """Where the source says no, the translation and what comes back of it do too, and nowhere else; abstains without a list of cues."""

    name: ClassVar[str] = "negation"
    label: ClassVar[str] = "Negation kept"

    def examine(self, draft: Draft) -> Found:
        source, target = (one.tag for one in self.languages(draft))
        mine, theirs = cues(source), cues(target)
        if mine is None:
            return self.found("abstain", told("There is no list of the source language's negations."))
        # Cues are in the language's script; that a text is not is what the check of scripts says.
        written = _letters(self.languages(draft)[1].script)
        sides = [side for side in pairs(draft) if written.search(side[1])]
        if theirs and (said := _compared(sides, mine, theirs, told("the translation"))):
            return self.found("warn", said)
        if draft.back and (said := _compared(_back(draft), mine, mine, told("the back-translation"))):
            return self.found("warn", said)
        if theirs is None:
            return self.found("abstain", told("There is no list of the language's negations."))
        return self.found("ok")


def _back(draft: Draft) -> list[tuple[str, str]]:
    return list(zip(texts(draft.source), texts(draft.back or {}), strict=False))


def _compared(sides: list[tuple[str, str]], mine: Cues, theirs: Cues, what: str) -> str:
    """What is wrong with the first text in which only one side says no; empty when there is none."""
    for source, target in sides:
        source, target = words_only(source), words_only(target)
        if mine.says_no(source):
            if not theirs.may_say_no(target):
                return told("The source says no, {what} does not: “{source}”", what=what, source=short(source))
        elif theirs.says_no(target) and not mine.may_say_no(source):
            return told("The source does not say no, {what} does: “{target}”", what=what, target=short(target))
    return ""


@lru_cache
def cues(tag: str) -> Cues | None:
    """The cues of a language, whatever its country or script; None when there is no list."""
    lists = languages.known(tag).negation
    return Cues(lists) if lists else None


@lru_cache
def _letters(script: str) -> regex.Pattern[str]:
    """A letter of a script; any letter where a language is written in several at once."""
    return regex.compile(r"\p{L}" if script in TOGETHER else rf"\p{{Script={script}}}")


def _form(text: str) -> str:
    """As the cues are compared: without case, in NFC, since a letter such as য় is typed in two ways."""
    return normalize("NFC", text).casefold()


def _either(
    words: Sequence[str], parts: Sequence[str], pattern: str | None, part_pattern: str | None
) -> regex.Pattern[str]:
    """One expression for words as wholes, and for parts wherever they stand."""
    whole = [regex.escape(_form(word)) for word in words] + ([pattern] if pattern else [])
    inside = [regex.escape(_form(part)) for part in parts] + ([part_pattern] if part_pattern else [])
    edge = r"[\p{L}\p{M}\p{N}]"
    options = [rf"(?<!{edge})(?:{'|'.join(whole)})(?!{edge})"] if whole else []
    return regex.compile(normalize("NFC", "|".join(options + inside) or r"(?!)"))
