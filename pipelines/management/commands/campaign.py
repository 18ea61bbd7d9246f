"""`manage.py campaign`: a campaign of a dataset, or a chain of them, from a YAML file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from annotation.actions import campaigns
from annotation.models import Campaign, Dataset
from core.errors import Invalid, Missing
from core.management.base import DragomanCommand
from core.told import told


class Command(DragomanCommand):
    help = "Make the campaigns of a YAML file; with --open they are opened and units are admitted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="slug of the dataset")
        parser.add_argument("file", type=Path, help="the campaign as YAML, or a list of them under “campaigns”")
        parser.add_argument("--open", action="store_true", help="open it at once")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        dataset = Dataset.objects.filter(slug=options["dataset"]).first()
        if dataset is None:
            raise Missing(told("There is no dataset {name!r}.", name=options["dataset"]))
        begun = [_begin(one, options["open"]) for one in campaigns.from_yaml(dataset, _text(options["file"]), by=None)]
        for one in begun:
            self.say(f"{one['campaign']}: {one['status']}, {one['tasks']} tasks")
        return {"dataset": dataset.slug, **begun[0], "campaigns": begun}


def _begin(campaign: Campaign, at_once: bool) -> dict[str, Any]:
    tasks = campaigns.open_campaign(campaign, by=None) if at_once else 0
    return {"campaign": campaign.slug, "status": campaign.status, "tasks": tasks}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Missing(told("{file} cannot be read: {reason}.", file=file, reason=error.strerror)) from error
    except UnicodeDecodeError as error:
        raise Invalid(told("{file} is not UTF-8: byte {start} is no text.", file=file, start=error.start)) from error
