"""Questions with their answers from a passage, as easy or as hard as is asked for."""

import random
from typing import Any, ClassVar

from pydantic import Field

from core.hashing import digest
from core.told import told
from pipelines.records import Draft, Found, Generate, Made
from pipelines.steps._make import TEXT, Maker, array, choice, named, strict, twice
from pipelines.steps._texts import plain, short

DIFFICULTIES = {
    "easy": "one fact of the passage answers it",
    "medium": "two facts from different places of the passage must be put together",
    "hard": "the answer follows from the passage and is nowhere written in it",
}
LENGTHS = {"short": "a few words", "long": "one or two whole sentences"}


class GenerateQa(Maker):
    """Has a model write questions with answers of each difficulty; what repeats, or is not in the passage where it must be, is refused."""

    name: ClassVar[str] = "generate_qa"
    label: ClassVar[str] = "Generate questions and answers"
    makes: ClassVar[tuple[str, ...] | None] = ("question", "answer", "difficulty")
    example: ClassVar[dict[str, Any]] = {"difficulties": {"easy": "one fact answers it", "hard": "it follows and is nowhere written"}}

    field: str = ""
    """The field the passage stands in; empty for the item's first text."""
    difficulties: dict[str, str] = Field(DIFFICULTIES, min_length=1)
    """Name to what it means."""
    each: int = Field(1, ge=1, le=20)
    """So many pairs of each difficulty."""
    short: float = Field(0.66, ge=0, le=1)
    """Share of answers that are to be short; which ones, the seed says."""
    seed: int = 0
    copied: bool = False
    """Whether every answer must stand in the passage, letter by letter."""

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        _, passage = named(draft, self.field)
        if not passage:
            return [self.nothing(told("The item has no passage."))]
        wanted = self._wanted(passage)
        pair = strict(number=choice(range(1, len(wanted) + 1)), question=TEXT, answer=TEXT)
        listed = "\n".join(f"- {name}: {meaning}" for name, meaning in self.difficulties.items())
        answer = await self.ask(
            draft, generate, {"passage": passage, "wanted": wanted}, strict(pairs=array(pair)), difficulties=listed,
            copied="Copy every answer letter by letter from the passage." if self.copied else "",
        )  # fmt: skip
        found: list[Made | Found] = []
        by_number: dict[int, list[dict[str, Any]]] = {}
        for one in answer.content["pairs"]:
            by_number.setdefault(one["number"], []).append(one)
        before: list[str] = []
        for want in wanted:
            pairs = by_number.get(want["number"], [])
            why = told("was not answered exactly once") if len(pairs) != 1 else self._wrong(pairs[0], passage, before)
            if why:
                found.append(self.refused(told(
                    "Question {number} ({difficulty}) {why}.", number=want["number"], difficulty=want["difficulty"], why=why
                )))
                continue
            [one] = pairs
            before.append(one["question"])
            fields = {"question": one["question"].strip(), "answer": one["answer"].strip(), "difficulty": want["difficulty"]}
            found.append(self.made(want["number"], fields, [answer], draft.target_language, length=want["length"]))
        return found

    def _wanted(self, passage: str) -> list[dict[str, Any]]:
        chance = random.Random(digest([self.seed, passage]))
        names = [name for name in self.difficulties for _ in range(self.each)]
        return [
            {"number": number, "difficulty": name, "length": "short" if chance.random() < self.short else "long"}
            for number, name in enumerate(names, 1)
        ]

    def _wrong(self, pair: dict[str, Any], passage: str, before: list[str]) -> str:
        question, answer = pair["question"], pair["answer"]
        if not question.strip() or not answer.strip():
            return told("is empty, or its answer is")
        if twice(question, before):
            return told("asks what one before it asks: “{question}”", question=short(question))
        if self.copied and plain(answer) not in plain(passage):
            return told("has an answer that is not in the passage: “{answer}”", answer=short(answer))
        return ""
