"""Queries that a passage answers, several in each language, as a collection for retrieval needs them."""

from typing import Any, ClassVar

from pydantic import Field

from core.told import told
from pipelines.records import Draft, Found, Generate, Made
from pipelines.steps._make import TEXT, Maker, array, named, strict, twice
from pipelines.steps._texts import short


class GenerateQueries(Maker):
    """Has a model write queries in the run's languages that the passage answers; an empty or doubled one is refused."""

    name: ClassVar[str] = "generate_queries"
    label: ClassVar[str] = "Generate queries"
    makes: ClassVar[tuple[str, ...] | None] = ("query",)

    field: str = ""
    """The field the passage stands in; empty for the item's first text."""
    n: int = Field(3, ge=1, le=50)
    """So many queries in each language."""

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        _, passage = named(draft, self.field)
        if not passage:
            return [self.nothing(told("The item has no passage."))]
        data: dict[str, Any] = {"passage": passage, "queries": self.n}
        answer = await self.ask(draft, generate, data, strict(queries=array(TEXT)), n=str(self.n))
        found: list[Made | Found] = []
        queries = answer.content["queries"]
        for number, query in enumerate(queries, 1):
            if number > self.n:
                found.append(self.refused(told(
                    "Query {number} was not asked for: “{query}”.",
                    number=number, query=short(query),
                )))
            elif why := _wrong(query, passage, queries[: number - 1]):
                found.append(self.refused(told("Query {number} {why}: “{query}”.", number=number, why=why, query=short(query))))
            else:
                found.append(self.made(number, {"query": query.strip()}, [answer], draft.target_language))
        if len(queries) < self.n:
            found.append(self.refused(told("Only {queries} of {n} queries were written.", queries=len(queries), n=self.n)))
        return found


def _wrong(query: str, passage: str, before: list[str]) -> str:
    if not query.strip():
        return told("is empty")
    if twice(query, [passage]):
        return told("is the passage itself")
    return told("says what one before it says") if twice(query, before) else ""
