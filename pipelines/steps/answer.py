"""An answer that was copied from a table or a passage is still there in its translation."""

from collections.abc import Iterator
from typing import Any, ClassVar

from core.told import told
from pipelines.records import Draft, Found, text_of
from pipelines.steps import Check
from pipelines.steps._numbers import numbers
from pipelines.steps._texts import plain, short


class Answer(Check):
    """Where the source's answer stands in the source's table or passage, the translated answer stands in the translated one.

    Numbers are compared by value. An answer that is not in the source's passage (yes, a count, a rephrasing) is not looked for.
    """

    name: ClassVar[str] = "answer"
    label: ClassVar[str] = "Answer still present"

    def examine(self, draft: Draft) -> Found | None:
        field = draft.kind.answer
        if field is None or draft.kind.fields[field].type not in ("text", "list", "string", "number"):
            return None
        answers = _listed(draft.item.get(field, draft.source.get(field)))
        rendered = _listed((draft.content or {}).get(field)) if field in draft.source else answers
        looked = False
        for source, target in _places(draft, field):
            for mine, theirs in zip(answers, rendered, strict=False):
                if not _stands_in(mine, source, draft.source_language):
                    continue
                looked = True
                if target is None:
                    return self.found("abstain", told(
                        "The passage has no translation yet in which the answer could be looked for.",
                    ))
                if not _stands_in(theirs, target, draft.target_language):
                    return self.found("warn", told(
                        "The answer “{theirs}” is not in the translated passage.",
                        theirs=short(theirs),
                    ))
        return self.found("ok") if looked else None


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _places(draft: Draft, answer: str) -> Iterator[tuple[str, str | None]]:
    """Where an answer may stand: what the item points at, and its own tables and long texts; each with its translation if any."""
    for around in draft.around.values():
        target = around.get("target")
        yield text_of({k: v for k, v in around.items() if k != "target"}), text_of(target) if target else None
    for name, value in draft.source.items():
        # Options are what is chosen from, not where the answer stands.
        if name != answer and draft.kind.fields[name].type in ("text", "table"):
            yield text_of({name: value}), text_of({name: (draft.content or {}).get(name)})


def _stands_in(answer: str, text: str, tag: str) -> bool:
    """Whether an answer is in a text, as a string or, when it is only a number, by value."""
    said = plain(answer)
    if not said:
        return False
    if any(one.isalpha() for one in said):
        return said in plain(text)
    values = {one.value for one in numbers(answer, tag)}
    there = {one.value for one in numbers(text, tag)} | {one.elsewhere for one in numbers(text, tag)}
    return bool(values) and values <= there
