"""BLEU and chrF++ of many pairs of texts at once: sacreBLEU's numbers, from sufficient statistics that are counted together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.metrics.base import Metric

from core.languages import Language
from pipelines import ngrams
from pipelines.steps._scores import Scorer, prepared, scorer

CHUNK = 500
"""Pairs counted together: their n-grams fit the processor's caches."""
BY_WORD = frozenset({"13a", "char", "zh"})
"""Tokenizers that never look beyond a space, so that a word is cut up once and not in every text."""
REMEMBERED = 1 << 16


@dataclass(frozen=True)
class Scores:
    """One metric's scores of all pairs, in their order and unrounded, and the statistics they are made of.

    ``statistics`` has a row a pair, as sacreBLEU lays them out: the sum over any rows gives those rows' corpus score.
    """

    values: list[float]
    signature: str
    statistics: np.ndarray


def score(hypotheses: Sequence[str], references: Sequence[str], language: Language) -> dict[str, Scores]:
    """Sentence BLEU (``bleu``) and chrF++ (``chrf``) of each hypothesis against the reference of the same place.

    The same numbers to the last digit as ``sentence_score`` of one metric object, text by text, after NFC.
    """
    made: dict[Scorer, list[np.ndarray]] = {scorer(name, language): [] for name in ("bleu", "chrf")}
    for begin in range(0, len(hypotheses), CHUNK):
        mine, theirs = (list(map(prepared, texts[begin : begin + CHUNK])) for texts in (hypotheses, references))
        for found, chunks in made.items():
            chunks.append(_statistics(found.metric, mine, theirs))
    return {name: _scores(found, chunks) for name, (found, chunks) in zip(("bleu", "chrf"), made.items(), strict=True)}


def _scores(found: Scorer, chunks: list[np.ndarray]) -> Scores:
    statistics = np.concatenate(chunks) if chunks else np.zeros((0, 0), np.int64)
    values = [found.metric._compute_score_from_stats(row).score for row in statistics.tolist()]
    return Scores(values, found.signature, statistics)


def _statistics(metric: Metric, mine: list[str], theirs: list[str]) -> np.ndarray:
    """A row a pair; counted by sacreBLEU itself, text by text, where a pair has too many different letters or words for us."""
    try:
        return (_bleu_statistics if isinstance(metric, BLEU) else _chrf_statistics)(metric, mine, theirs)
    except ngrams.TooVaried:
        return np.array(metric._extract_corpus_statistics(mine, [theirs]), np.int64)


def _bleu_statistics(metric: BLEU, mine: list[str], theirs: list[str]) -> np.ndarray:
    """For each pair: both lengths in tokens, shared n-grams of each order, and the hypothesis's n-grams of each order."""
    first, second = (_tokens(metric, texts) for texts in (mine, theirs))
    shared = ngrams.of_words(first, second, metric.max_ngram_order)
    lengths = ([len(words) for words in texts] for texts in (first, second))
    return np.column_stack([*lengths, *(one.both for one in shared), *(one.first for one in shared)])


def _chrf_statistics(metric: CHRF, mine: list[str], theirs: list[str]) -> np.ndarray:
    """For each pair and order, of characters and then of words: n-grams of the hypothesis, of the reference, and shared."""
    letters = (["".join(text.split()) for text in texts] for texts in (mine, theirs))
    words = (_tokens(metric, texts) for texts in (mine, theirs))
    shared = [
        *ngrams.of_characters(*letters, metric.char_order),
        *ngrams.of_words(*words, metric.word_order),
    ]
    # As sacreBLEU has it: what the reference has no n-gram to compare with is not counted.
    return np.column_stack([
        column for one in shared for column in (np.where(one.second > 0, one.first, 0), one.second, one.both)
    ])  # fmt: skip


class _Cut(dict[str, tuple[str, ...]]):
    """Words to their tokens by a tokenizer that never looks beyond a space, each cut up at its first use."""

    def __init__(self, tokens: Callable[[str], Iterable[str]]) -> None:
        self.tokens = tokens

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(self) >= REMEMBERED:
            self.clear()
        self[word] = found = tuple(self.tokens(word))
        return found


@lru_cache
def _cut(metric: Metric) -> _Cut:
    return _Cut(metric._remove_punctuation if isinstance(metric, CHRF) else lambda word: metric._preprocess_segment(word).split())


def _tokens(metric: Metric, texts: list[str]) -> list[list[str]]:
    """The words of each text as the metric compares them."""
    if isinstance(metric, BLEU) and metric.tokenizer_signature not in BY_WORD:
        return [metric._preprocess_segment(text).split() for text in texts]
    cut = _cut(metric).__getitem__
    return [list(chain.from_iterable(map(cut, text.split()))) for text in texts]
