"""`manage.py campaign`: a campaign of a dataset from a YAML file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from annotation.actions import campaigns
from annotation.models import Dataset
from core.errors import Invalid, Missing
from core.management.base import DragomanCommand


class Command(DragomanCommand):
    help = "Make a campaign from a YAML file; with --open it is opened and units are admitted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="slug of the dataset")
        parser.add_argument("file", type=Path, help="the campaign as YAML")
        parser.add_argument("--open", action="store_true", help="open it at once")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        dataset = Dataset.objects.filter(slug=options["dataset"]).first()
        if dataset is None:
            raise Missing(f"There is no dataset {options['dataset']!r}.")
        campaign = campaigns.from_yaml(dataset, _text(options["file"]), by=None)
        tasks = campaigns.open_campaign(campaign, by=None) if options["open"] else 0
        self.say(f"{campaign.name}: {campaign.get_status_display()}, {tasks} tasks")
        return {"dataset": dataset.slug, "campaign": campaign.slug, "status": campaign.status, "tasks": tasks}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Missing(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"{file} is not UTF-8: byte {error.start} is no text.") from error
