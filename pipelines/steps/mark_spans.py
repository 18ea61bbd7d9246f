"""A model marks places in a text by putting tags into it; only where the rest is still the text, letter for letter, do they count."""

from typing import Any, ClassVar

import regex
from pydantic import Field

from core.told import told
from pipelines.records import Draft, Found, Generate, Made
from pipelines.steps._make import TEXT, Maker, named, strict


class MarkSpans(Maker):
    """Has a model put tags around places in a text; tags that are not paired, or a text that is not the same without them, are refused."""

    name: ClassVar[str] = "mark_spans"
    label: ClassVar[str] = "Mark places in a text"
    makes: ClassVar[tuple[str, ...] | None] = ("text", "spans")
    crosses: ClassVar[bool] = False
    example: ClassVar[dict[str, Any]] = {"field": "response"}

    field: str = ""
    """The field that is marked; empty for the item's first text. The others, and what the item points at, are shown beside it."""
    labels: dict[str, str] = Field({"HAL": "what the passage does not say or contradicts"}, min_length=1)
    """Label to what it means; a label is written as a tag, so letters, digits and _ only."""

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        field, text = named(draft, self.field)
        if not text:
            return [self.nothing(told("The item has no text to mark."))]
        tag = regex.compile(rf"\[(/?)({'|'.join(map(regex.escape, self.labels))})\]")
        if tag.search(text):
            return [self.nothing(told("The text has such tags of its own, which no mark could be told from."))]
        beside = {name: value for name, value in draft.item.items() if name != field and isinstance(value, str)}
        data: dict[str, Any] = {"text": text, "beside": beside | draft.around}
        listed = "\n".join(f"- [{label}]...[/{label}]: {meaning}" for label, meaning in self.labels.items())
        answer = await self.ask(draft, generate, data, strict(marked=TEXT), labels=listed)
        spans, why = read_marks(answer.content["marked"], text, tag)
        if why:
            return [self.refused(why)]
        fields = {field: text, "text": text, "spans": spans}
        return [self.made(1, fields, [answer], draft.source_language)]


def read_marks(marked: str, text: str, tag: regex.Pattern[str]) -> tuple[list[dict[str, Any]], str]:
    """The places that are marked, in code points, and why they cannot be taken; the reason is empty when they can."""
    spans, rest, at = [], "", 0
    opened: tuple[str, int] | None = None
    for match in tag.finditer(marked):
        rest += marked[at : match.start()]
        at, (closes, label) = match.end(), match.groups()
        if not closes:
            if opened:
                return [], told("[{label}] is opened inside of another mark.", label=label)
            opened = label, len(rest)
        else:
            if opened is None or opened[0] != label:
                return [], told("[/{label}] closes nothing.", label=label)
            if opened[1] == len(rest):
                return [], told("[{label}] marks nothing.", label=label)
            spans.append({"start": opened[1], "end": len(rest), "label": label})
            opened = None
    rest += marked[at:]
    if opened:
        return [], told("[{opened}] is not closed.", opened=opened[0])
    return (spans, "") if rest == text else ([], told("Without the marks it is not the same text, letter by letter."))
