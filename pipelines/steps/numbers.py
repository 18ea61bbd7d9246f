"""The numbers of the source are in the translation, whatever its digits and separators."""

from collections.abc import Callable
from decimal import Decimal
from typing import ClassVar

import regex

from core.told import told
from pipelines.records import Draft, Found
from pipelines.steps import Check
from pipelines.steps._numbers import Number, numbers
from pipelines.steps._texts import pairs, words_only
from pipelines.steps._words import says

# What is often written as a word, in one language and not in the other.
SPELLED_OUT = 12
# Languages that count in other steps than thousand and million: 15 million is 1500 ten-thousands or 150 lakhs.
OTHER_STEPS = frozenset(
    ["zh", "ja", "ko", "th", "my", "km", "lo", "hi", "ur", "bn", "ne", "mr", "gu", "pa", "ta", "te", "kn", "ml", "si"]
)
SCALE = regex.compile(r"\b(?:hundreds?|thousands?|millions?|billions?|trillions?|[kmb]n?)\b|(?<=\d)(?:k|m|bn?)\b", regex.I)

SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
# The words for these steps, as they stand after a number: 8万 is 80,000.
STEPS = {
    10**2: "百 백 ร้อย ရာ सौ سو শ శ", 10**3: "千 천 พัน ထောင် हज़ार हजार ہزار ھزار হাজার వేల",
    10**4: "万 萬 만 หมื่น သောင်း", 10**5: "แสน သိန်း लाख لاکھ লাখ লক্ষ లక్ష", 10**6: "百万 ล้าน သန်း",
    10**7: "ကုဋေ करोड़ کروڑ কোটি కోటి", 10**8: "億 亿 억",
}  # fmt: skip
# What is added to an hour: others count to 24; in Swahili and Amharic the day begins at six.
HOURS = {"sw": (12, 6, -6), "am": (12, 6, -6)}
CLOCK = regex.compile(r"(?<![a-z])[ap]\.?m\b", regex.I)


class Numbers(Check):
    """The same numbers in source and translation; the digits and separators are each language's own.

    A number that stands twice may stand once; one that is said in words, as far as the language's words are known, is there too.
    """

    name: ClassVar[str] = "numbers"
    label: ClassVar[str] = "Numbers kept"
    version: ClassVar[str] = "2"

    def examine(self, draft: Draft) -> Found:
        source, target = self.languages(draft)
        doubts = []
        for mine, theirs in pairs(draft):
            said, lost, added = self._different(mine, theirs, source.tag, target.tag)
            doubts += said
            if not (lost or added):
                continue
            sentence = _sentence(lost, added)
            if lost and not _may_be_said_otherwise(lost, added, mine, target.tag):
                return self.found("fail", sentence)
            doubts.append(sentence)
        return self.found("warn", doubts[0]) if doubts else self.found("ok")

    @staticmethod
    def _different(mine: str, theirs: str, source: str, target: str) -> tuple[list[str], list[Number], list[Number]]:
        """What is doubtful, lost and added; formulas have a check of their own, but may have become text, or the other way round."""
        said, lost, added = _compared(numbers(words_only(mine), source), numbers(words_only(theirs), target))
        if (lost or added) and (words_only(mine) != mine or words_only(theirs) != theirs):
            again, still_lost, still_added = _compared(numbers(mine, source), numbers(theirs, target))
            if not (still_lost or still_added):
                return again, [], []
        if not (lost or added):
            return said, [], []
        lost, added = _shifted(lost, added, mine, theirs, target.split("-")[0])
        lost = [one for one in lost if not says(theirs, one.value, target)]
        added = [one for one in added if not says(mine, one.value, source)]
        if not added:
            there = {one.value for one in numbers(theirs, target)}
            lost = [one for one in lost if one.value not in there]
        return said, lost, added


def _shifted(
    lost: list[Number], added: list[Number], mine: str, theirs: str, language: str
) -> tuple[list[Number], list[Number]]:
    """Without numbers that the other language counts otherwise: hours, and thousands or lakhs that are said by a word."""
    hours = HOURS.get(language, (12,)) if CLOCK.search(mine) else ()
    scales = [1, *(scale for word, scale in SCALES.items() if word in mine.lower())]
    steps = [1]
    if language in OTHER_STEPS:
        steps += [step for step, words in STEPS.items() if any(word in theirs for word in words.split())]

    def same(one: Number, other: Number) -> bool:
        if one.value <= 12 and any(one.value + shift == other.value for shift in hours):
            return True
        return any(one.value * scale == other.value * step for scale in scales for step in steps)

    return _without(lost, added, same)


def _compared(source: list[Number], target: list[Number]) -> tuple[list[str], list[Number], list[Number]]:
    """What is doubtful, what is lost and what is added: first by the languages' own readings, then by any."""
    lost, target = _without(source, target, lambda one, other: one.value == other.value)
    still, added = _without(lost, target, lambda one, other: bool(_readings(one) & _readings(other)))
    doubtful = [one for one in lost if one not in still]
    said = [told("{text} may be read as another number in the translation's language.", text=one.text) for one in doubtful]
    return said, still, added


def _without(
    ours: list[Number], theirs: list[Number], same: Callable[[Number, Number], bool]
) -> tuple[list[Number], list[Number]]:
    """Both lists without what is in both, each taken once."""
    left, others = [], list(theirs)
    for one in ours:
        match = next((other for other in others if same(one, other)), None)
        if match is None:
            left.append(one)
        else:
            others.remove(match)
    return left, others


def _readings(number: Number) -> set[Decimal]:
    return {number.value, number.elsewhere}


def _may_be_said_otherwise(lost: list[Number], added: list[Number], source: str, tag: str) -> bool:
    """Whether the lost numbers may stand in words, or in other steps of counting: people must look, machines cannot tell."""
    if tag.split("-")[0] in OTHER_STEPS and SCALE.search(source):
        return True
    return not added and all(one.value <= SPELLED_OUT and one.value == int(one.value) for one in lost)


def _sentence(lost: list[Number], added: list[Number]) -> str:
    gone, new = (", ".join(one.text for one in found) for found in (lost, added))
    if lost and added:
        return told("{gone} of the source became {new}.", gone=gone, new=new)
    if lost:
        return told("{what} of the source is missing.", what=gone)
    return told("{new} is not in the source with digits.", new=new)
