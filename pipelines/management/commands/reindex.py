"""`manage.py reindex`: read for the search what is due now, or everything anew."""

from argparse import ArgumentParser
from typing import Any

from django.db.models import Count, Q

from annotation import search_index
from annotation.models import SearchEntry
from core.management.base import DragomanCommand


class Command(DragomanCommand):
    help = "Read for the search the units that have come in or changed, without waiting for the sweep; with --all every unit anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="throw the index away first: it is made of the units alone")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        if options["all"]:
            search_index.forget()
        counted = SearchEntry.objects.aggregate(units=Count("pk"), due=Count("pk", filter=Q(grams=None)))
        done = 0
        while more := search_index.catch_up(search_index.CHUNK):
            done += more
            self.progress(min(done, counted["due"]), counted["due"], "units")
        self.say(f"{done:,} of {counted['units']:,} units were read for the search.")
        return {"units": counted["units"], "read": done}
