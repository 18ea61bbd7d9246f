"""The item browser at a million units: how long a page takes from request to HTML, for each kind of question, beside looking at every text.

Beside the time on the clock stands the processor's, of this process and of PostgreSQL's, which other work on the machine does not lengthen.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from annotation.folding import fold
from annotation.models import Dataset
from bench._browsed import PEOPLE, Words, build
from core.models import User

ITEMS = 200_000
TIMES = 30
SCAN = "SELECT count(*) FROM annotation_searchentry WHERE strpos(folded, %s) > 0"


def run(say: Callable[[str], None], *, items: int = ITEMS, times: int = TIMES) -> dict[str, Any]:
    """The milliseconds of a page, by its 50th and 95th percentile; the kinds of question come in turns."""
    began = time.perf_counter()
    dataset, words, _ = build(say, items)
    say(f"{items * 5:,} units in {time.perf_counter() - began:.0f} s")
    call_command("collectstatic", interactive=False, verbosity=0)
    return {"units": items * 5, **measure(say, dataset, words, times=times)}


def measure(say: Callable[[str], None], dataset: Dataset, words: dict[str, Words], *, times: int) -> dict[str, Any]:
    """Ask each kind of question so often, each time for something else, and look at every text a few times."""
    client, chance = Client(), random.Random(11)
    client.force_login(User.objects.create_superuser("browser"), backend="django.contrib.auth.backends.ModelBackend")
    asked = questions(dataset, words, chance)
    taken: dict[str, list[tuple[float, float]]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")  # so that one process of PostgreSQL does all, and it is known which
    for turn in range(times + 1):
        for name, query in asked():
            taken.setdefault(name, [])
            cost = _page(client, dataset, query)
            if turn:  # the first turn warms up
                taken[name].append(cost)
    scans = [_scan(chance.choice(words["sw"].known[:200])) for _ in range(3)]
    kinds = {name: _cuts(costs) for name, costs in taken.items()}
    for name, cuts in kinds.items():
        say(f"{name}: {cuts}")
    every = [cost for costs in taken.values() for cost in costs]
    return {"pages": len(every), **_cuts(every), "kinds": kinds, "looking_at_every_text_ms": round(statistics.median(scans) * 1000)}


def questions(dataset: Dataset, words: dict[str, Words], chance: random.Random) -> Callable[[], Iterator[tuple[str, dict[str, str]]]]:
    """One of each kind, other ones each time."""
    first, last = _ends(dataset)

    def word(tag: str, low: int, high: int) -> str:
        known = words[tag].known
        return known[chance.randrange(low, high) % len(known)]

    def asked() -> Iterator[tuple[str, dict[str, str]]]:
        tag = chance.choice(["ar", "my", "sw", "th", "zh"])
        yield "first page", {}
        yield "later page", {"after": str(chance.randint(first, last))}
        yield "language and status", {"language": tag, "status": chance.choice(["drafted", "verified"]), "after": str(chance.randint(first, last))}
        yield "rare status", {"status": "rejected", "after": str(chance.randint(first, last))}
        yield "kind that came last", {"kind": "question", "language": tag}
        yield "finding", {"check": "numbers", "verdict": "warn", "language": tag}
        yield "rare finding", {"check": "numbers", "verdict": "fail", "after": str(chance.randint(first, last))}
        yield "campaign", {"campaign": "tenth", "status": "drafted", "after": str(chance.randint(first, last))}
        yield "person", {"person": f"p-{chance.randrange(PEOPLE)}"}
        yield "frequent word", {"q": word("en", 0, 20)}
        yield "word", {"q": word(tag, 100, 1000)}
        yield "rare word", {"q": word(tag, 4000, 8000)}
        yield "one Han character", {"q": chr(chance.randrange(0x4E00, 0x5800))}
        yield "two letters", {"q": word("en", 1000, 8000)[:2]}
        yield "phrase without spaces", {"q": "".join(word("th", 0, 30) for _ in range(2)), "language": "th"}
        yield "source and text", {"q": f"{word('en', 10, 300)} {word('my', 10, 300)}"}
        yield "word and filters", {"q": word(tag, 50, 500), "language": tag, "status": "verified", "check": "numbers"}
        yield "nothing has it", {"q": f"{word('sw', 0, 8000)}qxzqx"}

    return asked


def _ends(dataset: Dataset) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(unit_id), max(unit_id) FROM annotation_searchentry WHERE dataset_id = %s", [dataset.pk])
        return cursor.fetchone()


def _page(client: Client, dataset: Dataset, query: dict[str, str]) -> tuple[float, float]:
    """Seconds of one page, made in this process, by the clock and by the processor; whether its pages are right is for the tests to say."""
    began, processor = time.perf_counter(), _processor()
    response = client.get(reverse("units", args=[dataset.slug]), query, SERVER_NAME="localhost")
    taken = time.perf_counter() - began, _processor() - processor
    if response.status_code != 200:
        raise RuntimeError(f"{query}: {response.status_code}")
    return taken


def _processor() -> float:
    """Seconds that this process and its connection's in PostgreSQL have had the processor; Linux counts them."""
    theirs = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0]
    return time.process_time() + int(theirs) / 1e9


def _scan(word: str) -> float:
    """Seconds of looking at the text of every unit, as a search without an index would; the texts are folded already."""
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(SCAN, [fold(word)])
    return time.perf_counter() - began


def _cuts(costs: list[tuple[float, float]]) -> dict[str, float]:
    clock, processor = (statistics.quantiles(column, n=100, method="inclusive") for column in zip(*costs, strict=True))
    return {
        "p50_ms": round(clock[49] * 1000, 1), "p95_ms": round(clock[94] * 1000, 1),
        "processor_p50_ms": round(processor[49] * 1000, 1), "processor_p95_ms": round(processor[94] * 1000, 1),
    }  # fmt: skip
