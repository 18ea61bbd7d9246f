"""A model's marks for a translation, from 1 to 5 by criterion."""

from statistics import fmean
from typing import ClassVar

from pydantic import Field

from pipelines.records import Draft, Found, Generate
from pipelines.steps._judge import Judge, strict

CRITERIA = {
    "accuracy": "it says what the source says, no more and no less",
    "fluency": "it reads as if written in the language",
    "idiom": "turns of phrase and names are those of the language's own readers",
    "terminology": "terms of the subject are the established ones, and the same throughout",
    "format": "numbers, placeholders, tags and the form of the item are kept",
}


class JudgeRubric(Judge):
    """Has a judge mark the translation from 1 to 5 by each criterion; the value is the mean, and a low mark is a doubt."""

    name: ClassVar[str] = "judge_rubric"
    label: ClassVar[str] = "Judge: marks by criterion"

    criteria: dict[str, str] = Field(CRITERIA, min_length=1)
    """Name to what it means."""
    warn_below: int = Field(3, ge=1, le=5)
    """A mark below this is a doubt."""

    async def judge(self, draft: Draft, generate: Generate) -> list[Found]:
        marks = strict(**{name: {"type": "integer", "minimum": 1, "maximum": 5} for name in self.criteria})
        schema = strict(scores=marks, reason={"type": "string"})
        listed = "\n".join(f"- {name}: {meaning}" for name, meaning in self.criteria.items())
        data = {"source": draft.source, "translation": draft.content}
        answer = await generate(self.request(draft, data, schema, criteria=listed))
        scores = {name: answer.content["scores"][name] for name in self.criteria}
        low = any(mark < self.warn_below for mark in scores.values())
        shown = ", ".join(f"{name} {mark}" for name, mark in scores.items())
        return [self.said("warn" if low else "score", answer, f"{shown}. {answer.content['reason']}", fmean(scores.values()))]
