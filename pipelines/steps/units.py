"""The units and currencies of the source's numbers are in the translation: kilometres stay kilometres."""

from functools import lru_cache
from typing import ClassVar

import regex

from pipelines.records import Draft, Found
from pipelines.steps import Check
from pipelines.steps._languages import known
from pipelines.steps._texts import pairs, short

# International symbols, by unit. They count in every language; letters only beside a number.
SYMBOLS = {
    "km": "km", "cm": "cm", "mm": "mm", "kg": "kg", "ml": "ml mL", "lb": "lb lbs", "celsius": "°C ℃", "fahrenheit": "°F ℉",
    "percent": "% ٪ ％ ﹪", "usd": "$ US$ USD ＄", "eur": "€ EUR", "gbp": "£ GBP ￡", "jpy": "¥ JPY ￥", "inr": "₹ INR Rs", "rub": "₽ RUB",
    "cny": "CNY RMB", "m": "m", "g": "g", "l": "l L", "t": "t", "mile": "mi", "ft": "ft", "inch": "in", "yd": "yd", "oz": "oz", "gal": "gal",
}  # fmt: skip
# In a source these letters alone may mean something else: 5m is five million.
DOUBTFUL = frozenset(["m", "g", "l", "t", "mile", "inch"])
WHAT = {
    "length": ("km", "m", "cm", "mm", "mile", "ft", "inch", "yd"),
    "weight": ("kg", "g", "t", "lb", "oz"),
    "temperature": ("celsius", "fahrenheit"),
    "volume": ("l", "ml", "gal"),
    "money": ("usd", "eur", "gbp", "jpy", "inr", "rub", "cny"),
    "share": ("percent",),
}
KIND = {unit: kind for kind, units in WHAT.items() for unit in units}


class Units(Check):
    """Every unit and currency that stands beside a number in the source is in the translation, by symbol or by name.

    Abstains on units whose names in the two languages are not known. Whether the number belongs to the unit is not claimed.
    """

    name: ClassVar[str] = "units"
    label: ClassVar[str] = "Units kept"

    def examine(self, draft: Draft) -> Found | None:
        read, names = _reader(draft.source_language.split("-")[0]), draft.target_language.split("-")[0]
        seen = told = False
        for source, target in pairs(draft):
            for units, text in _beside_numbers(source, read):
                seen = True
                if not all(known(names).units.get(unit) for unit in units):
                    continue
                told = True
                if any(_namer(names, unit).search(target) for unit in units):
                    continue
                other = _other(units, source, target, draft)
                if other:
                    return self.found("fail", f"“{text}” of the source became another unit, {other}: “{short(target)}”")
                return self.found("warn", f"The unit of “{text}” is not in the translation.")
        if not seen:
            return None
        return self.found("ok") if told else self.found("abstain", "The names of the units in the language are not known.")


def _beside_numbers(source: str, read: regex.Pattern[str]) -> list[tuple[list[str], str]]:
    """The units a text has beside its numbers; more than one where a name is of two (pounds)."""
    if not any(one.isdecimal() for one in source):
        return []
    return [([unit for unit, there in match.groupdict().items() if there], match[0]) for match in read.finditer(source)]


def _other(units: list[str], source: str, target: str, draft: Draft) -> str:
    """A unit of the same kind that the translation has and the source has not."""
    mine, theirs = draft.source_language.split("-")[0], draft.target_language.split("-")[0]
    for unit in WHAT[KIND[units[0]]]:
        if unit in units or not known(theirs).units.get(unit):
            continue
        if _namer(theirs, unit).search(target) and not _namer(mine, unit).search(source):
            return unit
    return ""
