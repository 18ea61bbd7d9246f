"""The same words in another script: Indic scripts by ISO 15919 with a table of our own, all others by the transforms of ICU."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

import regex
from pydantic import Field, model_validator

from core.languages import in_script
from core.told import told
from pipelines.records import Draft, Found, Generate, Made, texts
from pipelines.steps._iso15919 import iso15919
from pipelines.steps._make import Maker, changed
from pipelines.steps._texts import TOGETHER

try:
    import icu
except ModuleNotFoundError:  # optional: ISO 15919 needs none of it
    icu = None

ISO = "iso15919"
UNAVAILABLE = told("unavailable: pip install -r requirements-gpu.txt (needs icukit-pyicu); without it there is iso15919")


class Transliterate(Maker):
    """Writes an item's texts in another script, as an item of its own beside it; letters that no rule covers are named in a finding."""

    name: ClassVar[str] = "transliterate"
    label: ClassVar[str] = "Transliterate"
    makes: ClassVar[tuple[str, ...] | None] = ()
    crosses: ClassVar[bool] = False

    by: str = ISO
    """``iso15919``, or the identifier of an ICU transform such as Cyrillic-Latin or Any-Latin."""
    script: str = Field("Latn", pattern=r"^[A-Z][a-z]{3}$")
    """The script it ends in, by ISO 15924: part of the new item's language tag."""

    @model_validator(mode="after")
    def _there(self) -> "Transliterate":
        self._transform()
        return self

    @property
    def asks_models(self) -> bool:
        return False

    def writes(self, tag: str) -> str:
        return in_script(tag, self.script)

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        if not any(text.strip() for text in texts(draft.source)):
            return [self.nothing(told("The item has no text."))]
        written = changed(draft.source, self._transform())
        if written == draft.source:
            return [self.nothing(told("The item has no letter that {by} would write otherwise.", by=self.by))]
        made = self.made(1, written, [], self.writes(draft.source_language), by=self._version())
        own = "".join(rf"\p{{Script={one}}}" for one in TOGETHER.get(self.script, (self.script,)))
        foreign = regex.compile(rf"(?![{own}])\p{{L}}")
        left = sorted({letter for text in texts(written) for letter in foreign.findall(text)})
        if not left:
            return [made]
        return [made, replace(self.refused(told(
            "No rule of {by} covers: {left}",
            by=self.by, left=" ".join(left[:20]),
        )), verdict="warn", value=len(left))]

    def _transform(self) -> Callable[[str], str]:
        if self.by == ISO:
            if self.script != "Latn":
                raise ValueError(told("by iso15919 texts are written in Latin letters: leave the script Latn"))
            return iso15919
        if icu is None:
            raise ValueError(UNAVAILABLE)
        try:
            return icu.Transliterator.createInstance(self.by).transliterate
        except icu.ICUError as error:
            raise ValueError(told("ICU has no transform {by!r}", by=self.by)) from error

    def _version(self) -> str:
        return f"icu:{icu.ICU_VERSION}" if self.by != ISO else ISO
