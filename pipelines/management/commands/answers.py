"""`manage.py answers`: every answer of a campaign as CSV or JSON lines."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from annotation import answers
from core.errors import Invalid
from core.management.base import DragomanCommand
from core.told import told
from pipelines.management.named import campaign_of, written

FORMS = {".csv": answers.csv_lines, ".jsonl": answers.json_lines}


class Command(DragomanCommand):
    help = "Write a campaign's answers to a file: a row for each, with what its task type exports, people under their pseudonyms."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="its slug")
        parser.add_argument("campaign", help="its slug")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="FILE.csv or FILE.jsonl")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        campaign = campaign_of(options["dataset"], options["campaign"])
        file = options["out"]
        if file.suffix not in FORMS:
            raise Invalid(told("{file} is written as what? Name it .csv or .jsonl.", file=file))
        with written(file), file.open("w", encoding="utf-8", newline="") as out:
            lines = sum(bool(out.write(line)) for line in FORMS[file.suffix](campaign))
        count = lines - (file.suffix == ".csv")
        self.say(f"{count:,} answers in {file}")
        return {"campaign": campaign.slug, "answers": count, "file": str(file)}
