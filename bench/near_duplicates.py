"""Near-duplicates among 100,000 texts, one in twenty of them a copy with a word changed; beside every pair compared, on a part of them."""

import random
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from pipelines.selectors import Entry
from pipelines.selectors._minhash import _grams, alike
from pipelines.selectors.near_duplicates import NearDuplicates

ROWS, PART, WORDS, VOCABULARY, SEED = 100_000, 5_000, (8, 22), 8_000, 1
THRESHOLD, NGRAM = 0.8, 4


def run(say: Callable[[str], None], *, rows: int = ROWS, part: int = PART) -> dict[str, Any]:
    """Seconds for all rows; and for a part of them what is found and how long it takes, both ways."""
    made = texts(rows)
    entries = [Entry(f"sentence/{at}", "en", texts={"en": text}) for at, text in enumerate(made)]
    began = time.perf_counter()
    choices = NearDuplicates(threshold=THRESHOLD, ngram=NGRAM).select(entries)
    seconds = time.perf_counter() - began
    rejected = sum(not one.kept for one in choices)
    say(f"{rows:,} rows: {seconds:.1f} s, {rejected:,} rejected")
    some = list(dict.fromkeys(made[-part // 2 :] + made[: part // 2]))
    began = time.perf_counter()
    mine = {(one, other) for one, other, _share in alike([("en", text) for text in some], threshold=THRESHOLD, ngram=NGRAM)}
    ours = time.perf_counter() - began
    began = time.perf_counter()
    every = obvious(some)
    floor = time.perf_counter() - began
    say(f"{len(some):,} rows: {ours:.2f} s, every pair compared {floor:.2f} s; {len(mine & every)} of {len(every)} pairs found")
    return {
        "rows": rows,
        "seconds": round(seconds, 2),
        "rejected": rejected,
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "part": len(some),
        "part_seconds": round(ours, 3),
        "floor_seconds": round(floor, 3),
        "pairs": len(every),
        "found": len(mine & every),
        "wrong": len(mine - every),
    }


def texts(rows: int) -> list[str]:
    """Made-up sentences with words as rare and frequent as words are; the last twentieth copies some with a word changed."""
    chance = random.Random(SEED)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(VOCABULARY)]
    weights = [1 / rank for rank in range(1, VOCABULARY + 1)]
    made = [" ".join(chance.choices(words, weights, k=chance.randint(*WORDS))) for _ in range(rows)]
    for place in range(rows - rows // 20, rows):
        copy = made[chance.randrange(rows // 40) if place % 2 else chance.randrange(rows // 2)].split()
        copy[chance.randrange(len(copy))] = chance.choice(words)
        made[place] = " ".join(copy)
    return made


def obvious(some: list[str]) -> set[tuple[int, int]]:
    """Every pair at the threshold, by what all of them have in common."""
    grams = _grams(some, NGRAM)
    common, sizes = (grams @ grams.T).tocoo(), np.diff(grams.indptr)
    shares = common.data / (sizes[common.row] + sizes[common.col] - common.data)
    near = (shares >= THRESHOLD - 1e-9) & (common.row < common.col)
    return set(zip(common.row[near].tolist(), common.col[near].tolist(), strict=True))
