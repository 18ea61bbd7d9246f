"""The dataset's agreed renderings are used where the source has their terms."""

from typing import ClassVar
from unicodedata import normalize

import regex

from core.languages import Language
from core.told import told
from pipelines.records import Draft, Found, Term, text_of
from pipelines.steps import Check
from pipelines.steps._texts import short

# As glossaries list variants.
BETWEEN = regex.compile(r"\s/\s|;|؛")
UNSEEN = regex.compile(r"[\u200b-\u200f\u2060\ufeff]")


class Glossary(Check):
    """Every term of the glossary that is in the source is in the translation as agreed; a locked one must be.

    By exact string matching: case, Unicode form and, in scripts without them, spaces do not count. An ending or a prefix before or
    after the agreed form does no harm, a form changed inside (a broken plural, a softened consonant) is not found: list it as a variant.
    """

    name: ClassVar[str] = "glossary"
    label: ClassVar[str] = "Glossary"

    def examine(self, draft: Draft) -> Found | None:
        terms = [term for term in draft.terms if term.target.strip()]
        if not terms:
            return None
        language = self.languages(draft)[1]
        target = _form(text_of(draft.content or {}), language)
        missing = [term for term in terms if not any(_form(one, language) in target for one in variants(term.target))]
        share = round(1 - len(missing) / len(terms), 3)
        if not missing:
            return self.found("ok", value=share)
        locked = [term for term in missing if term.locked]
        return self.found("fail" if locked else "warn", _said((locked or missing)[0]), share)


def variants(rendering: str) -> list[str]:
    """The renderings of a glossary's entry, which are separated by “ / ” or a semicolon."""
    return [one.strip() for one in BETWEEN.split(rendering) if one.strip()]


def _form(text: str, language: Language) -> str:
    said = UNSEEN.sub("", normalize("NFC", text)).casefold()
    return " ".join(said.split()) if language.spaced else "".join(said.split())


def _said(term: Term) -> str:
    return told(
        "“{source}” is “{target}” in the glossary, which is not in the translation.",
        source=short(term.source), target=short(term.target),
    )
