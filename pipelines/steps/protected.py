"""Formulas, code, addresses and mentions mean the same in the translation, however their blanks and delimiters are written."""

import unicodedata
from collections import Counter
from typing import ClassVar

import regex

from pipelines.records import Draft, Found
from pipelines.steps import Check
from pipelines.steps._numbers import DECIMAL_COMMA
from pipelines.steps._texts import pairs, regions, short

TEX = regex.compile(r"^(?:\$|\\[(\[]|\\begin)")
# Words inside a formula are translated; what only sets it is free.
SETTING = regex.compile(
    r"\\(?:text|mbox|textrm|mathrm|operatorname)\s*\{[^{}]*\}|\\(?:left|right|displaystyle|limits|quad|qquad|begin|end)(?![a-zA-Z])"
    r"|\\[,;:! ]|[\s$~&]|\\[\[\]()]"
)
SAME = (("\\dfrac", "\\frac"), ("\\tfrac", "\\frac"), ("\\leq", "\\le"), ("\\geq", "\\ge"), ("\\neq", "\\ne"), ("{,}", ","))
# What formulas are compared by when they were cut or joined otherwise: commands, letters, digits and signs of relation.
PARTS = regex.compile(r"\\[A-Za-z]+|[\p{L}\p{Nd}]|[=<>+*/^_-]")


class Protected(Check):
    """Every formula, piece of code, address and mention of a text is in its translation, and no others are."""

    name: ClassVar[str] = "protected"
    label: ClassVar[str] = "Formulas, code and addresses kept"

    def examine(self, draft: Draft) -> Found | None:
        comma = draft.target_language.split("-")[0] in DECIMAL_COMMA
        seen = False
        for source, target in pairs(draft):
            mine, theirs = regions(source), regions(target)
            seen = seen or bool(mine or theirs)
            if mine != theirs and (said := _difference(mine, theirs, comma)):
                return self.found("fail", said)
        return self.found("ok") if seen else None


def _difference(mine: list[str], theirs: list[str], comma: bool) -> str:
    wanted, there = (Counter(_meaning(one, comma) for one in found) for found in (mine, theirs))
    lost, added = wanted - there, there - wanted
    if _parts(lost) == _parts(added):
        return ""
    if lost:
        return f"{_first(mine, lost, comma)} of the source is missing or changed."
    return f"{_first(theirs, added, comma)} is not in the source."


def _meaning(region: str, comma: bool) -> str:
    """A formula without what only sets it, its digits those of ASCII; anything else letter by letter."""
    if not TEX.match(region):
        return region
    said = SETTING.sub("", region)
    for one, other in SAME:
        said = said.replace(one, other)
    if not said.isascii():
        said = "".join(str(unicodedata.decimal(c, c)) for c in said)
    # Where a comma is taken for decimals 0.5 may have become 0,5.
    return said.replace(",", ".") if comma else said


def _parts(formulas: Counter[str]) -> Counter[str]:
    """What the formulas are made of, all together: a formula may be cut in two, or two be joined."""
    found: Counter[str] = Counter()
    for one, times in formulas.items():
        for _ in range(times):
            found.update(PARTS.findall(one) if "://" not in one and "@" not in one and "`" not in one else [one])
    return found


def _first(regions_: list[str], wanted: Counter[str], comma: bool) -> str:
    return short(next(one for one in regions_ if _meaning(one, comma) in wanted))
