"""What becomes of a draft: it passes, is made anew by another prompt, or goes to people, with the reasons."""

from dataclasses import replace
from typing import Any, ClassVar

from pydantic import Field

from annotation.judgements import ASKED, is_judgement
from core.hashing import digest
from core.told import told
from pipelines.records import Draft, Found, Generate
from pipelines.steps import Step

AUDIT = told("Drawn at random for an audit: every check let it pass.")


class Route(Step):
    """Passes what every check lets pass and what comes back well; has failures made anew, a few times; else asks people.

    Only what was counted or compared is made anew: a model's judgement, like any other doubt, asks people. Of what passes,
    a random share goes to people all the same, so that what all the checks miss can be counted.
    """

    name: ClassVar[str] = "route"
    label: ClassVar[str] = "Route"

    threshold: float = Field(45.0, ge=0, le=100)
    """chrF++ of the back-translation against the source, at least."""
    percentile: int | None = Field(None, ge=0, le=100)
    """Instead, at least this percentile of the language's own scores, as soon as the dataset has enough of them."""
    attempts: int = Field(3, ge=1, le=3)
    """So many texts are made at most, each by a prompt of its own."""
    audit: float = Field(0.05, ge=0, le=1)
    """Share of what passes that people look at; which texts these are is settled by the item and the seed."""
    seed: int = 0
    """Another seed, another share."""

    async def run(self, draft: Draft, generate: Generate) -> Draft:
        counted = [one for one in draft.findings if not is_judgement(one.check)]
        failed = _said(counted, "fail")
        if failed and not draft.given and draft.attempt + 1 < self.attempts:
            return replace(draft, route="redo", reasons=tuple(failed))
        reasons = (*failed, *_said(counted, "warn"), *_judged(draft), *_unsaid(counted), *self._round_trip(draft))
        if not reasons and drawn(draft, self.audit, self.seed):
            return replace(draft, route="people", reasons=(AUDIT,), made_by=draft.made_by | {"audit": True})
        return replace(draft, route="people" if reasons else "pass", reasons=reasons)

    def _round_trip(self, draft: Draft) -> list[str]:
        score = next((one.value for one in draft.findings if one.check == "chrf"), None)
        if score is None:
            return [told("There is no back-translation to judge by.")]
        norm = draft.norms.get("chrf")
        if self.percentile is None or norm is None:
            return [told(
                "Little of the source comes back: chrF++ {score:.0f}, and {bound:.0f} is wanted.", score=score, bound=self.threshold
            )] if score < self.threshold else []
        bound = norm[self.percentile]
        return [told(
            "Little of the source comes back: chrF++ {score:.0f}, and {bound:.0f} (percentile {percentile} of the language) is wanted.",
            score=score, bound=bound, percentile=self.percentile,
        )] if score < bound else []


def drawn(draft: Draft, share: float, seed: int) -> bool:
    """Whether a draft is in the random share: the same for the same item, language and seed, whoever asks and how often."""
    source: dict[str, Any] = draft.item or draft.source
    return int(digest([source, draft.target_language, seed])[:12], 16) < share * 16**12


def _said(checks: list[Found], verdict: str) -> list[str]:
    return [one.detail or told("{check}: {verdict}", check=one.check, verdict=verdict) for one in checks if one.verdict == verdict]


def _judged(draft: Draft) -> list[str]:
    """Once, and not what it is: people are to find that by themselves."""
    doubts = (is_judgement(one.check) and one.verdict in ("warn", "fail") for one in draft.findings)
    return [ASKED] if any(doubts) else []


def _unsaid(checks: list[Found]) -> list[str]:
    """A back-translation alone accepts nothing: a dropped “not” comes back almost whole."""
    return [] if any(one.verdict == "ok" for one in checks) else [told("No check could tell whether the text is right.")]
