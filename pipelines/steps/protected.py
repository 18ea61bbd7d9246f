"""Formulas, code, addresses and mentions mean the same in the translation, however their blanks and delimiters are written."""

import unicodedata
from typing import ClassVar

import regex

from core.told import told
from pipelines.records import Draft, Found
from pipelines.steps import Check
from pipelines.steps._numbers import DECIMAL_COMMA
from pipelines.steps._texts import SIGNS, pairs, regions, short

TEX = regex.compile(r"^(?:\$|\\[(\[]|\\begin)")
FUNCTION = regex.compile(r"\\(?:text|mathrm|operatorname|mbox)\s*\{\s*(sin|cos|tan|cot|sec|cosec|csc|log|ln|lim|max|min)\s*\}")
# Words inside a formula are translated; what only sets it is free.
SETTING = regex.compile(
    r"\\(?:text|mbox|textrm|mathrm|operatorname)\s*(?:\{[^{}]*\}|(?=[A-Za-z\\]))"
    r"|\\(?:begin|end)\s*\{\w+\*?\}|\\(?:left|right|displaystyle|limits|quad|qquad|[lcd]?dots)(?![a-zA-Z])|\\[,;:! ]|[\s$~&]|\\[\[\]()]|\.{3}|…"
)
SAME = (
    ("\\dfrac", "\\frac"), ("\\tfrac", "\\frac"), ("\\leq", "\\le"), ("\\geq", "\\ge"), ("\\neq", "\\ne"), ("\\mid", ":"),
    ("{,}", ","), ("\\{", "{"), ("\\}", "}"), ("\\cup", "∪"), ("\\cap", "∩"), ("\\times", "×"), ("\\cdot", "·"), ("\\setminus", "\\"),
)  # fmt: skip
FONT = regex.compile(r"\\(?:mathbb|mathbf|mathcal|boldsymbol)\s*\{([^{}]*)\}")
ONE = regex.compile(r"\{(\w|\\[A-Za-z]+)\}|\^\{\}")
LETTERS = regex.compile(r"\\[A-Za-z]+|\p{Nd}+(?:\.\p{Nd}+)?|\p{L}|[-+=<>]")
DIGITS = regex.compile(r"\\[A-Za-z]+|[\p{L}\p{Nd}+=<>-]")
# Words where a formula should be: its delimiters pair with those of another.
PROSE = regex.compile(r"(?<!\\\p{L}*)\p{L}{4,}")
PARTS = regex.compile(r"[,;]|\\\\")


class Protected(Check):
    """Every formula, piece of code, address and mention of a text is in its translation, and no others are.

    A formula fails when its letters, numbers or signs changed, and is looked at when only its notation did; how it is set, what words are
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
            if _unpaired(source) or any(PROSE.search(SETTING.sub("", one)) for one in mine if TEX.match(one)):
                doubt = doubt or told("The delimiters of the source's formulas do not pair.")
                continue
            lost, added = _without(mine, target, comma), _without(theirs, source, comma)
            if lost and _letters(lost, comma) != _letters(added, comma):
                return self.found("fail", told("{lost} of the source is missing or changed.", lost=short(lost[0])))
            if lost or added:
                return self.found("warn", _said(lost, added))
        if doubt:
            return self.found("abstain", doubt)
        return self.found("ok") if seen else None


def _said(lost: list[str], added: list[str]) -> str:
    if lost and added:
        return told("{lost} is written in another way: {added}", lost=short(lost[0]), added=short(added[0]))
    if lost:
        return told("{lost} is not in the translation.", lost=short(lost[0]))
    return told("{added} is not in the source.", added=short(added[0]))


def _unpaired(text: str) -> bool:
    """Whether a text has formulas between dollars and one dollar too many: then nobody can say where they end."""
    return "\\" in text and (text.count("$") - text.count("\\$")) % 2 == 1 or "\\$\\" in text


def _without(regions_: list[str], other: str, comma: bool) -> list[str]:
    """Those that the other text does not have, be it in a longer formula or without delimiters."""
    there = _meaning(other, comma) if any(map(TEX.match, regions_)) else ""
    # An exponent alone belongs to a unit: cm$^2$ may be said in words.
    regions_ = [one for one in regions_ if not one.startswith("$^")]
    return [one for one in regions_ if not (_stands_in(one, there, comma) if TEX.match(one) else one in other)]


def _stands_in(formula: str, there: str, comma: bool) -> bool:
    """Whether a formula is in a text, as one or in the parts between its commas."""
    parts = (_meaning(part, comma) for part in PARTS.split(formula))
    return _meaning(formula, comma) in there or all(part in there for part in parts)


def _meaning(formula: str, comma: bool, *, braces: bool = False) -> str:
    """A formula without what only sets it, its digits those of ASCII."""
    said = SETTING.sub("", FONT.sub(r"\1", FUNCTION.sub(r"\\\1", formula)))
    for one, other in SAME:
        said = said.replace(one, other)
    if not braces:
        said = ONE.sub(lambda match: match[1] or "", said)
    if not said.isascii():
        said = "".join(str(unicodedata.decimal(c, c)) for c in said)
    # Where a comma is taken for decimals 0.5 may have become 0,5.
    return said.replace(",", ".").strip(".") if comma else said.strip(".,;")


def _letters(formulas: list[str], comma: bool) -> list[str]:
    """The letters, numbers and signs of formulas, by which a quotient is the same as a fraction."""
    said = "".join(_meaning(one, comma, braces=True) for one in formulas)
    # The period of a decimal is written with dots or with a bar, which cut the digits otherwise.
    tokens = DIGITS if "\\dot" in said or "\\overline" in said else LETTERS
    return sorted(one for one in tokens.findall(said) if not one.startswith("\\"))
