"""A translation is in the target language, as far as a small model can tell."""

from functools import lru_cache
from typing import ClassVar

import regex
from py3langid.langid import MODEL_FILE, LanguageIdentifier
from pydantic import Field

from core.told import told
from pipelines.records import Draft, Found, text_of
from pipelines.steps import Check
from pipelines.steps._texts import words_only

LETTER = regex.compile(r"\p{L}")
# Languages the model mistakes for each other: only these, the target and the source are asked about.
CONFUSABLE = (
    {"id", "ms", "jv"}, {"hr", "sr", "bs", "sl"}, {"no", "nb", "nn", "da", "sv"}, {"cs", "sk"}, {"es", "pt", "gl", "ca", "it"},
    {"ur", "fa", "ar", "ps"}, {"zu", "xh"}, {"ru", "uk", "be", "bg"}, {"hi", "mr", "ne"}, {"de", "nl", "af", "lb"},
    {"fr", "oc", "ca"}, {"kk", "ky"}, {"sw", "rw", "zu"},
)  # fmt: skip


class LanguageId(Check):
    """The text reads like its language rather than like the source's or a close relative; abstains where it cannot tell."""

    name: ClassVar[str] = "language_id"
    label: ClassVar[str] = "Language"

    letters: int = Field(20, ge=0)
    """Of texts with fewer letters it cannot tell."""
    sure: float = Field(0.5, ge=0, le=1)
    """Below this probability it does not tell."""

    def examine(self, draft: Draft) -> Found:
        source, target = (one.tag.split("-")[0] for one in self.languages(draft))
        text = words_only(text_of(draft.content or {}))
        if len(LETTER.findall(text)) < self.letters:
            return self.found("abstain", told("The text is too short to tell its language."))
        if target not in _known():
            return self.found("abstain", told("The language is not among those the model knows."))
        near = {target, source}.union(*(group for group in CONFUSABLE if target in group))
        said = _ranked(text, frozenset(near))
        best, value = max(said, key=lambda tag: said[tag]), round(said[target], 3)
        if said[best] < self.sure:
            return self.found("abstain", told("The model is not sure of the language."), value)
        if best == target:
            return self.found("ok", value=value)
        verdict = "fail" if best == source else "warn"
        return self.found(verdict, told("The text reads like {best}, not like {target}.", best=best, target=target), value)


@lru_cache
def _model() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@lru_cache
def _known() -> frozenset[str]:
    return frozenset(map(str, _model().labels))


def _ranked(text: str, among: frozenset[str]) -> dict[str, float]:
    """Probabilities of these languages alone, together 1."""
    ranked = {str(tag): float(p) for tag, p in _model().rank(text) if tag in among}
    whole = sum(ranked.values())
    return {tag: p / whole for tag, p in ranked.items()} if whole else dict.fromkeys(ranked, 0.0)
