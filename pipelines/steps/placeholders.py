"""Placeholders, tags, addresses, code and formulas are carried over letter by letter."""

from collections import Counter
from typing import ClassVar

from pipelines.records import Draft, Found
from pipelines.steps import Check
from pipelines.steps._texts import PLACEHOLDER, pairs, short


class Placeholders(Check):
    """Every {name}, %s, tag, address, code and formula of a text is in its translation, as often, and no others are."""

    name: ClassVar[str] = "placeholders"
    label: ClassVar[str] = "Placeholders kept"

    def examine(self, draft: Draft) -> Found:
        for source, target in pairs(draft):
            wanted, there = Counter(PLACEHOLDER.findall(source)), Counter(PLACEHOLDER.findall(target))
            if lost := wanted - there:
                return self.found("fail", f"{_names(lost)} of the source is missing.")
            if added := there - wanted:
                return self.found("fail", f"{_names(added)} is not in the source.")
        return self.found("ok")


def _names(found: Counter[str]) -> str:
    return ", ".join(short(name) for name in sorted(found))
