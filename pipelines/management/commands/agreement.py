"""`manage.py agreement`: how much the people of a dataset agree, each measure beside the others with its interval."""

from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from annotation.agreement import NAMES, Estimate
from annotation.agreement.bootstrap import SIGNATURE
from annotation.agreement.reading import HEADER, Row, of_dataset
from core import spreadsheet
from core.management.base import DragomanCommand
from pipelines.management.named import campaign_of, dataset_of, written


class Command(DragomanCommand):
    help = "Measure agreement by campaign, language and week, from the submissions as they are now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="its slug")
        parser.add_argument("--campaign", metavar="SLUG", help="only this campaign")
        parser.add_argument("--csv", type=Path, metavar="FILE", help="write a line for each row and measure into this file")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        dataset = dataset_of(options["dataset"])
        campaign = campaign_of(dataset.slug, options["campaign"]) if options["campaign"] else None
        rows = of_dataset(dataset, campaign=campaign)
        for (campaign, question), some in groupby(sorted(rows, key=_place), key=lambda row: (row.campaign, row.question)):
            self._tell(f"{campaign} ({campaign.slug}{f', {question}' if question else ''})", list(some))
        if not rows:
            self.say("Nobody has answered anything yet.")
        records = [record for row in rows for record in row.records]
        if options["csv"]:
            _write(records, options["csv"])
            self.say(f"{len(records)} lines in {options['csv']}")
        return {"dataset": dataset.slug, "intervals": SIGNATURE, "rows": records}

    def _tell(self, title: str, rows: list[Row]) -> None:
        self.say(title)
        if simulated := sum(row.simulated for row in rows if not row.week):
            self.say(f"Simulated crowd: {simulated} of these answers are by programs and prove nothing about people.")
        names = [NAMES[name] for name in rows[0].found.measures]
        table = [["language", "week", "tasks", "twice", "answers", "people", *names], *map(_cells, rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for line in table:
            self.say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
        for reason in dict.fromkeys(_reasons(rows)):
            self.say(f"– {reason}")
        self.say()


def _write(records: list[dict[str, Any]], path: Path) -> None:
    with written(path), path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(spreadsheet.lines(HEADER, ([record[name] for name in HEADER] for record in records)))

def _place(row: Row) -> tuple[int, str, str, str]:
    return row.campaign.pk, row.question, row.language, row.week


def _cells(row: Row) -> list[str]:
    found = row.found
    counts = [f"{count:,}" for count in (found.tasks, found.shared, found.votes, found.people)]
    return [row.language, row.week or "all", *counts, *map(_shown, found.measures.values())]


def _shown(one: Estimate) -> str:
    if one.value is None:
        return "–"
    interval = "" if one.low is None else f" [{one.low:.3f}, {one.high:.3f}]"
    return f"{one.value:.3f}{interval}"


def _reasons(rows: list[Row]) -> Iterator[str]:
    """Why some cells are empty, each reason as often as it occurs."""
    for row in rows:
        for name, one in row.found.measures.items():
            if one.reason:
                yield f"{NAMES[name]}: {one.reason}"
