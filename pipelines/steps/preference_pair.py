"""Two responses to one instruction, and which of them another model prefers: training pairs for preference tuning."""

from typing import Any, ClassVar

from pydantic import Field

from core.told import told
from pipelines.records import Draft, Found, Generate, Made
from pipelines.steps._make import TEXT, Maker, choice, named, strict, twice

VERDICTS = ("first", "second", "tie")


class PreferencePair(Maker):
    """Has two responses written and a judge choose in both orders; a tie, or a judge that goes by the order, is refused."""

    name: ClassVar[str] = "preference_pair"
    label: ClassVar[str] = "Make a preference pair"
    asks: ClassVar[str] = "judge"
    makes: ClassVar[tuple[str, ...] | None] = ("prompt", "chosen", "rejected")
    example: ClassVar[dict[str, Any]] = {"field": "instruction"}

    field: str = ""
    """The field the instruction stands in; empty for the item's first text."""
    models: list[str] = Field(["", ""], min_length=2, max_length=2)
    """Who writes the two, by the names the run has for its models; empty for the run's own, which writes twice if it must."""

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        _, instruction = named(draft, self.field)
        if not instruction:
            return [self.nothing(told("The item has no instruction."))]
        data = {"instruction": instruction}
        written = [
            await self.ask(draft, generate, data, strict(response=TEXT), by=model, sample=number)
            for number, model in enumerate(self.models)
        ]
        one, other = (answer.content["response"].strip() for answer in written)
        if not one or not other or twice(one, [other]):
            return [self.refused(told("The two responses are the same, or one is empty."))]
        said = []
        for first, second in ((one, other), (other, one)):
            shown = data | {"first": first, "second": second}
            schema = strict(reason=TEXT, better=choice(VERDICTS))
            said.append(await self.ask(draft, generate, shown, schema, prompt="preference_choice", by=self.asks))
        forward, backward = (answer.content["better"] for answer in said)
        if "tie" in (forward, backward):
            return [self.refused(told("The judge saw no difference."))]
        if forward == backward:
            return [self.refused(told("The judge chose by the order in which the two stood."))]
        chosen, rejected = (one, other) if forward == "first" else (other, one)
        fields: dict[str, Any] = {"prompt": instruction, "chosen": chosen, "rejected": rejected}
        reasons = [answer.content["reason"] for answer in said]
        judged = {"judged_by": said[0].signature, "judge_requests": [answer.request_hash for answer in said], "reasons": reasons}
        return [self.made(1, fields, written, draft.target_language, **judged)]
