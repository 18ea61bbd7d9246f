"""`manage.py campaign`: a campaign of a dataset, or a chain of them, from a YAML file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from annotation.actions import campaigns
from annotation.models import Campaign
from core.management.base import DragomanCommand
from pipelines.management.named import dataset_of, text_of


class Command(DragomanCommand):
    help = "Make the campaigns of a YAML file; with --open they are opened and units are admitted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="slug of the dataset")
        parser.add_argument("file", type=Path, help="the campaign as YAML, or a list of them under “campaigns”")
        parser.add_argument("--open", action="store_true", help="open it at once")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        dataset = dataset_of(options["dataset"])
        begun = [_begin(one, options["open"]) for one in campaigns.from_yaml(dataset, text_of(options["file"]), by=None)]
        for one in begun:
            self.say(f"{one['campaign']}: {one['status']}, {one['tasks']} tasks")
        return {"dataset": dataset.slug, **begun[0], "campaigns": begun}


def _begin(campaign: Campaign, at_once: bool) -> dict[str, Any]:
    tasks = campaigns.open_campaign(campaign, by=None) if at_once else 0
    return {"campaign": campaign.slug, "status": campaign.status, "tasks": tasks}
