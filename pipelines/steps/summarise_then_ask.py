"""Summarise-then-ask prompting: what matters in a passage first, then a question that it answers, in another language."""

from typing import Any, ClassVar

from pydantic import Field

from core.told import told
from pipelines.records import Draft, Found, Generate, Made
from pipelines.steps._make import TEXT, Maker, named, strict, twice

PARTS = {"passage", "summary", "question"}


class SummariseThenAsk(Maker):
    """Has a model summarise the passage and then ask what it answers (SAP, Thakur et al. 2023); the summary is kept beside it."""

    name: ClassVar[str] = "summarise_then_ask"
    label: ClassVar[str] = "Summarise, then ask"
    makes: ClassVar[tuple[str, ...] | None] = ("query", "summary")

    field: str = ""
    """The field the passage stands in; empty for the item's first text."""
    exemplars: list[dict[str, str]] = Field([], max_length=10)
    """Worked examples to show, each with passage, summary and question; a question that a person has checked may say so under verified."""

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        _, passage = named(draft, self.field)
        if not passage:
            return [self.nothing(told("The item has no passage."))]
        data: dict[str, Any] = {"passage": passage}
        shown = [one for one in self.exemplars if one.keys() >= PARTS]
        answer = await self.ask(draft, generate, data, strict(summary=TEXT, query=TEXT), exemplars=shown)
        summary, query = answer.content["summary"].strip(), answer.content["query"].strip()
        if not summary or not query:
            return [self.refused(told("The summary or the question is empty."))]
        if len(summary) > len(passage):
            return [self.refused(told("The summary is longer than the passage."))]
        if twice(query, [summary, passage]):
            return [self.refused(told("The question is the summary or the passage itself."))]
        return [self.made(1, {"query": query, "summary": summary}, [answer], draft.target_language)]
