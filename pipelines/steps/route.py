"""What becomes of a draft: it passes, is made anew by another prompt, or goes to people, with the reasons."""

from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from pipelines.records import Draft, Found, Generate
from pipelines.steps import Step

SCORES = ("bleu", "chrf")


class Route(Step):
    """Passes what every check lets pass and what comes back well; has failures made anew, a few times; else asks people."""

    name: ClassVar[str] = "route"
    label: ClassVar[str] = "Route"

    threshold: float = Field(45.0, ge=0, le=100)
    """chrF++ of the back-translation against the source, at least."""
    attempts: int = Field(3, ge=1, le=3)
    """So many texts are made at most, each by a prompt of its own."""

    async def run(self, draft: Draft, generate: Generate) -> Draft:
        checks = [one for one in draft.findings if one.check not in SCORES]
        failed = any(one.verdict == "fail" for one in checks)
        if failed and not draft.given and draft.attempt + 1 < self.attempts:
            return replace(draft, route="redo", reasons=tuple(_said(checks, "fail")))
        reasons = (*_said(checks, "fail"), *_said(checks, "warn"), *_unsaid(checks), *self._round_trip(draft))
        return replace(draft, route="people" if reasons else "pass", reasons=reasons)

    def _round_trip(self, draft: Draft) -> list[str]:
        score = next((one.value for one in draft.findings if one.check == "chrf"), None)
        if score is None:
            return ["There is no back-translation to judge by."]
        if score < self.threshold:
            return [f"Little of the source comes back: chrF++ {score:.0f}, and {self.threshold:.0f} is wanted."]
        return []


def _said(checks: list[Found], verdict: str) -> list[str]:
    return [one.detail or f"{one.check}: {verdict}" for one in checks if one.verdict == verdict]


def _unsaid(checks: list[Found]) -> list[str]:
    """A back-translation alone accepts nothing: a dropped “not” comes back almost whole."""
    return [] if any(one.verdict == "ok" for one in checks) else ["No check could tell whether the text is right."]
