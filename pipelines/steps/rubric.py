"""What is good and what is bad in an answer to an instruction, in five levels that tell one from the next."""

from typing import Any, ClassVar

from core.told import told
from pipelines.records import Draft, Found, Generate, Made
from pipelines.steps._make import TEXT, Maker, named, strict, twice

SCORES = ("1", "2", "3", "4", "5")


class Rubric(Maker):
    """Has a model write a criterion for answers to an instruction, and what each score from 1 to 5 means; levels that are alike are refused."""

    name: ClassVar[str] = "rubric"
    label: ClassVar[str] = "Write a rubric"
    makes: ClassVar[tuple[str, ...] | None] = ("criteria", "levels")
    crosses: ClassVar[bool] = False
    example: ClassVar[dict[str, Any]] = {"field": "instruction", "reference": "response"}

    field: str = ""
    """The field the instruction stands in; empty for the item's first text."""
    reference: str = ""
    """A field with an answer that deserves a 5, if there is one."""

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        _, instruction = named(draft, self.field)
        if not instruction:
            return [self.nothing(told("The item has no instruction."))]
        data: dict[str, Any] = {"instruction": instruction}
        if self.reference:
            data["reference"] = named(draft, self.reference)[1]
        schema = strict(criteria=TEXT, levels=strict(**dict.fromkeys(SCORES, TEXT)))
        answer = await self.ask(draft, generate, data, schema)
        levels = [answer.content["levels"][score].strip() for score in SCORES]
        if not answer.content["criteria"].strip() or not all(levels):
            return [self.refused(told("The criterion or one of the levels is empty."))]
        if alike := [number for number, level in enumerate(levels, 1) if twice(level, levels[: number - 1])]:
            return [self.refused(told("Level {level} says what a lower one says.", level=alike[0]))]
        fields = {"criteria": answer.content["criteria"].strip(), "levels": levels}
        return [self.made(1, fields, [answer], draft.source_language)]
