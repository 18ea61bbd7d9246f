"""A draft's texts side by side, and what in them belongs to no language."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from unicodedata import normalize

import regex

from pipelines.records import Draft, texts

# What languages are written in that use more than one script at once.
TOGETHER = {
    "Jpan": ("Hani", "Hira", "Kana"),
    "Kore": ("Hang", "Hani"),
    "Hans": ("Hani", "Bopo"),
    "Hant": ("Hani", "Bopo"),
}
ADDRESS = r"""
      https?://[^\s<>"'()]+ (?<![.,;:!?])            # without the full stop after it
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+                   # an e-mail address
    | (?<![\w@/.])@[A-Za-z0-9_]{2,}                  # a mention
"""
# TeX: a formula has signs that prices lack, or no word and no space before its end. A bare number is a number.
FORMULA = r"""
      \\begin\{\w+\*?\}.*?\\end\{\w+\*?\}
    | \$\$[^$]+\$\$ | \\\[.*?\\\] | \\\(.*?\\\)
    | (?:(?<![\w$\\])|(?=\$\^))\$(?!\s*[\p{Nd}.,٫٬%\\ ]+\$)(?:[^$\n]*[\\^_={}][^$\n]*|(?=\S)(?:(?!\p{L}{3})[^$\n])+(?<=\S))\$(?!\d)
"""
CODE = r"```.*?``` | `[^`\s]+`"
# "50% de" is no placeholder, "%d" is.
MARK = r"""
      \{\{[^{}]*\}\} | (?<!\\[A-Za-z]+(?:\{[^{}]*\})*|[\^_\\])\$?\{[\w.:!-]*\}   # {name}, {}, {0}, {{name}}, ${name}, not TeX's
    | </?[A-Za-z][^<>]*>                             # <b>, </b>, <br/>
    | \[(?:MASK|BLANK|SEP|CLS|UNK|PAD|[A-Z]{2,}_\d+)\]
    | (?<![\d%])%(?:\(\w+\))?(?:\d+\$)?(?:\.\d+)?[sdifgxX@](?![a-zA-Z])
    | _{3,}                                          # a gap to fill
"""
FLAGS = regex.VERBOSE | regex.DOTALL
# Most specific first: what is inside a formula or an address is no placeholder.
PLACEHOLDER = regex.compile(f"{FORMULA} | {CODE} | {ADDRESS} | {MARK}", FLAGS)
"""What a translation must carry over; without groups, so that it may be part of other expressions."""
MARKS = regex.compile(MARK, FLAGS)
SIGNS = frozenset("{<[%_\\$`@:")


def marks(text: str) -> list[str]:
    """The placeholders, tags and gaps of a text, in order."""
    return _named(text, "mark")


def regions(text: str) -> list[str]:
    """The formulas, code, addresses and mentions of a text, in order."""
    return _named(text, "region")


def _named(text: str, group: str) -> list[str]:
    return [] if SIGNS.isdisjoint(text) else [said for name, said in _found(text) if name == group]


# Half a dozen checks look for the same in the same text, one after the other.
@lru_cache(maxsize=64)
def _found(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(("mark" if MARKS.fullmatch(said) else "region", said) for said in PLACEHOLDER.findall(text))


def pairs(draft: Draft) -> list[tuple[str, str]]:
    """Each source text with its translation; both contents have the same shape."""
    return list(zip(texts(draft.source), texts(draft.content or {}), strict=False))


def like(source: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    """The content with its fields in the order of the source's, which JSON does not promise to keep."""
    return {name: content[name] for name in source if name in content}


def words_only(text: str) -> str:
    """The text without placeholders, addresses, tags and code."""
    return text if SIGNS.isdisjoint(text) else without_placeholders(text, " ")


@lru_cache(maxsize=64)
def without_placeholders(text: str, instead: str) -> str:
    """The text with something else for each placeholder, formula, address and piece of code."""
    return PLACEHOLDER.sub(instead, text)


def plain(text: str) -> str:
    """A text as texts are compared for being the same: NFC, without case, with single spaces."""
    return " ".join(normalize("NFC", text).casefold().split())


def whole_words(words: Sequence[str]) -> regex.Pattern[str]:
    """One expression for any of these words, not as a part of a longer one."""
    edge = r"[\p{L}\p{M}\p{N}]"
    options = "|".join(map(regex.escape, sorted(words, key=len, reverse=True)))
    return regex.compile(rf"(?<!{edge})(?:{options or '(?!)'})(?!{edge})")


def short(text: str, length: int = 60) -> str:
    """A text as it is quoted in a finding."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
