"""A machine that got stuck: the same words again and again, where the source does not repeat itself."""

from collections import Counter
from typing import ClassVar

import regex
from pydantic import Field

from core.told import told
from pipelines.records import Draft, Found
from pipelines.steps import Check
from pipelines.steps._languages import known
from pipelines.steps._texts import SIGNS, pairs, short, without_placeholders

WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+(?:['’-][\p{L}\p{M}\p{Nd}]+)*|[.!?…။۔।。！？,;:،؛、，]")
# Where no spaces say what a word is: by characters.
LOOP = regex.compile(r"([^\n]{3,60}?)\1{3,}")
TWICE = regex.compile(r"([\p{L}\p{M}]{12,60})\s*\1")
LETTER = regex.compile(r"\p{L}")
LONGEST = 12
# Letters of a run of words that is no idiom: “moja kwa” of “moja kwa moja kwa” has fewer.
SHORTEST = 8


class Repeated(Check):
    """No word or run of words stands twice or more in a row, unless the source repeats itself too or the language doubles words."""

    name: ClassVar[str] = "repeated"
    label: ClassVar[str] = "Not repeated"

    loop: int = Field(4, ge=3)
    """So many times in a row is a machine that is stuck: the draft is made anew. Fewer are for people to look at."""

    def examine(self, draft: Draft) -> Found:
        spaced = self.languages(draft)[1].spaced
        doubled = known(draft.target_language).doubled
        for source, target in pairs(draft):
            phrase, times = _repeats(_form(target), doubled) if spaced else _runs_on(_form(target))
            # A list of addresses or a chorus repeats itself in the source: how that is put is no fault.
            if times < 2 or _repeats(_form(source), ())[1] > 1:
                continue
            said = told("“{phrase}” stands {times} times in a row.", phrase=short(phrase), times=times)
            return self.found("fail" if times >= self.loop else "warn", said, float(times))
        return self.found("ok")


def _repeats(text: str, doubled: tuple[str, ...] | None) -> tuple[str, int]:
    """The run of words that is repeated most often in a row, and how often; of single words, only what may not be doubled.

    ``doubled`` names words that may stand twice; None: any may.
    """
    words = WORD.findall(text.casefold())
    best, times = "", 1
    for n in range(1, min(LONGEST, len(words) // 2) + 1):
        same = 0  # how far the words go on as those n before them do
        for i in range(n, len(words)):
            same = same + 1 if words[i] == words[i - n] else 0
            if same >= n and same // n + 1 > times:
                run = words[i - n + 1 : i + 1]
                if _counts(run, same // n + 1, doubled):
                    best, times = " ".join(run), same // n + 1
    return best, times


def _counts(run: list[str], times: int, doubled: tuple[str, ...] | None) -> bool:
    """Whether a run of words that stands so often in a row counts: a short one may be an idiom, a letter a name."""
    stuck = times > 3
    if any(not one[0].isalpha() for one in run) and not (stuck and any(len(one) > 1 and one.isalpha() for one in run)):
        return False  # digits and marks are said again for good reasons
    if len(set(run)) > 1:
        return stuck or len("".join(run)) >= SHORTEST
    return stuck or (times == 2 and len(run) == 1 and len(run[0]) > 1 and doubled is not None and run[0] not in doubled)


def _form(text: str) -> str:
    """The text with a digit where a formula, a placeholder or an address is: the words around it do not stand in a row."""
    return text if SIGNS.isdisjoint(text) else without_placeholders(text, " 0 ")


def _runs_on(text: str) -> tuple[str, int]:
    # The expressions are slow: they are tried only where some few characters do come again so often.
    if _most(text, 3) > 3 and (match := LOOP.search(text)) and len(LETTER.findall(match[1])) > 1:
        return match[1], len(match[0]) // len(match[1])
    if _most(text, 12) > 1 and (match := TWICE.search(text)):
        return match[1], 2
    return "", 1


def _most(text: str, length: int) -> int:
    """How often the most frequent run of so many characters is in a text."""
    return max(Counter(text[i : i + length] for i in range(len(text) - length + 1)).values(), default=0)
