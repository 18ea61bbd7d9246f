"""Rows drafted through an endpoint's bad days, and by a worker killed again and again: what is lost, doubled, or paid and not on record."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db.models import Count, Sum

from annotation.models import Unit
from bench._engine import dataset, model, started
from core.models import Event
from pipelines.models import Generation, Run
from tests.llm_server import Rule, Script

BAD_DAY_ROWS, KILLED_ROWS, KILLS, SEED = 2000, 6000, 20, 11
FAULTS = [
    Rule(share=0.05, status=429, headers={"Retry-After": "1"}),
    Rule(share=0.02, status=500),
    Rule(share=0.01, hang_up=True),
    Rule(share=0.01, raw="<html>garbage</html>"),
]
WORK = "import sys, django; django.setup(); from pipelines import engine; engine.work(int(sys.argv[1]))"
# What waits for dead workers is made short: their leases, and the calls nobody waits for any more.
SHORT = {"DJANGO_SETTINGS_MODULE": "config.settings", "DRAGOMAN_RUN_LEASE_SECONDS": "2", "DRAGOMAN_CALL_SECONDS": "4"}
BILLED = ("ok", "schema", "refusal", "truncated", "filtered", "unknown")


def run(
    say: Callable[[str], None], *, rows: int = BAD_DAY_ROWS, killed_rows: int = KILLED_ROWS, kills: int = KILLS
) -> dict[str, Any]:
    """Both, one after the other; what the server wrote down of each call is the witness."""
    witness = Path(settings.DRAGOMAN_HOME) / "witness.jsonl"
    with model(Script(rules=FAULTS, seconds=0.05), witness=witness):
        bad = started(dataset("bad-days", 0, rows), concurrency=64)
        _worked(bad.pk, kills=0)
        matches = _told(bad) == _told_by(witness)
        say(f"Bad days: {_effects(bad)}, the ledger {'equals' if matches else 'is not'} the server's book: {_told(bad)}")
    witness.unlink()
    with model(Script(seconds=0.2), witness=witness):
        killed = started(dataset("killed", rows, killed_rows), concurrency=64)
        there = _worked(killed.pk, kills=kills)
        unrecorded, extra = _extra(killed, witness)
        say(f"Killed {there} times: {_effects(killed)}, {extra} calls paid again, {unrecorded} of them on no record")
    effects = _effects(bad) + _effects(killed)
    return {
        "rows": rows + killed_rows,
        "kills": there,
        "lost": effects["lost"],
        "duplicated": effects["duplicated"],
        "ledger_matches": matches,
        "extra_paid_calls": extra,
        "extra_paid_calls_recorded": unrecorded == 0,
        "tokens": _told(bad),
    }


def _worked(run_id: int, *, kills: int) -> int:
    """Have one process work on a run until it is over, killed so many times on the way; how often it was."""
    draw, killed = random.Random(SEED), 0
    while Run.objects.filter(pk=run_id, status=Run.Status.RUNNING).exists():
        worker = subprocess.Popen([sys.executable, "-c", WORK, str(run_id)], cwd=settings.BASE_DIR, env=os.environ | SHORT)
        if killed < kills:
            _wait_for_calls(run_id)
            time.sleep(draw.uniform(0.2, 1.5))
            if worker.poll() is None:
                worker.send_signal(signal.SIGKILL)
                killed += 1
        worker.wait()
        time.sleep(0.2)
    status = Run.objects.get(pk=run_id)
    assert status.status == Run.Status.DONE, status.message
    return killed


def _wait_for_calls(run_id: int) -> None:
    """Until the new worker has calls of its own under way: killed before, it would prove nothing."""
    newest = Generation.objects.filter(run=run_id).order_by("-pk").values_list("pk", flat=True)
    before, until = newest.first(), time.monotonic() + 15
    while newest.first() == before and time.monotonic() < until:
        time.sleep(0.05)


def _effects(run: Run) -> Counter[str]:
    """Units without a draft, and units or moves there are two of."""
    mine = Unit.objects.filter(item__dataset=run.dataset)
    moves = Event.objects.filter(scope=f"dataset:{run.dataset_id}", verb="draft").values("subject").annotate(n=Count("pk"))
    doubled = mine.annotate(n=Count("translations")).filter(n__gt=1).count() + moves.filter(n__gt=1).count()
    return Counter(lost=mine.filter(current=None).count(), duplicated=doubled)


def _told(run: Run) -> int:
    """Tokens on record, of the calls whose answer told any."""
    found = Generation.objects.filter(run=run, estimated=False).aggregate(prompt=Sum("prompt_tokens"), answer=Sum("completion_tokens"))
    return int(found["prompt"] + found["answer"])


def _lines(witness: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in witness.read_bytes().splitlines()]


def _told_by(witness: Path) -> int:
    return sum(line["tokens"] for line in _lines(witness) if line["told"])


def _extra(run: Run, witness: Path) -> tuple[int, int]:
    """Calls the server billed more often than the ledger knows, and those it billed more than once at all."""
    billed = Counter((one["prompt"], one["data"]["text"]) for one in _lines(witness) if one["status"] == 200)
    rows = Generation.objects.filter(run=run, outcome__in=BILLED) | Generation.objects.filter(run=run, estimated=True)
    known = Counter((one["prompt"], one["input"]["text"]) for one in rows.values_list("request", flat=True))
    return sum((billed - known).values()), sum(number - 1 for number in billed.values())
