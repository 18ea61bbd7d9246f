"""How much of the source comes back: one signal among others, which never accepts a text by itself."""

from dataclasses import replace
from typing import ClassVar

from annotation.edits import chrf
from core.languages import language
from pipelines.records import Draft, Found, Generate, text_of
from pipelines.steps import Step
from pipelines.steps._scores import bleu


class RoundTrip(Step):
    """Scores the back-translation against the source: sentence BLEU and chrF++, each with its full sacreBLEU signature."""

    name: ClassVar[str] = "round_trip"
    label: ClassVar[str] = "Round trip"

    async def run(self, draft: Draft, generate: Generate) -> Draft:
        if draft.back is None:
            return draft
        back, source = text_of(draft.back), text_of(draft.source)
        scores = {"bleu": bleu(back, source, language(draft.source_language)), "chrf": chrf(back, source)}
        # An imported text has no other place for what came back of it.
        said = f"What came back: {back}"
        found = (Found(name, "score", signature, score, said) for name, (score, signature) in scores.items())
        return replace(draft, findings=(*draft.findings, *found))
