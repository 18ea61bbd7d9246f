"""`manage.py messages`: bring the interface's translations up to date with its words, and compile them."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from core.management.base import DragomanCommand
from frontend import messages


class Command(DragomanCommand):
    help = "Find the interface's words, keep a PO file for each of its languages, and compile them. Says what is not translated yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help="tags; all of the interface's without any")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        tags = options["languages"] or [tag for tag, _name in settings.LANGUAGES if tag != settings.LANGUAGE_CODE]
        found, left = messages.words(), {}
        for tag in tags:
            catalog = messages.brought_up_to_date(tag, found)
            path = messages.file(tag)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(messages.as_po(catalog))
            path.with_suffix(".mo").write_bytes(messages.as_mo(catalog))
            left[tag] = len(messages.missing(catalog))
            self.say(f"{tag}: {len(catalog)} words, {left[tag]} without a translation.")
        return {"words": len(found), "missing": left}
