"""What the translation says, told in the source's language by somebody who has not seen the source."""

from dataclasses import replace
from typing import ClassVar

from core.languages import language
from pipelines.prompts import Prompt
from pipelines.records import Draft, Generate, NotGenerated, Request, text_of
from pipelines.steps import Step
from pipelines.steps._texts import like


class BackTranslate(Step):
    """Translates the draft back by a prompt of its own that does not see the source."""

    name: ClassVar[str] = "back_translate"
    label: ClassVar[str] = "Back-translate"

    async def run(self, draft: Draft, generate: Generate) -> Draft:
        if draft.content is None:
            return draft
        prompt = Prompt(self.name)
        told = like(draft.source, draft.content)
        source, target = language(draft.target_language), language(draft.source_language)
        request = Request(
            prompt=self.name,
            prompt_signature=prompt.signature,
            messages=prompt.messages(source=source.name, target=target.name, data=told),
            input=told,
            source=source.tag,
            target=target.tag,
            max_tokens=2048 + 3 * len(text_of(told)),
        )
        try:
            answer = await generate(request)
        except NotGenerated as error:  # a translation without its way back is still a translation: people decide
            return replace(draft, made_by=draft.made_by | {"back_translate_failed": f"{error.outcome}: {error}"})
        back = like(draft.source, answer.content)
        made_by = {"back_translate": answer.signature, "back_translate_request": answer.request_hash}
        return replace(
            draft,
            back=back,
            made_by=draft.made_by | made_by | {"back_translation": back},
            recorded=draft.recorded or answer.recorded,
        )
