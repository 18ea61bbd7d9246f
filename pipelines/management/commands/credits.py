"""`manage.py credits`: what people of a dataset have earned, summed by month or as the whole ledger."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from annotation import statements
from core.errors import Missing
from core.management.base import DragomanCommand
from core.models import User
from core.told import told
from pipelines.management.named import dataset_of, written


class Command(DragomanCommand):
    help = "Print a dataset's credits by month, campaign and person; with --csv write every line of the ledger to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="slug of the dataset")
        parser.add_argument("--person", help="user name: only this person's")
        parser.add_argument("--csv", type=Path, help="file for the ledger, line by line")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        dataset = dataset_of(options["dataset"])
        found = statements.ledger(dataset=dataset, person=_person(options["person"]))
        lines = statements.by_month(found)
        for line in lines:
            said = f"{line.month:%Y-%m}  {line.campaign}  {line.person}  {line.kind}"
            self.say(f"{said}: {line.quantity:f} = {line.amount:f} {line.unit}")
        result = {"dataset": dataset.slug, "lines": statements.as_data(lines)}
        result["totals"] = {unit: str(total) for unit, total in statements.totals(lines).items()}
        return result | self._csv(options["csv"], found)

    def _csv(self, file: Path | None, found: Any) -> dict[str, Any]:
        if file is None:
            return {}
        with written(file), file.open("w", encoding="utf-8", newline="") as out:
            count = sum(bool(out.write(line)) for line in statements.csv_lines(found)) - 1
        self.say(f"{count} lines in {file}")
        return {"csv": str(file), "written": count}


def _person(name: str | None) -> User | None:
    if not name:
        return None
    found = User.objects.filter(username=name).first()
    if found is None:
        raise Missing(told("There is nobody called {name!r}.", name=name))
    return found
