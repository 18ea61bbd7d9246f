"""`manage.py gold`: tasks with known right answers for a campaign, from a file or from verified units."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from annotation.actions import quality
from core.errors import Invalid
from core.management.base import DragomanCommand
from pipelines.management.named import campaign_of, text_of


class Command(DragomanCommand):
    help = "Make gold of a file of JSON Lines, or with --verified of verified units; says which lines made none, and why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="slug of the dataset")
        parser.add_argument("campaign", help="slug of the campaign")
        parser.add_argument("file", type=Path, nargs="?", help='{"key": …, "language": …, "expected": {…}} a line')
        parser.add_argument("--verified", type=int, metavar="N", help="N verified units of each language instead")
        parser.add_argument("--purpose", default="gold", choices=["gold", "training", "test"], help="with --verified")
        parser.add_argument("--seed", type=int, default=1, help="which verified units chance takes")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        campaign = campaign_of(options["dataset"], options["campaign"])
        if (options["file"] is None) == (options["verified"] is None):
            raise Invalid("Gold is made of a file or with --verified N: say one of them.")
        if options["file"]:
            made, errors = quality.gold_from_lines(campaign, text_of(options["file"]).split("\n"), by=None)
        else:
            chosen = {name: options[name] for name in ("purpose", "seed")}
            made, errors = quality.gold_from_verified(campaign, count=options["verified"], by=None, **chosen), []
        for one in errors:
            self.say(f"line {one['line']}: {one['error']}")
        self.say(f"{campaign.name}: {made} gold tasks made, {len(errors)} lines made none")
        return {"campaign": campaign.slug, "made": made, "errors": errors}
