"""The machine's first word on a unit: its whole item in one request."""

from dataclasses import replace
from typing import ClassVar

from core.languages import language
from pipelines.prompts import Prompt
from pipelines.records import Draft, Generate, Request, text_of
from pipelines.steps import Step
from pipelines.steps._texts import like

# The first attempt, and the two after a failed check, each by a prompt of its own.
PROMPTS = ("translate", "translate_again", "translate_last")


class Translate(Step):
    """Translates the whole item in one request, so that a question and its options fit together; leaves a given text alone."""

    name: ClassVar[str] = "translate"
    label: ClassVar[str] = "Translate"

    async def run(self, draft: Draft, generate: Generate) -> Draft:
        if draft.content is not None:
            return draft
        prompt = Prompt(PROMPTS[min(draft.attempt, len(PROMPTS) - 1)])
        source, target = language(draft.source_language), language(draft.target_language)
        request = Request(
            prompt=prompt.name,
            prompt_signature=prompt.signature,
            messages=prompt.messages(source=source.name, target=target.name, data=draft.source),
            input=draft.source,
            source=source.tag,
            target=target.tag,
            # Scripts that models know little of take several tokens a letter.
            max_tokens=2048 + 6 * len(text_of(draft.source)),
        )
        answer = await generate(request)
        made_by = {"translate": answer.signature, "translate_request": answer.request_hash}
        return replace(
            draft,
            content=like(draft.source, answer.content),
            made_by=draft.made_by | made_by,
            recorded=draft.recorded or answer.recorded,
        )
