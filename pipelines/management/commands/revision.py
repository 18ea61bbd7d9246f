"""`manage.py revision`: what crowd and experts changed in a dataset's texts, and what the experts bought."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from annotation import revision
from annotation.edits import DISTANCE_SIGNATURE, chrf
from annotation.models import Dataset
from annotation.revision_tables import TABLES, Table
from core import spreadsheet
from core.errors import Invalid
from core.languages import language
from core.management.base import DragomanCommand
from core.told import told
from pipelines.management.named import dataset_of, written


class Command(DragomanCommand):
    help = "Count what each stage changed in the texts, with edit distance, chrF++, ratings, time and rounds, by language."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="its slug")
        parser.add_argument("--language", action="append", default=[], help="only this language; may be given again")
        parser.add_argument("--csv", type=Path, metavar="FOLDER", help="write every table as a CSV file into this folder")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        dataset = dataset_of(options["dataset"])
        report = revision.report(dataset, _of_dataset(dataset, options["language"]))
        tables = {name: make(report) for name, make in TABLES.items()}
        self._tell(dataset, report, tables)
        files = _write(tables, options["csv"]) if options["csv"] else []
        if files:
            self.say(f"{len(files)} tables in {options['csv']}")
        about = {"dataset": dataset.slug, "languages": report.languages, "simulated": dataset.simulated}
        signatures = {"distance": DISTANCE_SIGNATURE, "chrf": chrf("", "")[1]}
        # Every single text is in its CSV file; one line of JSON is no place for thousands.
        return about | {"signatures": signatures} | {n: table.records for n, table in tables.items() if n != "texts"}

    def _tell(self, dataset: Dataset, report: revision.Report, tables: dict[str, Table]) -> None:
        if report.empty:
            self.say("Nobody has answered anything yet: there is nothing to compare.")
            return
        if dataset.simulated:
            self.say("Simulated crowd: programs, not people, did some of this work.")
        for row in tables["changes"].records:
            share = f"{row['share']:.1%}" if row["texts"] else "none"
            more = "" if row["distance_share_median"] is None else (
                f", by {row['distance_share_median']:.1%} (median), chrF++ {row['chrf_of_changed']:.1f}"
            )  # fmt: skip
            self.say(f"{row['language']} {row['stage']}: {row['changed']} of {row['texts']} texts changed ({share}){more}")
        for row in tables["experts"].records:
            if row["outcome"] == "bought" and row["share"] is not None:
                low, high = row["share_low"], row["share_high"]
                says = f"{row['share']:.1%} [{low:.1%}, {high:.1%}] of the texts experts decided"
                self.say(f"{row['language']}: without the experts {row['texts']} texts would stand otherwise, {says}")


def _of_dataset(dataset: Dataset, wanted: list[str]) -> list[str]:
    tags = [language(tag).tag for tag in wanted]
    if missing := [tag for tag in tags if tag not in dataset.language_tags]:
        raise Invalid(told(
            "{dataset} is not translated into {missing}, only into {dataset_2}.",
            dataset=dataset, missing=", ".join(missing), dataset_2=", ".join(dataset.language_tags),
        ))
    return sorted(set(tags))


def _write(tables: dict[str, Table], folder: Path) -> list[Path]:
    files = []
    with written(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            files.append(folder / f"{name}.csv")
            with files[-1].open("w", encoding="utf-8", newline="") as file:
                file.writelines(spreadsheet.lines(table.header, table.rows))
    return files
