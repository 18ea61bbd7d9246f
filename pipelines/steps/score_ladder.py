"""Answers to one instruction of which each deserves another score: what a judge is tested and trained with."""

from typing import Any, ClassVar

from pydantic import Field

from core.told import told
from pipelines.records import Draft, Found, Generate, Made
from pipelines.steps._make import TEXT, Maker, array, choice, named, strict, twice


class ScoreLadder(Maker):
    """Has a model write one response for each score from 1 to 5; a score that is missing, doubled or copied from another is refused."""

    name: ClassVar[str] = "score_ladder"
    label: ClassVar[str] = "Write a ladder of scores"
    makes: ClassVar[tuple[str, ...] | None] = ("response", "score", "feedback")
    crosses: ClassVar[bool] = False
    example: ClassVar[dict[str, Any]] = {"field": "instruction", "reference": "response"}

    field: str = ""
    """The field the instruction stands in; empty for the item's first text."""
    reference: str = ""
    """A field with an answer that deserves a 5."""
    criteria: str = ""
    """A field that says what makes an answer good, such as a rubric has."""
    levels: str = ""
    """A list field that says what each score means, from 1 to 5."""
    length: float = Field(3.0, gt=1)
    """A response more than so many times as long, or as short, as the median of the five tells its score by its length: it is refused."""

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        _, instruction = named(draft, self.field)
        if not instruction:
            return [self.nothing(told("The item has no instruction."))]
        helps = {"reference": self.reference, "criteria": self.criteria, "levels": self.levels}
        known = {name: draft.source.get(field, draft.item.get(field)) for name, field in helps.items() if field}
        data: dict[str, Any] = {"instruction": instruction} | {name: value for name, value in known.items() if value}
        rung = strict(score=choice(range(1, 6)), response=TEXT, feedback=TEXT)
        answer = await self.ask(draft, generate, data, strict(responses=array(rung)))
        given = answer.content["responses"]
        median = sorted(len(one["response"]) for one in given)[len(given) // 2] if given else 0
        found: list[Made | Found] = []
        before: list[str] = []
        for score in range(1, 6):
            mine = [one for one in given if one["score"] == score]
            if why := self._wrong(mine, before, median):
                found.append(self.refused(told("The response of score {score} {why}.", score=score, why=why)))
                continue
            [one] = mine
            before.append(one["response"])
            fields = {"response": one["response"].strip(), "score": score, "feedback": one["feedback"].strip()}
            found.append(self.made(score, fields, [answer], draft.source_language))
        return found

    def _wrong(self, mine: list[dict[str, Any]], before: list[str], median: int) -> str:
        if len(mine) != 1 or not mine[0]["response"].strip():
            return told("was not written exactly once")
        if twice(mine[0]["response"], before):
            return told("is that of a lower one")
        if not mine[0]["feedback"].strip():
            return told("has no feedback")
        length = len(mine[0]["response"])
        fits = median / self.length <= length <= median * self.length
        return "" if fits else told("tells its score by its length")
