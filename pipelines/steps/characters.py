"""Characters that should not be there: broken, invisible, of another script inside a word, or never used by the language."""

from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar
from unicodedata import is_normalized, normalize

import regex

from core.languages import Language
from core.told import told
from pipelines.records import Draft, Found
from pipelines.steps import Check
from pipelines.steps._languages import known
from pipelines.steps._texts import pairs, words_only

BROKEN = regex.compile(r"[\uFFFD\p{Co}\p{Cn}\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]")
EMBED, ISOLATE = "\u202a\u202b\u202d\u202e", "\u2066\u2067\u2068"
BIDI = regex.compile(rf"[{EMBED}{ISOLATE}\u202c\u2069]")
INVISIBLE = regex.compile(r"[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180E\u200B-\u200F\u2060-\u2064\u3164\uFEFF\uFFA0]")
# A joiner in an emoji, and a word break where a script has no spaces, are there for a reason.
EMOJI = regex.compile(r"(?<=\p{Extended_Pictographic}[\uFE0F\U0001F3FB-\U0001F3FF]?)\u200D(?=\p{Extended_Pictographic})")
JOINERS = frozenset(
    ["Arab", "Deva", "Beng", "Mymr", "Sinh", "Guru", "Gujr", "Orya", "Taml", "Telu", "Knda", "Mlym", "Khmr", "Mong", "Syrc"]
)
LOOK_ALIKE = regex.compile(
    r"\p{Latin}\p{M}*[\p{Cyrillic}\p{Greek}]|[\p{Cyrillic}\p{Greek}]\p{M}*\p{Latin}|\p{Cyrillic}\p{M}*\p{Greek}|\p{Greek}\p{M}*\p{Cyrillic}"
)
GREEK = regex.compile(r"\p{Greek}")
WORD = regex.compile(r"[\p{L}\p{M}]+")
# Symbols of quantity are one Greek letter before or after one or two Latin ones: μm, kΩ.
QUANTITY = 3
QUOTES = regex.compile(r"[\"'«»‹›“”„‘’‚‟「」『』《》〈〉]")


class Characters(Check):
    """No broken or invisible characters, unpaired direction marks, mixed scripts in a word, or characters the language never uses.

    What the source has too is not held against the translation, and nothing is ever removed.
    """

    name: ClassVar[str] = "characters"
    label: ClassVar[str] = "Characters"

    quotes: bool = False
    """Whether quotation marks of other languages are flagged, where the language's own are known."""

    def examine(self, draft: Draft) -> Found:
        language = self.languages(draft)[1]
        noted = ""
        for source, target in pairs(draft):
            if target.isascii() and not BROKEN.search(target) and not self.quotes:
                continue
            if said := next(_broken(source, target), ""):
                return self.found("fail", said)
            if said := next(self._doubtful(source, target, language), ""):
                return self.found("warn", said)
            if not is_normalized("NFC", target):
                noted = told("The text is not in Unicode form NFC; it looks the same.")  # many keyboards order marks so
        return self.found("ok", noted)

    def _doubtful(self, source: str, target: str, language: Language) -> Iterator[str]:
        if BIDI.search(target) and (said := _unpaired(target)):
            yield said
        if odd := _new(_invisible(target, language), source):
            yield told("There are characters that cannot be seen: {odd}.", odd=_codes(odd))
        if word := _mixed(source, target, language):
            yield told("“{word}” mixes letters of different scripts.", word=word)
        for what, pattern in _forbidden(language.tag):
            if odd := _new(pattern.findall(target), source):
                yield told("The language does not use {what}: {odd}.", what=what, odd=_codes(odd))
        if composed := _decomposed(source, target):
            yield told(
                "“{composed}” is written with separate marks where there are letters with them (it is not in Unicode form NFC).",
                composed=composed,
            )
        if self.quotes and (own := known(language.tag).quotes) and (odd := [q for q in QUOTES.findall(target) if q not in own]):
            yield told("The language does not use these quotation marks: {marks}.", marks=" ".join(dict.fromkeys(odd)))


def _broken(source: str, target: str) -> Iterator[str]:
    if odd := _new(BROKEN.findall(target), source):
        yield told("There are broken characters: {odd}.", odd=_codes(odd))


def _new(found: list[str], source: str) -> list[str]:
    """Without those that the source has."""
    return [one for one in found if one not in source]


def _codes(found: list[str]) -> str:
    return ", ".join(f"U+{ord(one):04X}" for one in sorted(set(found))[:5])


def _unpaired(text: str) -> str:
    """What is wrong with the controls of direction; each must end in the paragraph it begins in (UAX #9)."""
    for paragraph in text.split("\n"):
        opened: list[str] = []
        for control in BIDI.findall(paragraph):
            if control in EMBED or control in ISOLATE:
                opened.append("\u202c" if control in EMBED else "\u2069")
            elif not opened or opened.pop() != control:
                return told("A control of direction ends that did not begin: {control}.", control=_codes([control]))
        if opened:
            return told("A control of direction begins and does not end.")
    return ""


def _invisible(text: str, language: Language) -> list[str]:
    found = INVISIBLE.findall(text)
    if not found:
        return []
    allowed = ""
    if language.script in JOINERS or not language.spaced:
        allowed += "\u200b\u200c\u200d"
    if language.direction == "rtl":
        allowed += "\u200e\u200f\u061c"
    return [one for one in INVISIBLE.findall(EMOJI.sub("", text)) if one not in allowed]


def _mixed(source: str, target: str, language: Language) -> str:
    """A word of letters that look alike and are of different scripts, or with a foreign letter between two of its own."""
    patterns = (LOOK_ALIKE, _inside(language.script)) if language.spaced else (LOOK_ALIKE,)
    if not any(pattern.search(target) for pattern in patterns):
        return ""
    words = (word for word in WORD.findall(words_only(target)) if word not in source and not (len(word) <= QUANTITY and GREEK.search(word)))
    return next((word for word in words if any(pattern.search(word) for pattern in patterns)), "")


@lru_cache
def _inside(script: str) -> regex.Pattern[str]:
    return regex.compile(rf"\p{{{script}}}\p{{M}}*(?:(?!\p{{{script}}}|\p{{Zyyy}}|\p{{Zinh}})\p{{L}}\p{{M}}*)+\p{{{script}}}")


@lru_cache
def _forbidden(tag: str) -> list[tuple[str, regex.Pattern[str]]]:
    return [(what, regex.compile(f"[{characters}]")) for what, characters in known(tag).forbidden.items()]


def _decomposed(source: str, target: str) -> str:
    """The first word that NFC makes shorter: its marks have a letter of their own. Other differences are only in the order of marks."""
    if is_normalized("NFC", target) or len(normalize("NFC", target)) >= len(target):
        return ""
    return next((w for w in target.split() if len(normalize("NFC", w)) < len(w) and w not in source), "")

