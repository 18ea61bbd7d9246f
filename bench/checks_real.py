"""Every check over published human translations: how often it speaks, how often it finds a fault put there, and what it costs.

A finding on a published translation is a false alarm or a fault of the publication; docs/checks.md says what was found by reading.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from time import perf_counter
from typing import Any

from bench._planted import PLANTED
from bench._published import ROOT, drafts
from pipelines.records import Draft
from pipelines.steps import Check, steps

# Asked for by a dataset, and then of its own wish.
LEFT_OUT = ("register",)


def run(say: Callable[[str], None]) -> dict[str, Any]:
    """``counts`` and ``planted`` by check, corpus and language; ``ms`` by check, of one XNLI sentence."""
    if not (ROOT / "xnli").is_dir():
        raise SystemExit(f"There is no real data at {ROOT}: set DRAGOMAN_REAL_DATA to the folder that holds xnli/, mgsm/ and mathmist/.")
    counted, planted, ms = count(list(drafts()))
    for key, verdicts in sorted(counted.items()):
        say(f"{' '.join(key):32} {dict(verdicts)} {flagged(verdicts):.2%}")
    return {
        "counts": {" ".join(key): dict(verdicts) for key, verdicts in sorted(counted.items())},
        "planted": {" ".join(key): dict(found) for key, found in sorted(planted.items())},
        "ms": {name: round(value, 4) for name, value in sorted(ms.items())},
    }


Key = tuple[str, str, str]


def count(among: list[tuple[str, str, Draft]]) -> tuple[dict[Key, Counter[str]], dict[Key, Counter[str]], dict[str, float]]:
    """Verdicts of each check by corpus and language (``none`` where it had nothing to look at), faults planted and found, milliseconds."""
    checks: list[Check] = [
        plugin() for name, plugin in steps.all.items() if issubclass(plugin, Check) and name not in LEFT_OUT
    ]  # fmt: skip
    counted: dict[Key, Counter[str]] = defaultdict(Counter)
    planted: dict[Key, Counter[str]] = defaultdict(Counter)
    seconds: Counter[str] = Counter()
    timed = 0
    chance = random.Random(0)
    for corpus, language, draft in among:
        timed += corpus == "xnli"
        for check in checks:
            start = perf_counter()
            found = check.examine(draft)
            seconds[check.name] += (perf_counter() - start) * (corpus == "xnli")
            verdict = found.verdict if found else "none"
            counted[check.name, corpus, language][verdict] += 1
            # A fault only where the check let the text pass.
            if verdict in ("ok", "none") and (faulty := PLANTED.get(check.name, lambda *_: None)(draft, chance)):
                again = check.examine(faulty)
                planted[check.name, corpus, language]["planted"] += 1
                planted[check.name, corpus, language]["found"] += again is not None and again.verdict in ("warn", "fail")
    return counted, planted, {name: 1000 * spent / max(timed, 1) for name, spent in seconds.items()}


def flagged(verdicts: Counter[str]) -> float:
    """The share of texts that would be held back."""
    return (verdicts["warn"] + verdicts["fail"]) / max(verdicts.total(), 1)
