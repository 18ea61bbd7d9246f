"""A translation that is the source again is none."""

from typing import ClassVar

import regex
from pydantic import Field

from core.told import told
from pipelines.records import Draft, Found
from pipelines.steps import Check
from pipelines.steps._texts import pairs, short, words_only

WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")


class Unchanged(Check):
    """No text of more than a few words is the same in both languages, whatever its case and punctuation."""

    name: ClassVar[str] = "unchanged"
    label: ClassVar[str] = "Translated at all"

    words: int = Field(4, ge=0)
    """A text of so many words may be a name, and stay as it is."""

    def examine(self, draft: Draft) -> Found:
        for source, target in pairs(draft):
            words = _words(source)
            if len(words) > self.words and words == _words(target):
                return self.found("fail", told("“{target}” is the source, not translated.", target=short(target)))
        return self.found("ok")


def _words(text: str) -> list[str]:
    return WORD.findall(words_only(text).casefold())
