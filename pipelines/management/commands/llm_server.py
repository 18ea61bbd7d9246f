"""`manage.py llm_server`: a model to try things with, which costs nothing: it marks each text instead of translating it."""

import asyncio
import importlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from core.errors import Missing
from core.management.base import DragomanCommand
from core.told import told


class Command(DragomanCommand):
    help = "Serve a scripted OpenAI-compatible model on the loopback, as the tests do; stop it with Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8787)
        parser.add_argument("--script", type=Path, help="JSON: a table of translations, and bad days (tests/llm_server.py)")
        parser.add_argument("--seconds", type=float, default=0.2, help="how long each answer takes")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        try:
            # It is the tests' own, and they are only there in a clone.
            scripted = importlib.import_module("tests.llm_server")
        except ImportError as error:
            raise Missing("The scripted server is part of the tests: run this from a clone, with requirements.txt installed.") from error
        script = scripted.Script.load(options["script"]) if options["script"] else scripted.Script(seconds=options["seconds"])
        server = scripted.Server(script)
        self.say(f"Set OPENAI_BASE_URL=http://127.0.0.1:{options['port']}/v1 and draft with --provider openai:any-name. Ctrl-C stops it.")
        try:
            asyncio.run(scripted.forever(server, options["port"]))
        except KeyboardInterrupt:
            pass
        except OSError as error:
            raise Missing(told(
                "Port {port} cannot be listened on ({reason}): take another with --port.",
                port=options["port"], reason=error.strerror,
            )) from error
        return {"calls": server.calls}
