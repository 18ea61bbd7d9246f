"""sacreBLEU's scores of one text with their full signatures: one metric object a process, which remembers its references."""

import unicodedata
from functools import lru_cache
from typing import Any

from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.metrics.base import Metric

from core.languages import Language

TOKENIZERS = {"zh": "zh", "ja": "ja-mecab", "ko": "ko-mecab"}
REMEMBERED = 1 << 12
"""So many references, the sources of units: each comes back with every attempt and every language."""


class Scorer:
    """One of sacreBLEU's metrics for single texts. The same numbers as ``sentence_score``, by the steps it is made of.

    Those steps are private to sacreBLEU: tests/pipelines/test_score_batches.py pins the version and compares the numbers.
    """

    def __init__(self, metric: Metric) -> None:
        self.metric = metric
        self._known = lru_cache(REMEMBERED)(self._read)

    def score(self, hypothesis: str, reference: str) -> float:
        """The score, unrounded; texts are compared in NFC and as one line."""
        mine = self.metric._preprocess_segment(prepared(hypothesis))
        stats = self.metric._compute_segment_statistics(mine, self._known(prepared(reference)))
        return self.metric._compute_score_from_stats(stats).score

    @property
    def signature(self) -> str:
        """sacreBLEU's own, and what we do to texts before."""
        self.metric.num_refs = 1  # else known only after the first score
        return f"{self.metric.get_signature()}|norm:nfc"

    def _read(self, reference: str) -> dict[str, Any]:
        return self.metric._cache_references([[reference]])[0]


def prepared(text: str) -> str:
    """A text as it is compared. The same letters in another Unicode form would score 0."""
    return unicodedata.normalize("NFC", " ".join(text.split("\n")))


def scorer(name: str, language: Language) -> Scorer:
    """``bleu`` with effective order and the tokenizer of the language, ``chrf`` (chrF++) or ``ter``."""
    return _scorer(name, tokenizer(language) if name == "bleu" else "")


def bleu(hypothesis: str, reference: str, language: Language) -> tuple[float, str]:
    """Sentence BLEU with effective order, rounded to two decimals, and its signature."""
    found = scorer("bleu", language)
    return round(found.score(hypothesis, reference), 2), found.signature


def tokenizer(language: Language) -> str:
    """sacreBLEU's tokenizer for texts of a language: it knows none for most scripts without spaces, where 13a scores 0."""
    return TOKENIZERS.get(language.tag.split("-")[0]) or ("13a" if language.spaced else "char")


@lru_cache
def _scorer(name: str, tokenize: str) -> Scorer:
    if name == "bleu":
        # Without effective order a perfect text of three words scores 0.
        return Scorer(BLEU(tokenize=tokenize, effective_order=True))
    return Scorer({"chrf": CHRF(word_order=2), "ter": TER()}[name])
