"""The checks on published human translations: few good texts are held back, and faults put into them are found."""

import random
from collections import Counter
from functools import cache

import pytest

from bench._published import ROOT, drafts
from bench.checks_real import count, flagged

pytestmark = pytest.mark.skipif(
    not all((ROOT / name).is_dir() for name in ("xnli", "mgsm", "mathmist")),
    reason=f"no real data at {ROOT}: set DRAGOMAN_REAL_DATA to the folder that holds xnli/, mgsm/ and mathmist/",
)
EACH = 250

# Shares of texts that are held back, at most, by check; where the publication itself is at fault the place is named.
# docs/checks.md has the counts on all of it, and what was found by reading.
MOST = {"numbers": 0.03, "negation": 0.04, "script": 0.04, "repeated": 0.02, "units": 0.03, "characters": 0.02,
        "length": 0.02, "language_id": 0.02, "placeholders": 0.01, "unchanged": 0.01, "protected": 0.01}  # fmt: skip
KNOWN = {
    ("language_id", "xnli", "ur"): 0.12,  # written in Latin letters, or Pashto
    ("script", "xnli", "ur"): 0.12,
    ("characters", "xnli", "ur"): 0.05,  # Pashto
    ("language_id", "mathmist", "fr"): 0.05,  # “Here is the French translation …”
    ("length", "mathmist", "fr"): 0.13,  # “Voici la traduction professionnelle …”
    ("numbers", "mathmist", "bn"): 0.10,  # another edition, with other numbers
    ("protected", "mathmist", "bn"): 0.22,
    ("protected", "mathmist", "fr"): 0.08,
    ("numbers", "mgsm", "ja"): 0.08,  # numbers left out, and some that were added
    ("glossary", "xnli", "my"): 0.22,  # names left in Latin letters
}
LEAST = {"numbers": 0.9, "negation": 0.8, "units": 0.9, "characters": 0.99, "protected": 0.9}


@cache
def counted() -> tuple[dict, dict]:
    """Counts over a sample of each corpus and language, the same each time."""
    by_place: dict[tuple[str, str], list] = {}
    for one in drafts():
        by_place.setdefault(one[:2], []).append(one)
    chance = random.Random(4)
    sample = [one for place in by_place.values() for one in chance.sample(place, min(EACH, len(place)))]
    return count(sample)[:2]


def test_few_published_translations_are_held_back():
    shares = {key: flagged(verdicts) for key, verdicts in counted()[0].items()}
    too_many = {key: share for key, share in shares.items() if share > KNOWN.get(key, MOST.get(key[0], 0.0))}
    assert not too_many


def test_faults_that_were_put_there_are_found():
    found = counted()[1]
    missed = {
        key: one for key, one in found.items() if one["planted"] > 20 and one["found"] < LEAST.get(key[0], 0.5) * one["planted"]
    }
    assert not missed


def test_a_burmese_glossary_is_looked_for_where_its_terms_are():
    verdicts: Counter[str] = counted()[0]["glossary", "xnli", "my"]
    assert verdicts["none"] > verdicts["warn"] > 0 and verdicts["ok"] > 0
