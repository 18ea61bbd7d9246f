"""2,000 rows translated and translated back by one worker, beside a bare loop of the same client; the model takes 200 ms a call."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from bench._engine import SECONDS_A_CALL, Speed, bare, dataset, model, started
from pipelines import engine
from pipelines.models import Generation, Run, RunItem
from tests.llm_server import Script

ROWS, CONCURRENCY, TIMES = 2000, 128, 3


def run(say: Callable[[str], None], *, rows: int = ROWS, times: int = TIMES, concurrency: int = CONCURRENCY) -> dict[str, Any]:
    """Rows a second and processor time a call of both, in turns, by their medians."""
    ours, floor = [], []
    with model(Script(seconds=SECONDS_A_CALL)) as url:
        bare(url, 0, concurrency, concurrency)
        _drafted("warm", 0, concurrency, concurrency)
        for turn in range(1, times + 1):
            first = turn * rows
            floor.append(bare(url, first, rows, concurrency))
            ours.append(_drafted(f"bench-{turn}", first, rows, concurrency))
            say(f"{turn}. {ours[-1]}, bare {floor[-1]}")
    speed, bare_speed = (statistics.median(one.rows_per_second for one in them) for them in (ours, floor))
    cpu, bare_cpu = (statistics.median(one.cpu_ms_per_call for one in them) for them in (ours, floor))
    return {
        "rows": rows,
        "concurrency": concurrency,
        "rows_per_second": round(speed, 1),
        "floor_rows_per_second": round(bare_speed, 1),
        "ratio": round(speed / bare_speed, 3),
        "cpu_ms_per_call": round(cpu, 2),
        "floor_cpu_ms_per_call": round(bare_cpu, 2),
        "all": [round(one.rows_per_second, 1) for one in ours],
        "floor_all": [round(one.rows_per_second, 1) for one in floor],
    }


def _drafted(name: str, first: int, rows: int, concurrency: int) -> Speed:
    """Our own: everything that drafting does, from the leases to the drafts and the ledger."""
    work = started(dataset(name, first, rows), concurrency=concurrency)
    began, cpu = time.perf_counter(), time.process_time()
    engine.work(work.pk)
    speed = Speed(rows / (time.perf_counter() - began), 500 * (time.process_time() - cpu) / rows)
    work.refresh_from_db()
    done, calls = work.items.filter(status=RunItem.Status.DONE).count(), Generation.objects.filter(run=work).count()
    assert (work.status, done, calls) == (Run.Status.DONE, rows, 2 * rows), (work.message, done, calls)
    return speed
