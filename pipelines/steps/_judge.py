"""What steps have in common that ask a model, never the translator, what a translation is worth."""

from dataclasses import replace
from typing import Any, ClassVar, Literal

from annotation.judgements import is_judgement
from core.languages import language
from core.told import told
from pipelines.prompts import Prompt
from pipelines.records import Draft, Found, Generate, Generated, NotGenerated, Request
from pipelines.steps import Step

Verdict = Literal["warn", "fail", "abstain", "score"]


class Judge(Step):
    """Asks the run's judge and adds what it said as findings, which people see only after they have voted.

    A text that a check has failed is not judged: it is made anew or goes to people whatever a judge would say.
    """

    asks: ClassVar[str] = "judge"

    async def run(self, draft: Draft, generate: Generate) -> Draft:
        if draft.content is None or any(one.verdict == "fail" and not is_judgement(one.check) for one in draft.findings):
            return draft
        try:
            found = await self.judge(draft, generate)
        except NotGenerated as error:
            found = [Found(self.name, "abstain", self.signature(), None, told(
                "The judge gave no answer: {error}",
                error=error,
            ))]
        return replace(draft, findings=(*draft.findings, *found))

    async def judge(self, draft: Draft, generate: Generate) -> list[Found]:
        """What the judge says; ``draft.content`` is not None here."""
        raise NotImplementedError(f"{self.name} judges nothing")

    def request(self, draft: Draft, data: dict[str, Any], schema: dict[str, Any], **values: Any) -> Request:
        """What the judge is asked, by the prompt file of the step's name."""
        prompt = Prompt(self.name)
        source, target = language(draft.source_language), language(draft.target_language)
        return Request(
            prompt=self.name,
            prompt_signature=prompt.signature,
            messages=prompt.messages(source=source.name, target=target.name, data=data, **values),
            input=data,
            source=source.tag,
            target=target.tag,
            schema=schema,
            by=self.asks,
        )

    def said(self, verdict: Verdict, answer: Generated, detail: str, value: float | None = None, *, what: str = "") -> Found:
        """A finding under this step's name, with the judge's model and prompt in its signature."""
        return Found(self.name + what, verdict, f"{self.signature()}|by:{answer.signature}"[:300], value, detail)


def strict(**properties: dict[str, Any]) -> dict[str, Any]:
    """The schema of an object with all of these properties and no others."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
