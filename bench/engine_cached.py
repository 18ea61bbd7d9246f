"""100,000 rows whose every answer is on record, drafted by two worker processes: how fast, and that nobody is asked."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection

from bench._engine import dataset, model, started
from pipelines.models import Generation, RunItem
from tests.llm_server import Script

ROWS, WORKERS, TIMES = 100_000, 2, 3
WORK = "import sys, django; django.setup(); from pipelines import engine; engine.work(int(sys.argv[1]))"


def run(say: Callable[[str], None], *, rows: int = ROWS, workers: int = WORKERS, times: int = TIMES) -> dict[str, Any]:
    """Rows a second of runs of the same rows in other datasets; ``calls`` is what they asked in all."""
    with model(Script()):
        say("First the answers, by calls.")
        _worked(started(dataset("paid", 0, rows), concurrency=128).pk, workers)
        paid, speeds = Generation.objects.count(), []
        for turn in range(1, times + 1):
            work = started(dataset(f"again-{turn}", 0, rows), concurrency=128)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            began = time.perf_counter()
            _worked(work.pk, workers)
            speeds.append(rows / (time.perf_counter() - began))
            done = work.items.filter(status=RunItem.Status.DONE).count()
            assert done == rows, done
            say(f"{turn}. {speeds[-1]:,.0f} rows/s")
    return {
        "rows": rows,
        "workers": workers,
        "rows_per_second": round(statistics.median(speeds)),
        "calls": Generation.objects.count() - paid,
        "all": [round(one) for one in speeds],
    }


def _worked(run_id: int, workers: int) -> None:
    """Have so many processes work on a run until nothing of it is left."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", WORK, str(run_id)]
    running = [subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment) for _ in range(workers)]
    ended = [one.wait() for one in running]
    assert not any(ended), ended
