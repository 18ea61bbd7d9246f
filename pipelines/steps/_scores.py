"""sacreBLEU's sentence BLEU with its full signature: one metric object a process for each tokenizer."""

import unicodedata
from functools import lru_cache

from sacrebleu.metrics import BLEU

from core.languages import Language

TOKENIZERS = {"zh": "zh", "ja": "ja-mecab", "ko": "ko-mecab"}


def bleu(hypothesis: str, reference: str, language: Language) -> tuple[float, str]:
    """Sentence BLEU with effective order, by the tokenizer of the texts' language, and its signature."""
    metric = _bleu(tokenizer(language))
    # The same letters in another Unicode form would score 0.
    mine, theirs = (unicodedata.normalize("NFC", " ".join(text.split("\n"))) for text in (hypothesis, reference))
    return round(metric.sentence_score(mine, [theirs]).score, 2), f"{metric.get_signature()}|norm:nfc"


def tokenizer(language: Language) -> str:
    """sacreBLEU's tokenizer for texts of a language: it knows none for most scripts without spaces, where 13a scores 0."""
    return TOKENIZERS.get(language.tag.split("-")[0]) or ("13a" if language.spaced else "char")


@lru_cache
def _bleu(name: str) -> BLEU:
    return BLEU(tokenize=name, effective_order=True)
