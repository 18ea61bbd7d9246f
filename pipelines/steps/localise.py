"""A text as if it had been written where its language is at home: other names, units and customs, the same task."""

from collections import Counter
from dataclasses import replace
from typing import Any, ClassVar

from core.languages import language
from core.told import listed, told
from pipelines.prompts import Prompt
from pipelines.records import Draft, Found, Generate, Request, text_of, texts
from pipelines.steps import Step
from pipelines.steps._locale import rules
from pipelines.steps._make import TEXT, array, like_schema, strict
from pipelines.steps._texts import like, marks, regions, short

CHANGE = strict(before=TEXT, after=TEXT, why=TEXT)


class Localise(Step):
    """Rewrites names, units and norms of a text, or of the source where there is none yet, for readers of the language; origin localised."""

    name: ClassVar[str] = "localise"
    label: ClassVar[str] = "Localise"
    makes: ClassVar[tuple[str, ...] | None] = ()

    numbers: bool = True
    """Whether numbers may change with their units; else every number stays as it is."""

    async def run(self, draft: Draft, generate: Generate) -> Draft:
        text = draft.content if draft.content is not None else draft.source
        if draft.given or not any(one.strip() for one in texts(text)):
            return draft
        answer = await generate(self._request(draft, text))
        content, changes = like(text, answer.content["item"]), answer.content["changes"]
        if why := _wrong(draft, text, content):
            return replace(draft, findings=(*draft.findings, Found(self.name, "fail", self.signature(), None, why)))
        made_up = [one for one in changes if one["after"] not in text_of(content)]
        verdict = Found(self.name, "ok", self.signature(), len(changes) - len(made_up))
        if made_up:
            said = told("It says it wrote “{after}”, which is not there.", after=short(made_up[0]["after"]))
            verdict = replace(verdict, verdict="warn", detail=said)
        notes = {"localise": answer.signature, "localise_request": answer.request_hash, "localised": changes}
        return replace(
            draft,
            content=content,
            origin="localised",
            findings=(*draft.findings, verdict),
            made_by=draft.made_by | notes,
            recorded=draft.recorded or answer.recorded,
        )

    def _request(self, draft: Draft, text: dict[str, Any]) -> Request:
        source = draft.source_language if draft.content is None else draft.target_language
        prompt, target = Prompt(self.name), language(draft.target_language)
        kept = "" if self.numbers else "Keep every number exactly as it is, and the units with them."
        return Request(
            prompt=self.name,
            prompt_signature=prompt.signature,
            messages=prompt.messages(
                source=language(source).name, target=target.name, data=text, locale=rules(target.tag), kept=kept
            ),
            input=text,
            source=source,
            target=target.tag,
            max_tokens=2048 + 8 * len(text_of(text)),
            schema=strict(item=like_schema(text), changes=array(CHANGE, 0)),
        )


def _wrong(draft: Draft, text: dict[str, Any], content: dict[str, Any]) -> str:
    if problems := draft.kind.translation_problems(draft.source, content):
        return told("It has not the form of the item: {problems}.", problems=listed(problems))
    before, after = (Counter(one for said in texts(side) for one in (*marks(said), *regions(said))) for side in (text, content))
    if before == after:
        return ""
    return told("Not kept as it was: {regions}.", regions=", ".join((before - after or after - before).keys()))
