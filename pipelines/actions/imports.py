"""Bringing a file into a dataset: store it, start the run, read what became of it."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from annotation import policies
from annotation.actions import datasets
from annotation.models import Dataset
from core.errors import Invalid
from core.models import User
from core.policy import require
from core.told import told
from pipelines.actions import runs
from pipelines.importers import Importer
from pipelines.jobs.import_file import COUNTS, ImportFile, context_for, filled_kinds, upload_path
from pipelines.models import Run
from pipelines.outbound import Fetched, fetch, import_hosts

SHOWN = 1000
# A page waits for the whole file; whoever is at the command line has more time.
SECONDS_OF_A_PAGE = 60.0
SECONDS_OF_A_COMMAND = 3600.0
PIECE = 1024 * 1024
SCHEMA = """kinds:
  item:
    fields:
      text: {type: text, translate: true}
      label: {type: label, labels: [good, bad]}
    answer: label"""


def start(
    dataset: Dataset, file: Path, *, importer: Importer, split: str = "test", name: str = "", source: Fetched | None = None,
    by: User | None,
) -> Run:  # fmt: skip
    """Store a copy of the file and start the run that brings it in; `Invalid` when it is not of the importer's format.

    `split` is of rows that name none; `name` is what the file was called where it came from; `source` is where it was fetched.
    """
    require(policies.import_into(by, dataset))
    if not 0 < len(split.strip()) <= 40:
        raise Invalid("A split has a name of 1 to 40 characters, such as test.", {"split": "not valid"})
    with _opened(file) as opened:
        # The first row is only asked for: what is wrong with the whole file shows before it.
        next(importer.read(opened, context_for(dataset, split, filled_kinds(dataset))), None)
    told = {"file_name": name or file.name}
    if source:
        told = {"file_name": source.name, "source_url": source.url, "source_etag": source.etag}
    job = ImportFile(sha256=_store(file), importer=importer.spec(), split=split, **told)
    return runs.start(dataset, job, by=by)


def start_from_url(dataset: Dataset, url: str, *, importer: Importer, split: str = "test", by: User | None) -> Run:
    """Fetch a file through the outbound gate and start the run that brings it in; the run tells where it came from."""
    require(policies.import_into(by, dataset))
    with fetched(url, by=by) as (file, source):
        return start(dataset, file, importer=importer, split=split, source=source, by=by)


@contextmanager
def fetched(url: str, *, by: User | None) -> Iterator[tuple[Path, Fetched]]:
    """What a URL holds as a file, until the block ends; `Invalid` when it cannot be had or is longer than an upload may be.

    What its server says of the content's type is not heeded: the importer that was chosen reads it or refuses it.
    """
    seconds = SECONDS_OF_A_PAGE if by else SECONDS_OF_A_COMMAND
    upload_path("").mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=upload_path(""), prefix="fetching-") as to:
        source = fetch(url, to, allow=import_hosts(), limit=settings.MAX_UPLOAD_BYTES, seconds=seconds)
        to.flush()
        if not source.bytes:
            raise Invalid("There is nothing in the file.")
        yield Path(to.name), source


def result(run: Run) -> dict[str, Any]:
    """What became of the rows so far: counts, and the first refused ones with line, field and reason."""
    item = run.items.get()
    counts = {count: item.result.get(count, 0) for count in COUNTS}
    errors = list(run.rejections.order_by("line", "pk").values("line", "field", "reason")[:SHOWN])
    return {**counts, "errors": errors, "errors_left_off": counts["rejected"] - len(errors)}


def make_dataset(
    slug: str, file: Path, *, importer: Importer, schema: dict[str, Any] | None = None, by: User | None
) -> Dataset:
    """A new dataset for a file, with its format's schema where that fixes one and none is given."""
    with _opened(file) as opened:
        described = importer.describe(opened)
    schema = schema or described.schema
    if schema is None:
        columns = told(" The file has {columns}.", columns=", ".join(described.columns)[:300]) if described.columns else ""
        raise Invalid(
            told(
                "There is no dataset {slug!r}, and {format} files do not say what their fields are.{columns} "
                "Describe them in a file and give it with --schema, for example: {schema}",
                slug=slug, format=importer.name, columns=columns, schema=SCHEMA,
            )
        )
    return datasets.create(slug=slug, name=slug, schema=schema, source_language=described.source_language, by=by)


def _opened(file: Path) -> Any:
    try:
        return file.open("rb")
    except OSError as error:
        raise Invalid(told(
            "Cannot read {file}: {reason}.",
            file=file, reason=(error.strerror or "it is no file").lower(),
        )) from error


def _store(file: Path) -> str:
    """Copy a file to the uploads, under the SHA-256 of its bytes; one that is there already stays."""
    folder = upload_path("")
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with _opened(file) as source, tempfile.NamedTemporaryFile(dir=folder, delete=False) as copy:
        try:
            while piece := source.read(PIECE):
                digest.update(piece)
                copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
            os.replace(copy.name, upload_path(digest.hexdigest()))
        except BaseException:
            os.unlink(copy.name)
            raise
    return digest.hexdigest()
