"""The reader is addressed as the dataset wants: formally or informally."""

from functools import lru_cache
from typing import ClassVar, Literal

import regex

from core.told import told
from pipelines.records import Draft, Found
from pipelines.steps import Check
from pipelines.steps._languages import known
from pipelines.steps._texts import pairs, short, whole_words, words_only

WANTED = Literal["formal", "informal"]


class Register(Check):
    """No text addresses its reader in the other register; abstains where the language's words of address are not known."""

    name: ClassVar[str] = "register"
    label: ClassVar[str] = "Register"

    wanted: WANTED = "formal"
    """How the reader is to be addressed."""

    def examine(self, draft: Draft) -> Found:
        other = _words(draft.target_language.split("-")[0], "informal" if self.wanted == "formal" else "formal")
        if other is None:
            return self.found("abstain", told("The language's words of address are not known."))
        for _, target in pairs(draft):
            if odd := next((p.search(words_only(target)) for p in other if p.search(words_only(target))), None):
                return self.found("warn", _said(self.wanted, odd[0], short(target)))
        return self.found("ok")


def _said(wanted: WANTED, odd: str, target: str) -> str:
    if wanted == "formal":
        return told("“{odd}” is not formal: “{target}”", odd=odd, target=target)
    return told("“{odd}” is not informal: “{target}”", odd=odd, target=target)


@lru_cache
def _words(tag: str, register: WANTED) -> tuple[regex.Pattern[str], ...] | None:
    """Words in any case, and those that count only with their capital letter; anywhere in a text without spaces."""
    address = known(tag).address
    if address is None:
        return None
    words = address.formal if register == "formal" else address.informal
    lower = [one for one in words if one == one.casefold()]
    exact = [one for one in words if one != one.casefold()]
    if tag in ("zh", "ja"):
        return (regex.compile("|".join(map(regex.escape, words))),)
    found = (regex.compile(whole_words(lower).pattern, regex.IGNORECASE), whole_words(exact))
    return tuple(pattern for pattern, listed in zip(found, (lower, exact), strict=True) if listed)
