"""What a draft goes through: one file a step. The contract is `Step` (and `Check` for steps that only look); `steps` is the registry."""

from dataclasses import replace
from typing import Any, ClassVar, Literal

from core.languages import Language, language
from core.plugins import Plugin, Registry
from pipelines.records import Draft, Found, Generate


class Step(Plugin):
    """One step of a draft's way."""

    asks: ClassVar[str] = ""
    """Which other of the run's models it asks, by the name in `Request.by`; empty when only the run's own, or none."""

    makes: ClassVar[tuple[str, ...] | None] = None
    """The fields of the items it makes; empty where they have the texts of the item they come from, None where it makes none."""
    crosses: ClassVar[bool] = True
    """Whether what it makes may be in another language than what it reads."""
    compares: ClassVar[bool] = False
    """Whether it reads the source and its translation side by side."""

    @property
    def asks_models(self) -> bool:
        """Whether it asks any; a run of steps that do not needs no provider."""
        return True

    def writes(self, tag: str) -> str:
        """The tag of what it makes, of a run in this language."""
        return tag

    async def run(self, draft: Draft, generate: Generate) -> Draft:
        """The draft after this step; the given one is not changed."""
        raise NotImplementedError(f"{self.name} does nothing")


class Check(Step):
    """A step that looks at source and translation and adds one finding at most; it asks no model and changes no text."""

    async def run(self, draft: Draft, generate: Generate) -> Draft:
        if draft.content is None:
            return draft
        found = self.examine(draft)
        return draft if found is None else replace(draft, findings=(*draft.findings, found))

    def examine(self, draft: Draft) -> Found | None:
        """The finding, or None where the draft has nothing to look at (no options, no glossary); ``draft.content`` is not None here."""
        raise NotImplementedError(f"{self.name} examines nothing")

    def found(self, verdict: Literal["ok", "warn", "fail", "abstain"], detail: str = "", value: float | None = None) -> Found:
        """A finding under this check's name and signature."""
        return Found(self.name, verdict, self.signature(), value, detail)

    @staticmethod
    def languages(draft: Draft) -> tuple[Language, Language]:
        """Source and target language."""
        return language(draft.source_language), language(draft.target_language)


steps: Registry[Step] = Registry("step", "pipelines.steps", Step)

# What a draft goes through unless a run says otherwise.
DEFAULT: tuple[dict[str, Any] | str, ...] = (
    "translate",
    # What must be there letter by letter, then by meaning.
    "placeholders",
    "protected",
    "numbers",
    "units",
    # What the text is written in, and how much of it there is.
    "characters",
    "script",
    "language_id",
    "length",
    "unchanged",
    "repeated",
    # What the item and the dataset ask of it.
    "options",
    "answer",
    "glossary",
    "back_translate",
    # After the way back: it looks at both.
    "negation",
    "round_trip",
    "route",
)
