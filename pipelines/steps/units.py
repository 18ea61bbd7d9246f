"""The units and currencies of the source's numbers are in the translation: kilometres stay kilometres."""

from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar

import regex

from core.languages import language
from core.told import told
from pipelines.records import Draft, Found
from pipelines.steps import Check
from pipelines.steps._languages import known
from pipelines.steps._texts import pairs, short, words_only

# International symbols, by unit. They count in every language; letters only beside a number.
SYMBOLS = {
    "km": "km", "cm": "cm", "mm": "mm", "kg": "kg", "ml": "ml mL", "lb": "lb lbs", "celsius": "°C ℃", "fahrenheit": "°F ℉",
    "percent": "% ٪ ％ ﹪", "usd": "$ US$ USD ＄", "eur": "€ EUR", "gbp": "£ GBP ￡", "jpy": "¥ JPY ￥", "inr": "₹ INR Rs", "rub": "₽ RUB",
    "cny": "CNY RMB", "m": "m", "g": "g", "l": "l L", "t": "t", "mile": "mi", "ft": "ft", "inch": "in", "yd": "yd", "oz": "oz", "gal": "gal",
}  # fmt: skip
# Beside a number these letters may mean something else (5m is five million, 5 in the morning): only the names count.
DOUBTFUL = frozenset(["m", "g", "l", "t", "mile", "inch", "ft"])
WHAT = {
    "length": ("km", "m", "cm", "mm", "mile", "ft", "inch", "yd"),
    "weight": ("kg", "g", "t", "lb", "oz"),
    "temperature": ("celsius", "fahrenheit"),
    "volume": ("l", "ml", "gal"),
    "money": ("usd", "eur", "gbp", "jpy", "inr", "rub", "cny"),
    "share": ("percent",),
}
# A number between the delimiters of a formula, which are no dollars.
DIGITS = r"\p{Nd}[\p{Nd}.,٫٬]*+"
BARE = regex.compile(r"\$\s*(\p{Nd}[\p{Nd}.,٫٬ ]*(?:\\?%)?)\s*\$(?!\p{Nd})")
KIND = {unit: kind for kind, units in WHAT.items() for unit in units}


class Units(Check):
    """Every unit and currency that stands beside a number in the source is in the translation, by symbol or by name.

    Abstains on units whose names in the two languages are not known. Whether the number belongs to the unit is not claimed.
    """

    name: ClassVar[str] = "units"
    label: ClassVar[str] = "Units kept"

    def examine(self, draft: Draft) -> Found | None:
        mine, theirs = (tag.split("-")[0] for tag in (draft.source_language, draft.target_language))
        names = known(theirs).units
        seen = named = False
        for source, target in pairs(draft):
            for units, text in _beside_numbers(source, mine):
                seen = True
                if not all(unit in names for unit in units):
                    continue
                named = True
                if any(_mentions(theirs, unit).search(target) for unit in units):
                    continue
                if other := _other(units, target, theirs):
                    return self.found("fail", told(
                        "“{text}” of the source became {other}: “{target}”",
                        text=text, other=other, target=short(target),
                    ))
                return self.found("warn", told(
                    "The unit of “{text}” is not in the translation: “{target}”",
                    text=text, target=short(target),
                ))
        if not seen:
            return None
        return self.found("ok") if named else self.found("abstain", told("The names of the units in the language are not known."))


def _beside_numbers(text: str, tag: str) -> list[tuple[frozenset[str], str]]:
    """The units a text has beside its numbers, more than one where a name is of two (pounds), and how they stand there."""
    if not any(map(str.isdecimal, text)):
        return []
    text = BARE.sub(r" \1 ", words_only(text))
    names, found = _names(tag), []
    for match in _reader(tag).finditer(text):
        name = next(name for name in match.groups() if name)
        found.append((names[name.casefold()], " ".join(match[0].split())))
    return found


def _other(units: frozenset[str], target: str, tag: str) -> str:
    """What stands beside a number of the translation and is another unit of the same kind."""
    kinds = {KIND[unit] for unit in units}
    return next((said for there, said in _beside_numbers(target, tag) if kinds & {KIND[unit] for unit in there}), "")


@lru_cache
def _names(tag: str) -> dict[str, frozenset[str]]:
    """Every name and symbol of a language to the units it may mean."""
    found: dict[str, set[str]] = {}
    for unit, symbols in SYMBOLS.items():
        listed = () if unit in DOUBTFUL else tuple(symbols.split())
        for name in (*listed, *known(tag).units.get(unit, ())):
            found.setdefault(name.casefold(), set()).add(unit)
    return {name: frozenset(units) for name, units in found.items()}


@lru_cache
def _reader(tag: str) -> regex.Pattern[str]:
    """A number with a unit after it, or before it: symbols anywhere, names where the language puts them so. Plurals have endings."""
    names = sorted(_names(tag), key=len, reverse=True)
    signs = [name for name in names if not name[-1].isalpha() or name in ("usd", "eur", "gbp")]
    before = signs if tag == "en" else names
    gap, after = r"[\s\u00a0\\-]{0,3}", r"(?:\p{L}{0,2}\p{M}*)(?!\p{L})" if language(tag).spaced else ""
    return regex.compile(
        rf"{DIGITS}{gap}({_any(names)}){after}|(?<!\p{{L}})({_any(before)}){after}{gap}{DIGITS}", regex.IGNORECASE
    )


@lru_cache
def _mentions(tag: str, unit: str) -> regex.Pattern[str]:
    """The unit in any way, anywhere: a name may stand inside a longer word, but a very short one is a word."""
    letters = [one for one in SYMBOLS[unit].split() if one[-1].isalpha()]
    signs = [one for one in SYMBOLS[unit].split() if not one[-1].isalpha()]
    names = known(tag).units.get(unit, ())
    if language(tag).spaced:
        inside, alone = [n for n in names if len(n) > 3], [n for n in names if len(n) <= 3]
    else:
        inside, alone = list(names), []
    ways = [_any([*signs, *inside]), rf"(?<!\p{{L}})(?:{_any(alone)})\p{{L}}{{0,3}}(?!\p{{L}})"]
    ways.append(rf"(?<=\p{{Nd}}[\s\u00a0$-]{{0,2}})(?:{_any(letters)})(?!\p{{Latin}})")
    return regex.compile("|".join(ways), regex.IGNORECASE)


def _any(words: Sequence[str]) -> str:
    return "|".join(map(regex.escape, words)) or "(?!)"
