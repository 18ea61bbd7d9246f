"""A text with exactly one wrong sentence, of a known type and at a known place."""

import random
from typing import ClassVar

from pydantic import Field

from core.hashing import digest
from core.told import told
from pipelines.records import Draft, Found, Generate, Made
from pipelines.steps._make import TEXT, Maker, choice, named, strict, twice
from pipelines.steps._windows import core, sentences

TYPES = {
    "number": "a quantity, date or dose is wrong",
    "entity": "a person, place, substance or thing is taken for another",
    "relation": "who did what to whom, or what is where, is turned round",
    "negation": "what is the case is denied, or the other way round",
    "conclusion": "what is concluded does not follow from the rest of the text",
}


class InjectError(Maker):
    """Has a model rewrite one sentence so that it is wrong in one way; the rest is ours and stays letter by letter."""

    name: ClassVar[str] = "inject_error"
    label: ClassVar[str] = "Inject one error"
    makes: ClassVar[tuple[str, ...] | None] = ("text", "error_type", "error_sentence", "wrong", "right")
    crosses: ClassVar[bool] = False

    field: str = ""
    """The field the error is put into; empty for the item's first text."""
    types: dict[str, str] = Field(TYPES, min_length=1)
    """Type of error to what it means; the seed draws one for each item."""
    seed: int = 0

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        field, text = named(draft, self.field)
        parts = sentences(text)
        numbers = [number for number, part in enumerate(parts, 1) if part.strip()]
        if not numbers:
            return [self.nothing(told("The item has no text."))]
        kind = random.Random(digest([self.seed, draft.source])).choice(list(self.types))
        data = {"sentences": {str(number): parts[number - 1].strip() for number in numbers}, "type": kind}
        answer = await self.ask(
            draft, generate, data, strict(sentence=choice(numbers), wrong=TEXT), type=f"{kind}: {self.types[kind]}"
        )  # fmt: skip
        number, wrong = answer.content["sentence"], answer.content["wrong"].strip()
        if number not in numbers:
            return [self.refused(told("There is no sentence {number}.", number=number))]
        before, right, behind = core(parts[number - 1])
        if not wrong or twice(wrong, [right]):
            return [self.refused(told("Sentence {number} is as right as it was.", number=number))]
        if len(sentences(wrong)) != 1:
            return [self.refused(told("Sentence {number} became several.", number=number))]
        whole = "".join([*parts[: number - 1], before + wrong + behind, *parts[number:]])
        # Numbers as people count them: a blank line is none.
        fields = {field: whole, "text": whole, "error_type": kind, "error_sentence": numbers.index(number) + 1}
        return [self.made(1, fields | {"wrong": wrong, "right": right}, [answer], draft.source_language)]
