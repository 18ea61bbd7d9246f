"""How much of the source comes back: one signal among others, which never accepts a text by itself."""

from dataclasses import replace
from typing import ClassVar, Literal

from core.languages import language
from core.told import told
from pipelines.records import Draft, Found, Generate, text_of
from pipelines.steps import Step
from pipelines.steps._scores import scorer


class RoundTrip(Step):
    """Scores the back-translation against the source: BLEU, chrF++ or TER of the unit, each with its full sacreBLEU signature."""

    name: ClassVar[str] = "round_trip"
    label: ClassVar[str] = "Round trip"

    metrics: list[Literal["bleu", "chrf", "ter"]] = ["bleu", "chrf"]
    """Which. TER (edits, so that less is better) takes five times as long as the others together and says little more."""

    async def run(self, draft: Draft, generate: Generate) -> Draft:
        if draft.back is None:
            return draft
        back, source = text_of(draft.back), text_of(draft.source)
        # An imported text has no other place for what came back of it.
        said = told("What came back: “{back}”", back=back)
        found = []
        for name in self.metrics:
            metric = scorer(name, language(draft.source_language))
            found.append(Found(name, "score", metric.signature, round(metric.score(back, source), 2), said))
        return replace(draft, findings=(*draft.findings, *found))
