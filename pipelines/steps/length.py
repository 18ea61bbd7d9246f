"""A translation far shorter or far longer than such translations are has lost or gained something."""

from typing import ClassVar

from pydantic import Field

from pipelines.records import Draft, Found, text_of
from pipelines.steps import Check

# Letters a script takes to say what an alphabet says with one hundred; 1 for those not here.
DENSITY = {"Hans": 0.35, "Hant": 0.35, "Hani": 0.35, "Jpan": 0.5, "Kore": 0.55, "Mymr": 1.2, "Khmr": 1.1}


class Length(Check):
    """The translation's length, in characters and allowing for the scripts, is within bounds of the source's."""

    name: ClassVar[str] = "length"
    label: ClassVar[str] = "Length ratio"

    low: float = Field(0.4, gt=0)
    high: float = Field(2.5, gt=0)
    short: int = Field(20, ge=0)
    """Of sources up to so many characters it cannot tell."""

    def examine(self, draft: Draft) -> Found:
        source, target = text_of(draft.source), text_of(draft.content or {})
        if len(source) <= self.short:
            return self.found("abstain", "The source is too short to tell.")
        languages = self.languages(draft)
        usual = DENSITY.get(languages[1].script, 1.0) / DENSITY.get(languages[0].script, 1.0)
        ratio = round(len(target) / len(source) / usual, 3)
        if ratio < self.low:
            return self.found("fail", f"The translation is much shorter than the source ({ratio:.2f} of the usual).", ratio)
        if ratio > self.high:
            return self.found("fail", f"The translation is much longer than the source ({ratio:.2f} of the usual).", ratio)
        return self.found("ok", value=ratio)
