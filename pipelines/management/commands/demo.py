"""`manage.py demo`: the whole story on the shipped dataset with a simulated crowd, then the servers with its addresses."""

from argparse import ArgumentParser
from typing import Any

from core.management.base import DragomanCommand
from core.models import User
from pipelines.actions.demo import tell


class Command(DragomanCommand):
    help = "Tell the whole story on the demo dataset: import, recorded drafts, simulated crowd, release 0.1.0, baselines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-browser", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        story = tell(by=User.objects.filter(is_superuser=True).order_by("pk").first(), told=self.say)
        self.print(story)
