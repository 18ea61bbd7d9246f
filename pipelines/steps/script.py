"""A translation is written in its language's own script."""

from functools import lru_cache
from typing import ClassVar

import regex
from pydantic import Field

from core.told import told
from pipelines.records import Draft, Found
from pipelines.steps import Check
from pipelines.steps._texts import TOGETHER, pairs, short, words_only

WORD = regex.compile(r"\p{Latin}+|(?:(?!\p{Latin})[\p{L}\p{M}])+")
TEX = regex.compile(r"\\[A-Za-z]+")
LETTER = regex.compile(r"(?!\p{Script=Zyyy}|\p{Script=Zinh})\p{L}")


class Script(Check):
    """In every text most letters are of the target language's script; placeholders, addresses and kept names do not count."""

    name: ClassVar[str] = "script"
    label: ClassVar[str] = "Right script"
    version: ClassVar[str] = "2"

    share: float = Field(0.8, ge=0, le=1)
    """So many of the letters, at least, are of the script."""
    few: int = Field(5, ge=0)
    """Of texts up to so many letters it cannot tell: they may be abbreviations."""
    sure: int = Field(20, ge=0)
    """A shorter text, or one of half and half, may hold a name: people look at it, and it is not made anew."""

    def examine(self, draft: Draft) -> Found:
        expected = self.languages(draft)[1].script
        counted = [(_letters(source, target), target) for source, target in pairs(draft)]
        counted = [(letters, target) for letters, target in counted if len(letters) > self.few]
        if not counted:
            return self.found("abstain", told("There are too few letters to tell."))
        worst, letters, text = min((_share(letters, expected), letters, text) for letters, text in counted)
        if worst >= self.share:
            return self.found("ok", value=round(worst, 3))
        said = told(
            "“{text}” is not written in the language's script ({worst:.0%} of its letters are).",
            text=short(text), worst=worst,
        )
        wrong = worst < self.share / 2 and len(letters) >= self.sure
        return self.found("fail" if wrong else "warn", said, round(worst, 3))


def _letters(source: str, target: str) -> str:
    """The letters that tell: not those of a name that stands in the source and is left as it is."""
    names = {word for word in WORD.findall(source) if word[0].isupper()}
    # Latin letters by themselves: endings are written to a name without a space. A single one is a variable or an option.
    words = (word for word in WORD.findall(TEX.sub(" ", words_only(target))) if word not in names and len(word) > 1)
    return "".join(letter for word in words for letter in LETTER.findall(word))


def _share(letters: str, script: str) -> float:
    return len(_of_script(script).findall(letters)) / len(letters)


@lru_cache
def _of_script(script: str) -> regex.Pattern[str]:
    names = TOGETHER.get(script, (script,))
    return regex.compile("[" + "".join(rf"\p{{Script={name}}}" for name in names) + "]")
