"""The options of a question are as many as in the source and still differ from each other."""

from collections import Counter
from typing import Any, ClassVar

from core.told import told
from pipelines.records import Draft, Found
from pipelines.steps import Check
from pipelines.steps._texts import plain, short


class Options(Check):
    """Every option has its translation, and options that differ in the source differ in the translation, or no answer is right alone."""

    name: ClassVar[str] = "options"
    label: ClassVar[str] = "Options still distinct"

    def examine(self, draft: Draft) -> Found | None:
        fields = [name for name in _option_fields(draft) if isinstance(draft.source.get(name), list)]
        for name in fields:
            if said := _wrong(draft.source[name], (draft.content or {}).get(name)):
                return self.found("fail", said)
        return self.found("ok") if fields else None


def _option_fields(draft: Draft) -> list[str]:
    """The translated lists that a choice is an index into."""
    return [field.of for field in draft.kind.fields.values() if field.type == "choice" and field.of]


def _wrong(source: list[str], target: Any) -> str:
    if not isinstance(target, list) or len(target) != len(source):
        there = len(target) if isinstance(target, list) else 0
        return told("The source has {source} options, the translation {there}.", source=len(source), there=there)
    if empty := [i for i, (one, other) in enumerate(zip(source, target, strict=True), 1) if one.strip() and not other.strip()]:
        return told("The {number}. option is empty.", number=empty[0])
    of_source = Counter(map(plain, source))
    groups: dict[str, list[int]] = {}
    for i, one in enumerate(target):
        groups.setdefault(plain(one), []).append(i)
    for same in groups.values():
        if len({plain(source[i]) for i in same}) > 1 or len(same) > max(of_source[plain(source[i])] for i in same):
            numbers = ", ".join(str(i + 1) for i in same)
            return told(
                "The options {numbers} are the same in the translation: “{target}”.",
                numbers=numbers, target=short(target[same[0]]),
            )
    return ""
