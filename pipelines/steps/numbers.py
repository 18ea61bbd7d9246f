"""The numbers of the source are in the translation, whatever its digits and separators."""

from collections.abc import Callable
from decimal import Decimal
from typing import ClassVar

import regex

from pipelines.records import Draft, Found
from pipelines.steps import Check
from pipelines.steps._numbers import Number, numbers
from pipelines.steps._texts import pairs, words_only

# What is often written as a word, in one language and not in the other.
SPELLED_OUT = 12
# Languages that count in other steps than thousand and million: 15 million is 1500 ten-thousands or 150 lakhs.
OTHER_STEPS = frozenset(
    ["zh", "ja", "ko", "th", "my", "km", "lo", "hi", "ur", "bn", "ne", "mr", "gu", "pa", "ta", "te", "kn", "ml", "si"]
)
SCALE = regex.compile(r"\b(?:hundreds?|thousands?|millions?|billions?|trillions?|[kmb]n?)\b|(?<=\d)(?:k|m|bn?)\b", regex.I)


class Numbers(Check):
    """The same numbers, as often, in source and translation; the digits and separators are each language's own."""

    name: ClassVar[str] = "numbers"
    label: ClassVar[str] = "Numbers kept"

    def examine(self, draft: Draft) -> Found:
        source, target = self.languages(draft)
        doubts = []
        for mine, theirs in pairs(draft):
            said, lost, added = _compared(_read(mine, source.tag), _read(theirs, target.tag))
            doubts += said
            if not (lost or added):
                continue
            sentence = _sentence(lost, added)
            if lost and not _may_be_said_otherwise(lost, added, mine, target.tag):
                return self.found("fail", sentence)
            doubts.append(sentence)
        return self.found("warn", doubts[0]) if doubts else self.found("ok")


def _read(text: str, tag: str) -> list[Number]:
    return numbers(words_only(text), tag)


def _compared(source: list[Number], target: list[Number]) -> tuple[list[str], list[Number], list[Number]]:
    """What is doubtful, what is lost and what is added: first by the languages' own readings, then by any."""
    lost, target = _without(source, target, lambda one, other: one.value == other.value)
    still, added = _without(lost, target, lambda one, other: bool(_readings(one) & _readings(other)))
    doubtful = [one for one in lost if one not in still]
    said = [f"{one.text} may be read as another number in the translation's language." for one in doubtful]
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
        return f"{gone} of the source became {new}."
    return f"{gone} of the source is missing." if lost else f"{new} is not in the source with digits."
