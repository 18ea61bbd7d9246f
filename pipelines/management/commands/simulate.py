"""`manage.py simulate`: let a simulated crowd of known skill work through a campaign."""

from argparse import ArgumentParser
from typing import Any

from annotation.models import Campaign
from core.errors import Missing
from core.management.base import DragomanCommand
from pipelines.actions import crowd


class Command(DragomanCommand):
    help = "Let simulated people of known skill work through a campaign; everything they do says that it is simulated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="slug of the dataset")
        parser.add_argument("campaign", help="slug of the campaign")
        parser.add_argument("--people", type=int, default=4, help="annotators")
        parser.add_argument("--experts", type=int, default=1)
        parser.add_argument("--skill", type=float, default=0.9, help="how often an annotator is right, 0 to 1")
        parser.add_argument("--seed", type=int, default=1)

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        names = {"dataset__slug": options["dataset"], "slug": options["campaign"]}
        campaign = Campaign.objects.select_related("dataset").filter(**names).first()
        if campaign is None:
            raise Missing(f"There is no campaign {options['campaign']!r} in a dataset {options['dataset']!r}.")
        size = {name: options[name] for name in ("people", "experts", "skill", "seed")}
        done = crowd.simulate(campaign, **size, on_progress=self.progress)
        self.say(f"simulated: {done['answers']} answers, {done['sent_back']} sent back, {done['edited']} corrected by experts")
        return {"dataset": options["dataset"], "campaign": campaign.slug, **done}
