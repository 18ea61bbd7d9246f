"""The import job: streams a stored file into its dataset, a chunk a transaction, and goes on where it was killed."""

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

from django.conf import settings

from annotation.actions import items as adding
from annotation.intake import FirstLines
from annotation.models import Dataset, Item
from core.errors import DragomanError, Missing
from core.told import told
from pipelines.importers import importers
from pipelines.jobs import Fatal, Job, Lease
from pipelines.models import Rejection, Run, RunItem
from pipelines.records import BadRow, ImportContext, ParsedRow

ROWS = 5000
BYTES = 8 * 1024 * 1024
COUNTS = ("rows", "accepted", "rejected", "created", "translations")


class ImportFile(Job):
    """Brings the rows of one file into the dataset; bad rows are listed and do not stop the rest."""

    name: ClassVar[str] = "import_file"
    label: ClassVar[str] = "Import"
    # What a killed attempt wrote stays, so that more attempts are no waste.
    max_attempts: ClassVar[int] = 10
    example: ClassVar[dict[str, Any]] = {"sha256": "0" * 64, "importer": {"name": "jsonl"}}

    sha256: str
    """Which of the stored uploads."""
    importer: dict[str, Any]
    """The importer's spec."""
    split: str = "test"
    """The split of rows that name none."""
    file_name: str = ""
    """What the file was called where it came from."""
    source_url: str = ""
    """Where it was fetched, without the query; empty for a file that was handed in. What came has the sha256."""
    source_etag: str = ""
    """What its server called this version."""

    def plan(self, run: Run) -> Iterable[dict[str, Any]]:
        # Noted now: when the import is taken up again, it has filled kinds itself.
        yield {"filled_kinds": filled_kinds(run.dataset)}

    def work(self, run: Run, items: list[RunItem], lease: Lease) -> Iterator[tuple[RunItem, dict[str, Any]]]:
        for item in items:
            try:
                finished = self._bring_in(run, item, lease)
            except DragomanError as error:  # of the whole file, or of who imports it: trying again would not help
                raise Fatal(str(error)) from error
            if finished:
                yield item, item.result

    def _bring_in(self, run: Run, item: RunItem, lease: Lease) -> bool:
        """Take the rows that are left; False when the run was cancelled meanwhile."""
        counts = {name: item.result.get(name, 0) for name in COUNTS}
        lines = FirstLines()
        context = context_for(run.dataset, self.split, item.payload["filled_kinds"])
        with open_upload(self.sha256) as file:
            size = os.fstat(file.fileno()).st_size
            rows = importers.build(self.importer).read(file, context)
            _skip(run, rows, counts["rows"], lines)
            for chunk in _chunks(rows, file):
                with lease.writing(item):
                    if not Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING).exists():
                        lease.wait(
                            item, "cancelled", told("The import was cancelled; when it is resumed, it goes on here."), 0
                        )
                        return False
                    _write(run, chunk, counts, lines)
                    lease.extend(
                        item, result=dict(counts), progress={**counts, "bytes_done": file.tell(), "bytes": size}
                    )
        item.result = counts
        return True


def context_for(dataset: Dataset, split: str, filled_kinds: Iterable[str]) -> ImportContext:
    """What an importer may know of a dataset."""
    return ImportContext(dataset.source_language, dataset.schema, frozenset(filled_kinds), split)


def filled_kinds(dataset: Dataset) -> list[str]:
    """Kinds of the dataset that have items now."""
    return list(Item.objects.filter(dataset=dataset).order_by("kind").values_list("kind", flat=True).distinct())


def upload_path(sha256: str) -> Path:
    """Where an upload is stored."""
    return settings.DRAGOMAN_HOME / "uploads" / sha256


def open_upload(sha256: str) -> BinaryIO:
    """A stored upload, for reading; `Missing` when this machine does not have it."""
    try:
        return upload_path(sha256).open("rb")
    except FileNotFoundError as error:
        raise Missing(
            told(
                "The uploaded file is not at {path}: workers need the same DRAGOMAN_HOME as the web server.",
                path=upload_path(sha256),
            )
        ) from error


def _skip(run: Run, rows: Iterator[ParsedRow | BadRow], count: int, lines: FirstLines) -> None:
    """Pass over what an earlier attempt wrote, so that a key's second use is still known for one."""
    refused = Rejection.objects.filter(run=run).order_by("line").values_list("line", flat=True).iterator()
    next_refused = next(refused, None)
    for row in islice(rows, count):
        if row.line == next_refused:
            next_refused = next(refused, None)
        elif isinstance(row, ParsedRow):
            lines.note(row)


def _chunks(rows: Iterator[ParsedRow | BadRow], file: BinaryIO) -> Iterator[list[ParsedRow | BadRow]]:
    """Rows in lists bounded by number and by the bytes they were read from."""
    chunk: list[ParsedRow | BadRow] = []
    begin = file.tell()
    for row in rows:
        chunk.append(row)
        if len(chunk) == ROWS or file.tell() - begin > BYTES:
            yield chunk
            chunk, begin = [], file.tell()
    if chunk:
        yield chunk


def _write(run: Run, chunk: list[ParsedRow | BadRow], counts: dict[str, int], lines: FirstLines) -> None:
    """Write a chunk and count it."""
    added = adding.add(
        run.dataset, [row for row in chunk if isinstance(row, ParsedRow)], by=run.created_by, lines=lines
    )
    refused = sorted([row for row in chunk if isinstance(row, BadRow)] + added.refused, key=lambda row: row.line)
    Rejection.objects.bulk_create(
        (
            Rejection(run=run, line=bad.line, field=_shown(bad.field)[:80], reason=_shown(bad.reason)[:1000])
            for bad in refused
        ),
        batch_size=1000,
    )
    counts["rows"] += len(chunk)
    counts["accepted"] += added.accepted
    counts["rejected"] += len(refused)
    counts["created"] += added.created
    counts["translations"] += added.translations


def _shown(text: str) -> str:
    """What a bad row says of itself may quote what cannot be stored: NUL and halves of characters are spelled out."""
    return text.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()
