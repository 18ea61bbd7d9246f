"""`manage.py glossary`: agreed renderings for a dataset's drafts, from a CSV file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from annotation.actions import terms
from core.management.base import DragomanCommand
from pipelines.management.named import bytes_of, dataset_of


class Command(DragomanCommand):
    help = "Take the terms of a CSV file (source, target, locked, note) into a dataset's glossary; says which lines are no terms."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="its slug")
        parser.add_argument("file", type=Path, help="CSV in UTF-8, with or without a line of column names")
        parser.add_argument("--language", required=True, help="of the targets, as a tag")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        dataset = dataset_of(options["dataset"])
        taken = terms.take_csv(dataset, options["language"], bytes_of(options["file"]), by=None)
        for one in taken.errors:
            self.say(f"line {one['line']}: {one['error']}")
        self.say(f"{taken.added} terms added, {taken.changed} changed, {taken.same} there already, {len(taken.errors)} refused")
        return {
            "dataset": dataset.slug,
            "language": options["language"],
            "added": taken.added,
            "changed": taken.changed,
            "same": taken.same,
            "errors": taken.errors,
        }
