"""Formulas, code, addresses and mentions mean the same in the translation, however their blanks and delimiters are written."""

import unicodedata
from typing import ClassVar

import regex

from pipelines.records import Draft, Found
from pipelines.steps import Check
from pipelines.steps._numbers import DECIMAL_COMMA
from pipelines.steps._texts import SIGNS, pairs, regions, short

TEX = regex.compile(r"^(?:\$|\\[(\[]|\\begin)")
FUNCTION = regex.compile(r"\\(?:text|mathrm|operatorname|mbox)\s*\{\s*(sin|cos|tan|cot|sec|cosec|csc|log|ln|lim|max|min)\s*\}")
# Words inside a formula are translated; what only sets it is free.
SETTING = regex.compile(
    r"\\(?:text|mbox|textrm|mathrm|mathbb|operatorname)\s*(?:\{[^{}]*\}|(?=[A-Za-z]))"
    r"|\\(?:left|right|displaystyle|limits|quad|qquad|begin|end|[lcd]?dots)(?![a-zA-Z])|\\[,;:! ]|[\s$~&]|\\[\[\]()]|\.{3}|…"
)
SAME = (("\\dfrac", "\\frac"), ("\\tfrac", "\\frac"), ("\\leq", "\\le"), ("\\geq", "\\ge"), ("\\neq", "\\ne"), ("\\mid", ":"), ("{,}", ","))
ONE = regex.compile(r"\{(\w)\}")
LETTERS = regex.compile(r"\\[A-Za-z]+|[\p{L}\p{Nd}]")


class Protected(Check):
    """Every formula, piece of code, address and mention of a text is in its translation, and no others are.

    A formula fails when its letters or numbers changed, and is looked at when only its notation did; how it is set, what words are
    in it, and between which delimiters it stands, is free. Code and addresses are compared letter by letter.
    """

    name: ClassVar[str] = "protected"
    label: ClassVar[str] = "Formulas, code and addresses kept"

    def examine(self, draft: Draft) -> Found | None:
        comma = draft.target_language.split("-")[0] in DECIMAL_COMMA
        seen, doubt = False, ""
        for source, target in pairs(draft):
            if SIGNS.isdisjoint(source) and SIGNS.isdisjoint(target):
                continue
            mine, theirs = regions(source), regions(target)
            seen = seen or bool(mine or theirs)
            if mine == theirs:
                continue
            if _unpaired(source):
                doubt = doubt or "The delimiters of the source's formulas do not pair."
                continue
            lost, added = _without(mine, target, comma), _without(theirs, source, comma)
            if lost and _letters(lost, comma) != _letters(added, comma):
                return self.found("fail", f"{short(lost[0])} of the source is missing or changed.")
            if lost or added:
                return self.found("warn", _said(lost, added))
        if doubt:
            return self.found("abstain", doubt)
        return self.found("ok") if seen else None


def _said(lost: list[str], added: list[str]) -> str:
    if lost and added:
        return f"{short(lost[0])} is written in another way: {short(added[0])}"
    return f"{short((lost or added)[0])} is not in the {'translation' if lost else 'source'}."


def _unpaired(text: str) -> bool:
    """Whether a text has formulas between dollars and one dollar too many: then nobody can say where they end."""
    return "\\" in text and (text.count("$") - text.count("\\$")) % 2 == 1 or "\\$\\" in text


def _without(regions_: list[str], other: str, comma: bool) -> list[str]:
    """Those that the other text does not have, be it in a longer formula or without delimiters."""
    there = _meaning(other, comma) if any(map(TEX.match, regions_)) else ""
    return [one for one in regions_ if (_meaning(one, comma) not in there if TEX.match(one) else one not in other)]


def _meaning(formula: str, comma: bool) -> str:
    """A formula without what only sets it, its digits those of ASCII."""
    said = SETTING.sub("", FUNCTION.sub(r"\\\1", formula))
    for one, other in SAME:
        said = said.replace(one, other)
    said = ONE.sub(r"\1", said)
    if not said.isascii():
        said = "".join(str(unicodedata.decimal(c, c)) for c in said)
    # Where a comma is taken for decimals 0.5 may have become 0,5.
    return said.replace(",", ".").strip(".") if comma else said.strip(".,;")


def _letters(formulas: list[str], comma: bool) -> list[str]:
    """The letters and digits of formulas, by which a quotient is the same as a fraction."""
    said = "".join(_meaning(one, comma) for one in formulas)
    return sorted(one for one in LETTERS.findall(said) if len(one) == 1)
