"""Faults put into good translations, one a draft: what a check ought to find."""

import random
import unicodedata
from collections.abc import Callable
from dataclasses import replace

import regex

from core.languages import language
from pipelines.records import Draft
from pipelines.steps._texts import regions
from pipelines.steps.negation import cues

NUMBER = regex.compile(r"\p{Nd}+")


def with_text(draft: Draft, text: str) -> Draft:
    return replace(draft, content={"text": text})


def another_number(draft: Draft, chance: random.Random) -> Draft | None:
    """One of the numbers is another one of as many digits; those in formulas are another check's."""
    target = draft.content["text"]
    found = [one for one in NUMBER.finditer(target) if not any(one[0] in region for region in regions(target))]
    if not found or not NUMBER.search(draft.source["text"]):
        return None
    one = chance.choice(found)
    last = one[0][-1]
    zero = chr(ord(last) - unicodedata.decimal(last))
    other = chr(ord(zero) + (unicodedata.decimal(last) + chance.randint(1, 8)) % 10)
    return with_text(draft, target[: one.end() - 1] + other + target[one.end() :])


def lost_formula(draft: Draft, chance: random.Random) -> Draft | None:
    """The longest formula is gone."""
    found = [one for one in regions(draft.content["text"]) if len(one) > 8]
    return with_text(draft, draft.content["text"].replace(max(found, key=len), "")) if found else None


def stuck(draft: Draft, chance: random.Random) -> Draft | None:
    """The end is said six times."""
    target = draft.content["text"].rstrip(" .?!。？၊။")
    spaced = language(draft.target_language).spaced
    end = " " + " ".join(target.split()[-2:]) if spaced else target[-6:]
    return with_text(draft, target + end * 5) if len(target) > 20 else None


def cut_off(draft: Draft, chance: random.Random) -> Draft | None:
    """Only the first quarter is there."""
    return with_text(draft, draft.content["text"][: len(draft.content["text"]) // 4]) if len(draft.source["text"]) > 60 else None


def not_translated(draft: Draft, chance: random.Random) -> Draft | None:
    """It is the source."""
    return with_text(draft, draft.source["text"]) if len(draft.source["text"].split()) > 6 else None


def broken_character(draft: Draft, chance: random.Random) -> Draft | None:
    """A letter was lost in an encoding."""
    target = draft.content["text"]
    at = chance.randrange(len(target)) if target else 0
    return with_text(draft, target[:at] + "\ufffd" + target[at + 1 :])


def lost_negation(draft: Draft, chance: random.Random) -> Draft | None:
    """The source says no: “It is not so that …” before a sentence that does not."""
    mine = cues(draft.source_language)
    if mine is None or cues(draft.target_language) is None or mine.may_say_no(draft.source["text"]):
        return None
    return replace(draft, source={"text": f"It is not so: {draft.source['text']}"})


def another_unit(draft: Draft, chance: random.Random) -> Draft | None:
    """The source has a unit that the translation has not: each dollar is a euro."""
    source = draft.source["text"]
    return replace(draft, source={"text": source.replace("$", "€")}) if regex.search(r"\$\d", source) and "\\" not in source else None


PLANTED: dict[str, Callable[[Draft, random.Random], Draft | None]] = {
    "numbers": another_number,
    "protected": lost_formula,
    "repeated": stuck,
    "length": cut_off,
    "unchanged": not_translated,
    "language_id": not_translated,
    "characters": broken_character,
    "negation": lost_negation,
    "units": another_unit,
}
