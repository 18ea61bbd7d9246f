"""`manage.py aggregate`: what an aggregator concludes from all answers of a campaign, such as Dawid and Skene's model."""

import json
from argparse import ArgumentParser
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

from annotation.actions import consensus
from annotation.aggregators import aggregators
from annotation.inference import Inferred, infer
from core import spreadsheet
from core.management.base import DragomanCommand
from pipelines.management.named import campaign_of, written


class Command(DragomanCommand):
    help = (
        "Conclude a campaign's tasks anew from all its answers with the campaign's own aggregator, or with another one only look at"
        " what it would conclude."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="its slug")
        parser.add_argument("campaign", help="its slug")
        parser.add_argument("--with", dest="name", metavar="AGGREGATOR", help="another aggregator: then nothing is stored")
        parser.add_argument("--out", type=Path, metavar="FILE", help="a CSV with a row for each task and question")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        campaign = campaign_of(options["dataset"], options["campaign"])
        aggregator = aggregators.build(options["name"]) if options["name"] else None
        rebuilt = 0 if aggregator else consensus.rebuild(campaign, by=None)
        left_out: dict[str, str] = {}
        rows = list(infer(campaign, aggregator, left_out=left_out))
        if options["out"]:
            _write(options["out"], rows)
        report = {
            "campaign": campaign.slug, "aggregator": (aggregator or aggregators.build(campaign.aggregator)).signature(),
            "by": {row.question: row.aggregator for row in rows}, "left_out": left_out, "rebuilt": rebuilt, "rows": len(rows),
            "agreed": sum(row.agreed for row in rows), "differ": sum(bool(row.stands) and row.stands != row.label for row in rows),
        }  # fmt: skip
        self._tell(report)
        return report

    def _tell(self, report: dict[str, Any]) -> None:
        self.say(f"{report['rows']:,} conclusions by {report['aggregator']}, {report['differ']:,} of them other than what stands.")
        for question, signature in report["by"].items():
            if signature != report["aggregator"]:
                self.say(f"– {question or 'the answer'}: concluded by {signature}.")
        for question, why in report["left_out"].items():
            self.say(f"– {question or 'the answer'} was left out: it {why}.")
        self.say(f"{report['rebuilt']:,} tasks were concluded anew." if report["rebuilt"] else "Nothing was stored.")


def _write(file: Path, rows: list[Inferred]) -> None:
    header = [field.name for field in fields(Inferred)]
    with written(file), file.open("w", encoding="utf-8", newline="") as out:
        out.writelines(spreadsheet.lines(header, map(_cells, rows)))


def _cells(row: Inferred) -> list[Any]:
    return [json.dumps(cell, ensure_ascii=False, sort_keys=True) if isinstance(cell, dict) else cell for cell in astuple(row)]
