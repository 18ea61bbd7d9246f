"""What models say to a question when they do not see the passage it is about: the raw material of hallucination benchmarks."""

from typing import Any, ClassVar

from pydantic import Field

from core.told import told
from pipelines.records import Draft, Found, Generate, Made, NotGenerated
from pipelines.steps._make import TEXT, Maker, named, strict


class AnswerWithoutContext(Maker):
    """Has each of many models answer the question alone; one that does not answer is refused, the others stay."""

    name: ClassVar[str] = "answer_without_context"
    label: ClassVar[str] = "Answer without the passage"
    makes: ClassVar[tuple[str, ...] | None] = ("answer", "model")
    example: ClassVar[dict[str, Any]] = {"field": "question"}

    field: str = ""
    """The field the question stands in; empty for the item's first text."""
    models: list[str] = Field([""], min_length=1, max_length=50)
    """Who is asked, by the names the run has for its models; empty for the run's own."""

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        _, question = named(draft, self.field)
        if not question:
            return [self.nothing(told("The item has no question."))]
        found: list[Made | Found] = []
        for number, model in enumerate(self.models, 1):
            who = model or told("the run's own model")
            try:
                answer = await self.ask(draft, generate, {"question": question}, strict(answer=TEXT), by=model)
            except NotGenerated as error:
                found.append(self.refused(told("{who} gave no answer: {error}", who=who, error=error)))
                continue
            if not (said := answer.content["answer"].strip()):
                found.append(self.refused(told("{who} answered nothing.", who=who)))
                continue
            fields = {"answer": said, "model": model or answer.signature.partition("|")[0]}
            found.append(self.made(number, fields, [answer], draft.target_language))
        return found
