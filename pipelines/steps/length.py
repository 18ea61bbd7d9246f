"""A translation far shorter or far longer than such translations are has lost or gained something."""

from typing import ClassVar

from pydantic import Field

from core.told import told
from pipelines.records import Draft, Found, text_of
from pipelines.steps import Check

# Letters a script takes to say what an alphabet says with one hundred; 1 for those not here.
DENSITY = {"Hans": 0.35, "Hant": 0.35, "Hani": 0.35, "Jpan": 0.5, "Kore": 0.55, "Mymr": 1.2, "Khmr": 1.1}


# How far beyond the first and last percentile of its language a ratio must be to be looked at: one in fifty is beyond them.
SLACK = 1.25


class Length(Check):
    """The translation's length, in characters and allowing for the scripts, is within bounds of what is usual.

    Usual is the median of the dataset's translations into the language once there are enough, and the source's length before.
    """

    name: ClassVar[str] = "length"
    label: ClassVar[str] = "Length ratio"
    version: ClassVar[str] = "2"

    low: float = Field(0.4, gt=0)
    high: float = Field(2.5, gt=0)
    short: int = Field(20, ge=0)
    """Of sources up to so many characters it cannot tell."""

    def examine(self, draft: Draft) -> Found:
        source, target = (" ".join(text_of(content or {}).split()) for content in (draft.source, draft.content))
        if len(source) <= self.short:
            return self.found("abstain", told("The source is too short to tell."))
        languages = self.languages(draft)
        density = DENSITY.get(languages[1].script, 1.0) / DENSITY.get(languages[0].script, 1.0)
        ratio = round(len(target) / len(source) / density, 3)
        norms = draft.norms.get(self.name, ())
        usual = norms[50] if norms and norms[50] > 0 else 1.0
        if not self.low * usual <= ratio <= self.high * usual:
            return self.found("fail", _said(ratio, usual, much=True), ratio)
        if norms and not norms[1] / SLACK <= ratio <= norms[99] * SLACK:
            return self.found("warn", _said(ratio, usual), ratio)
        return self.found("ok", value=ratio)


def _said(ratio: float, usual: float, *, much: bool = False) -> str:
    share = ratio / usual
    if share > 1:
        if much:
            return told("The translation is much longer than is usual for the source ({share:.2f} of the usual).", share=share)
        return told("The translation is longer than is usual for the source ({share:.2f} of the usual).", share=share)
    if much:
        return told("The translation is much shorter than is usual for the source ({share:.2f} of the usual).", share=share)
    return told("The translation is shorter than is usual for the source ({share:.2f} of the usual).", share=share)
