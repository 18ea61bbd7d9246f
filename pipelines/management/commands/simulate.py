"""`manage.py simulate`: let a simulated crowd of known skill work through a campaign, or through a whole chain of them."""

from argparse import ArgumentParser
from typing import Any

from core.errors import Invalid
from core.management.base import DragomanCommand
from pipelines.actions import crowd
from pipelines.management.named import campaign_of, dataset_of


class Command(DragomanCommand):
    help = "Let simulated people of known skill work through a campaign; everything they do says that it is simulated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="slug of the dataset")
        parser.add_argument("campaign", nargs="?", help="slug of the campaign")
        parser.add_argument("--chain", action="store_true", help="all live campaigns, until none makes work for another")
        parser.add_argument("--people", type=int, default=4, help="annotators")
        parser.add_argument("--experts", type=int, default=1)
        parser.add_argument("--skill", type=float, default=0.9, help="how often an annotator is right, 0 to 1")
        parser.add_argument("--faulty", type=float, default=0.1, help="share of the drafts that count as wrong, 0 to 1")
        parser.add_argument("--seed", type=int, default=1)

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        size = {name: options[name] for name in ("people", "experts", "skill", "seed", "faulty")}
        if options["chain"] == bool(options["campaign"]):
            raise Invalid("Name one campaign, or say --chain for all live ones.")
        if options["chain"]:
            return self._chain(options["dataset"], size)
        campaign = campaign_of(options["dataset"], options["campaign"])
        done = crowd.simulate(campaign, **size, on_progress=self.progress)
        self._tell("simulated", done)
        return {"dataset": options["dataset"], "campaign": campaign.slug, **done}

    def _chain(self, slug: str, size: dict[str, Any]) -> dict[str, Any]:
        dataset = dataset_of(slug)
        done = crowd.simulate_chain(dataset, **size, on_progress=self.progress)
        for one in done["campaigns"]:
            self._tell(one["campaign"], one)
        self._tell("simulated in all", done)
        return {"dataset": slug, **done}

    def _tell(self, name: str, done: dict[str, Any]) -> None:
        left = f"; {done['left']} tasks are left open" if done["left"] else ""
        self.say(f"{name}: {done['answers']} answers, {done['redo']} asked for again, {done['edited']} corrected by experts{left}")
