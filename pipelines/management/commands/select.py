"""`manage.py select`: have a rule look at a dataset's items, and list what it rejected and why."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

import yaml

from annotation.models import Selection
from core.errors import DragomanError, Invalid
from core.management.base import DragomanCommand
from core.told import told
from pipelines.actions import runs, selections
from pipelines.management.named import dataset_of
from pipelines.models import Run
from pipelines.selectors import selectors

SHOWN = 10


class Command(DragomanCommand):
    help = "Select items by a rule; campaigns and releases can then take what it kept. A selection never changes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="its slug")
        parser.add_argument("selector", help=", ".join(selectors.all))
        parser.add_argument("--name", required=True, help="what the selection is called: small letters, digits, hyphens")
        parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="a parameter, its value as YAML")
        parser.add_argument("--kind", action="append", default=[], help="only this kind; may be given again; the released ones when left out")
        parser.add_argument("--among", default="", help="look only at what this selection kept")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        dataset = dataset_of(options["dataset"])
        selector = selectors.build({"name": options["selector"], "params": _params(options["set"])})
        run = selections.start(
            dataset, options["name"], selector=selector, kinds=options["kind"], among=options["among"], by=None
        )  # fmt: skip
        run = runs.work_here(run)
        if run.status != Run.Status.DONE or run.items.exclude(error="").exists():
            raise DragomanError(told(
                "Nothing was selected: {value}",
                value=run.message or run.items.values_list("error", flat=True).first(),
            ))
        return self._told(dataset.selections.get(slug=options["name"]))

    def _told(self, made: Selection) -> dict[str, Any]:
        rejects = made.rows.filter(kept=False).order_by("item").values_list("item__kind", "item__key", "reason")
        parts = selections.parts(made)
        kept, rejected = sum(part.kept for part in parts), sum(part.rejected for part in parts)
        self.say(f"{made.slug}: {kept:,} kept, {rejected:,} rejected by {made.signature}")
        for part in parts if len(parts) > 1 else ():
            name = part.bucket or part.split or "in no bucket or split"
            self.say(f"  {name}: {part.kept:,} kept, {part.rejected:,} rejected")
        for kind, key, reason in rejects[:SHOWN]:
            self.say(f"  {kind}/{key}: {reason}")
        return {
            "selection": made.slug,
            "signature": made.signature,
            "kept": kept,
            "rejected": rejected,
            "parts": [asdict(part) for part in parts],
            "rejects": [{"item": f"{kind}/{key}", "reason": reason} for kind, key, reason in rejects] if self.as_json else [],
        }


def _params(given: list[str]) -> dict[str, Any]:
    if wrong := next((one for one in given if "=" not in one), None):
        raise Invalid(told("--set {wrong}: write FIELD=VALUE.", wrong=wrong))
    try:
        return {name: yaml.safe_load(value) for name, _, value in (one.partition("=") for one in given)}
    except yaml.YAMLError as error:
        raise Invalid(told("--set: this value is no YAML: {error}", error=error)) from error
