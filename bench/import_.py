"""Importing a generated 100,000-row JSON Lines file, beside PostgreSQL's own COPY of the same rows in the same run."""

import resource
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db import connection

from annotation.actions import datasets
from annotation.models import Item
from core.hashing import digest
from pipelines import engine
from pipelines.actions import imports
from pipelines.importers import importers

ROWS = 100_000
TIMES = 5
SCHEMA = {"kinds": {"sentence": {"fields": {"text": {"type": "text", "translate": True}, "genre": {"type": "string"}}}}}
WORDS = [
    "river", "market", "teacher", "bridge", "seven", "window", "carries", "quietly", "before", "rain", "and", "bread",
    "42", "children", "under", "old", "station",
]  # fmt: skip
COLUMNS = "dataset_id, kind, key, split, language, origin, content, hash"


def run(say: Callable[[str], None], *, rows: int = ROWS, times: int = TIMES) -> dict[str, Any]:
    """Rows a second of both, in turns, by their medians; the floor is COPY into a table with the same indexes."""
    folder = Path(settings.DRAGOMAN_HOME)
    file, block = folder / "rows.jsonl", folder / "rows.copy"
    write(file, (orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records(rows)))
    write(block, map(copy_line, records(rows)))
    imported, copied = [], []
    for number in range(times):
        imported.append(rows / timed(lambda number=number: import_once(file, f"bench-{number}", rows)))
        copied.append(rows / timed(lambda: copy_once(block)))
        say(f"{number + 1}. import {imported[-1]:,.0f} rows/s, COPY {copied[-1]:,.0f} rows/s")
    speed, floor = statistics.median(imported), statistics.median(copied)
    return {
        "rows": rows,
        "bytes": file.stat().st_size,
        "times": times,
        "import_rows_per_second": round(speed),
        "copy_rows_per_second": round(floor),
        "ratio_to_copy": round(speed / floor, 3),
        "import_all": [round(one) for one in imported],
        "copy_all": [round(one) for one in copied],
        # Of this whole process: Django, the importer and the job, not PostgreSQL.
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def write(path: Path, lines: Iterable[bytes]) -> None:
    """Line by line, so that the memory measured is the import's."""
    with path.open("wb") as file:
        file.writelines(lines)


def records(count: int) -> Iterator[dict[str, Any]]:
    """Sentences of about a dozen words, the same in every run."""
    for number in range(count):
        words = [WORDS[number * step % len(WORDS)] for step in range(1, 9 + number % 7)]
        text = f"The {' '.join(words)} near house {number}."
        yield {"kind": "sentence", "key": f"s{number:07d}", "split": "test", "text": text, "genre": "made up"}


def copy_line(record: dict[str, Any]) -> bytes:
    """The same record as one line of COPY; the generated text holds nothing that would need an escape."""
    content = {"text": record["text"], "genre": record["genre"]}
    named = digest({"kind": record["kind"], "content": content})
    values = (
        "1",
        record["kind"],
        record["key"],
        record["split"],
        "en",
        "imported",
        orjson.dumps(content).decode(),
        named,
    )
    return "\t".join(values).encode() + b"\n"


def import_once(file: Path, slug: str, rows: int) -> None:
    """The whole job, from storing the file to the last row, in this process."""
    dataset = datasets.create(slug=slug, name=slug, schema=SCHEMA, by=None)
    run = imports.start(dataset, file, importer=importers.build("jsonl"), by=None)
    engine.work(run.pk)
    found = imports.result(run)
    if found["created"] != rows:
        raise RuntimeError(f"the import is not what was to be measured: {found}")


def copy_once(block: Path) -> None:
    """COPY of the same rows from a ready-made file into a fresh table with the same columns, checks and indexes."""
    table = Item._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_floor")
        cursor.execute(f"CREATE TABLE bench_floor (LIKE {table} INCLUDING ALL)")
        with cursor.copy(f"COPY bench_floor ({COLUMNS}) FROM STDIN") as copy, block.open("rb") as file:
            while piece := file.read(1 << 18):
                copy.write(piece)


def timed(work: Callable[[], Any]) -> float:
    """Seconds that `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
