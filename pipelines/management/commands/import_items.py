"""`manage.py import_items DATASET FILE --format xnli`: bring a file or a URL in, and make the dataset when there is none."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from annotation.models import Dataset
from core.errors import Invalid
from core.management.base import DragomanCommand
from core.told import told
from core.transactions import patient
from pipelines.actions import imports, runs
from pipelines.importers import Importer, importers
from pipelines.models import Run
from pipelines.outbound import Fetched


class Command(DragomanCommand):
    """Counts on standard output; under --json also the refused rows, each with its line, field and reason."""

    help = "Bring the rows of a file into a dataset; bad rows are listed and do not stop the rest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="its slug; the dataset is made when there is none")
        parser.add_argument("file", help="a file, or an https:// URL to fetch one from")
        parser.add_argument("--format", required=True, choices=list(importers.all))
        parser.add_argument("--split", default="test", help="the split of rows that name none")
        parser.add_argument("--kind", help="csv, tsv: the kind of the rows")
        parser.add_argument(
            "--map", action="append", default=[], metavar="COLUMN=FIELD", help="csv, tsv: what a column gives"
        )
        parser.add_argument(
            "--option", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the format"
        )
        parser.add_argument("--schema", type=Path, metavar="FILE.yaml", help="the schema of a new dataset")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        began = time.monotonic()
        importer = importer_of(options)
        with file_of(str(options["file"])) as (file, source), patient():
            # The file is copied; and no empty dataset is left of one that is refused.
            dataset = dataset_of(options, file, importer)
            run = imports.start(dataset, file, importer=importer, split=options["split"], source=source, by=None)
        runs.work_here(run, self.draw)
        if run.status != Run.Status.DONE or run.items.get().error:
            raise Invalid(told(
                "Import run {pk} is {status}: {why}",
                pk=run.pk, status=run.get_status_display(), why=run.message or run.items.get().error,
            ))
        found = imports.result(run)
        self.say("{rows:,} rows: {accepted:,} accepted, {rejected:,} rejected; {created:,} items made.".format(**found))
        for error in found["errors"][:20]:
            self.say("line {line}: {field} {reason}".format(**error))
        return {**found, "seconds": round(time.monotonic() - began, 2), "run": run.pk, "dataset": dataset.slug}

    def draw(self, summary: runs.Summary) -> None:
        """Bytes, the one total that is known beforehand."""
        done = summary.progress
        if done:
            self.progress(
                done["bytes_done"], done["bytes"], "bytes, {rows:,} rows, {rejected:,} rejected".format(**done)
            )


@contextmanager
def file_of(text: str) -> Iterator[tuple[Path, Fetched | None]]:
    """The file of that name, or what a URL holds and where it came from."""
    if "://" not in text:
        yield Path(text), None
        return
    with imports.fetched(text, by=None) as found:
        yield found


def dataset_of(options: dict[str, Any], file: Path, importer: Importer) -> Dataset:
    """The dataset of that slug, made when there is none."""
    schema = yaml_of(options["schema"]) if options["schema"] else None
    dataset = Dataset.objects.filter(slug=options["dataset"]).first()
    if dataset and schema:
        raise Invalid(told("The dataset {slug} has its schema already: leave --schema out.", slug=dataset.slug))
    return dataset or imports.make_dataset(options["dataset"], file, importer=importer, schema=schema, by=None)


def importer_of(options: dict[str, Any]) -> Importer:
    """The importer as the options describe it."""
    params = dict(split_at(option, "--option") for option in options["option"])
    if options["kind"]:
        params["kind"] = options["kind"]
    if options["map"]:
        params["mapping"] = dict(split_at(pair, "--map") for pair in options["map"])
    return importers.build({"name": options["format"], "params": params})


def split_at(text: str, option: str) -> tuple[str, str]:
    """Both sides of the last `=`: a column's name may hold one itself."""
    name, equals, value = text.rpartition("=")
    if not equals:
        raise Invalid(told("{option} {text!r}: write NAME=VALUE.", option=option, text=text))
    return name, value


def yaml_of(file: Path) -> Any:
    """What a YAML file holds."""
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Invalid(told("Cannot read the schema {file}: {error}.", file=file, error=" ".join(str(error).split()))) from error
