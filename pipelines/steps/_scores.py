"""sacreBLEU's sentence scores with their full signatures: one metric object a process for each tokenizer."""

import unicodedata
from functools import lru_cache

from sacrebleu.metrics import BLEU, CHRF

from core.languages import Language

TOKENIZERS = {"zh": "zh", "ja": "ja-mecab", "ko": "ko-mecab"}
NORMALISED = "|norm:nfc"


def bleu(hypothesis: str, reference: str, language: Language) -> tuple[float, str]:
    """Sentence BLEU with effective order, by the tokenizer of the texts' language, and its signature."""
    metric = _bleu(tokenizer(language))
    return _score(metric, hypothesis, reference), f"{metric.get_signature()}{NORMALISED}"


def chrf(hypothesis: str, reference: str) -> tuple[float, str]:
    """chrF++ and its signature."""
    metric = _chrf()
    return _score(metric, hypothesis, reference), f"{metric.get_signature()}{NORMALISED}"


def tokenizer(language: Language) -> str:
    """sacreBLEU's tokenizer for texts of a language: it knows none for most scripts without spaces, where 13a scores 0."""
    return TOKENIZERS.get(language.tag.split("-")[0]) or ("13a" if language.spaced else "char")


def _score(metric: BLEU | CHRF, hypothesis: str, reference: str) -> float:
    # The same letters in another Unicode form would score 0.
    mine, theirs = (unicodedata.normalize("NFC", " ".join(text.split("\n"))) for text in (hypothesis, reference))
    return round(metric.sentence_score(mine, [theirs]).score, 2)


@lru_cache
def _bleu(name: str) -> BLEU:
    return BLEU(tokenize=name, effective_order=True)


@lru_cache
def _chrf() -> CHRF:
    return CHRF(word_order=2)
