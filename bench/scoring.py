"""Round-trip scores of 20,000 pairs of texts, beside one process of the obvious loop over sacreBLEU's ``sentence_score``."""

import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from sacrebleu.metrics import BLEU, CHRF

from core.languages import language
from pipelines import score_batches
from pipelines.steps._scores import prepared

PAIRS, WORDS, VOCABULARY, SEED, TIMES = 20_000, 25, 8_000, 1, 3
ALLOWED = 1e-9


def run(say: Callable[[str], None], *, pairs: int = PAIRS, times: int = TIMES) -> dict[str, Any]:
    """Seconds of both in turns, by their medians, and whether every number is the same; ours is one process too."""
    hypotheses, references = texts(pairs)
    score_batches.score(hypotheses[:10], references[:10], language("en"))  # tokenizers are loaded
    seconds, floor_seconds = [], []
    for turn in range(1, times + 1):
        _forget()
        ours, took = timed(lambda: batched(hypotheses, references))
        _forget()
        floor, floor_took = timed(lambda: obvious(hypotheses, references))
        seconds.append(took)
        floor_seconds.append(floor_took)
        say(f"{turn}. batches {pairs / took:.0f} pairs a second, one by one {pairs / floor_took:.0f}")
    apart = max(abs(a - b) for mine, theirs in zip(ours, floor, strict=True) for a, b in zip(mine, theirs, strict=True))
    return {
        "pairs": pairs,
        "seconds": round(statistics.median(seconds), 3),
        "floor_seconds": round(statistics.median(floor_seconds), 3),
        "ratio": round(statistics.median(b / a for a, b in zip(seconds, floor_seconds, strict=True)), 2),
        "all": [round(b / a, 2) for a, b in zip(seconds, floor_seconds, strict=True)],
        "identical": apart <= ALLOWED,
        "largest_difference": apart,
    }


def texts(pairs: int) -> tuple[list[str], list[str]]:
    """Back-translations and sources: made-up sentences, and the same with words lost, changed and moved."""
    chance = random.Random(SEED)
    syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "ing")]
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(VOCABULARY)]
    sources = [_sentence(chance.choices(words, k=chance.randint(WORDS - 10, WORDS + 10)), chance) for _ in range(pairs)]
    return [_worse(source, words, chance) for source in sources], sources


def _sentence(words: list[str], chance: random.Random) -> str:
    marked = [word + ("," if chance.random() < 0.08 else "") for word in words]
    return " ".join(marked).capitalize() + chance.choice(".?!")


def _worse(source: str, words: list[str], chance: random.Random) -> str:
    kept = [chance.choice(words) if chance.random() < 0.2 else word for word in source.split() if chance.random() > 0.05]
    place = chance.randrange(max(len(kept), 1))
    return " ".join(kept[place:] + kept[:place] if chance.random() < 0.2 else kept)


def batched(hypotheses: list[str], references: list[str]) -> tuple[list[float], list[float]]:
    """Ours."""
    found = score_batches.score(hypotheses, references, language("en"))
    return found["bleu"].values, found["chrf"].values


def obvious(hypotheses: list[str], references: list[str]) -> tuple[list[float], list[float]]:
    """What anybody would write who knows to make each metric once."""
    bleu, chrf = BLEU(effective_order=True), CHRF(word_order=2)
    pairs = [(prepared(a), prepared(b)) for a, b in zip(hypotheses, references, strict=True)]
    return [bleu.sentence_score(a, [b]).score for a, b in pairs], [chrf.sentence_score(a, [b]).score for a, b in pairs]


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and its seconds."""
    began = time.perf_counter()
    given = work()
    return given, time.perf_counter() - began


def _forget() -> None:
    """Words and lines that were cut up before are cut up anew: every turn is a first one."""
    score_batches._cut.cache_clear()
    tokenizer = BLEU(effective_order=True).tokenizer
    type(tokenizer).__call__.cache_clear()
    type(tokenizer._post_tokenizer).__call__.cache_clear()
