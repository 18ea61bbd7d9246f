"""A draft's texts side by side, and what in them belongs to no language."""

from typing import Any

import regex

from pipelines.records import Draft, texts

# What a translation must carry over letter by letter, most specific first. "50% de" is no placeholder, "%d" is.
PLACEHOLDER = regex.compile(
    r"""
      https?://[^\s<>"'()]+ (?<![.,;:!?])            # an address, without the full stop after it
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+                   # an e-mail address
    | \$\$[^$]+\$\$ | (?<![\w$])\$(?=\S)[^$\n]*[\\^_={}][^$\n]*\$   # TeX, which has signs that prices lack
    | ```.*?``` | `[^`\s]+`                            # code
    | \{\{[^{}]*\}\} | \$?\{[\w.:!-]*\}              # {name}, {}, {0}, {{name}}, ${name}
    | </?[A-Za-z][^<>]*>                             # <b>, </b>, <br/>
    | \[(?:MASK|BLANK|SEP|CLS|UNK|PAD|[A-Z]{2,}_\d+)\]
    | (?<![\d%])%(?:\(\w+\))?(?:\d+\$)?(?:\.\d+)?[sdifgxX@](?![a-zA-Z])
    | _{3,}                                          # a gap to fill
    """,
    regex.VERBOSE | regex.DOTALL,
)


def pairs(draft: Draft) -> list[tuple[str, str]]:
    """Each source text with its translation; both contents have the same shape."""
    return list(zip(texts(draft.source), texts(draft.content or {}), strict=False))


def like(source: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    """The content with its fields in the order of the source's, which JSON does not promise to keep."""
    return {name: content[name] for name in source if name in content}


def words_only(text: str) -> str:
    """The text without placeholders, addresses, tags and code."""
    return PLACEHOLDER.sub(" ", text)


def short(text: str, length: int = 60) -> str:
    """A text as it is quoted in a finding."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
