"""Wrong options to a question whose right answer is known, each wrong in a way of its own."""

import random
from typing import Any, ClassVar

from pydantic import Field

from core.hashing import digest
from core.told import told
from pipelines.records import Draft, Found, Generate, Made
from pipelines.steps._make import TEXT, Maker, array, choice, named, strict, twice
from pipelines.steps._numbers import numbers
from pipelines.steps._texts import short

ERRORS = {
    "procedural": "a step is done wrongly or in the wrong order",
    "conceptual": "an idea or a rule is misunderstood",
    "incomplete": "it stops too early or leaves a condition out",
    "overgeneralised": "a rule is used where it does not hold",
    "magnitude": "the size, the sign or the unit is wrong",
}


class GenerateDistractors(Maker):
    """Has a model write wrong options, one of each class of error; an option that is right, doubled or missing refuses the question."""

    name: ClassVar[str] = "generate_distractors"
    label: ClassVar[str] = "Generate distractors"
    makes: ClassVar[tuple[str, ...] | None] = ("options", "correct")
    crosses: ClassVar[bool] = False
    example: ClassVar[dict[str, Any]] = {"field": "question"}

    field: str = ""
    """The field the question stands in; empty for the item's first text."""
    answer: str = "answer"
    """The field the right answer stands in."""
    errors: dict[str, str] = Field(ERRORS, min_length=1)
    """Class of error to what it means; the first so many are used."""
    n: int = Field(3, ge=1, le=20)
    """So many wrong options, at most as many as there are classes."""
    seed: int = 0
    """The right option's place among the others is drawn by it."""

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        _, question = named(draft, self.field)
        _, answer = named(draft, self.answer) if self.answer else ("", "")
        if not question or not answer:
            return [self.nothing(told(
                "The item has no question, or no right answer in its field {answer!r}.",
                answer=self.answer,
            ))]
        classes = list(self.errors)[: self.n]
        data = {"question": question, "answer": answer, "errors": classes}
        schema = strict(distractors=array(strict(error=choice(classes), text=TEXT)))
        listed = "\n".join(f"- {name}: {self.errors[name]}" for name in classes)
        given = await self.ask(draft, generate, data, schema, errors=listed)
        texts: dict[str, str] = {}
        refused: list[Made | Found] = []
        for name in classes:
            mine = [one["text"].strip() for one in given.content["distractors"] if one["error"] == name]
            why = self._wrong(mine, answer, list(texts.values()), draft.source_language)
            if why:
                refused.append(self.refused(told("The {name} option {why}.", name=name, why=why)))
            else:
                texts[name] = mine[0]
        return refused or [self._question(draft, answer, texts, given)]

    def _wrong(self, texts: list[str], answer: str, before: list[str], tag: str) -> str:
        if len(texts) != 1 or not texts[0]:
            return told("was not written exactly once")
        if twice(texts[0], [answer]) or _same_number(texts[0], answer, tag):
            return told("is the right answer: “{option}”", option=short(texts[0]))
        return told("is there already: “{option}”", option=short(texts[0])) if twice(texts[0], before) else ""

    def _question(self, draft: Draft, answer: str, texts: dict[str, str], given: Any) -> Made:
        options = [answer, *texts.values()]
        random.Random(digest([self.seed, draft.source])).shuffle(options)
        fields = {"options": options, "correct": options.index(answer)}
        return self.made(1, fields, [given], draft.source_language, errors={text: name for name, text in texts.items()})


def _same_number(one: str, other: str, tag: str) -> bool:
    """Whether two options are one number, however they are written."""
    if any(letter.isalpha() for letter in one + other):
        return False
    mine, theirs = ([number.value for number in numbers(text, tag)] for text in (one, other))
    return len(mine) == 1 and mine == theirs and ("-" in one) == ("-" in other)
