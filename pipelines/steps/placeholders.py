"""Placeholders, tags and gaps are carried over letter by letter."""

from collections import Counter
from typing import ClassVar

from core.told import told
from pipelines.records import Draft, Found
from pipelines.steps import Check
from pipelines.steps._texts import marks, pairs, short


class Placeholders(Check):
    """Every {name}, %s, tag, mask and gap of a text is in its translation, as often, and no others are."""

    name: ClassVar[str] = "placeholders"
    label: ClassVar[str] = "Placeholders kept"
    version: ClassVar[str] = "2"

    def examine(self, draft: Draft) -> Found:
        for source, target in pairs(draft):
            wanted, there = Counter(marks(source)), Counter(marks(target))
            if lost := wanted - there:
                return self.found("fail", told("{what} of the source is missing.", what=_names(lost)))
            if added := there - wanted:
                return self.found("fail", told("{added} is not in the source.", added=_names(added)))
        return self.found("ok")


def _names(found: Counter[str]) -> str:
    return ", ".join(short(name) for name in sorted(found))
