"""`manage.py document`: writes the pages of docs/ that are made from the code; a test fails when they are not up to date."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from core.flow import Flow
from core.plugins import Plugin
from pipelines.registries import REGISTRIES

MADE = "<!-- Made by `python manage.py document`; do not edit. -->"


def plugins_page() -> str:
    """docs/plugins.md: every plugin with its parameters and an example signature."""
    lines = ["# Plugins", MADE, "", "One file each; the how-to for each kind is in `docs/how-to/`."]
    for kind, registry in REGISTRIES.items():
        lines += ["", f"## {kind.replace('_', ' ').capitalize()}s", ""]
        lines += ["| name | what | parameters | signature of the example |", "|---|---|---|---|"]
        lines += [_plugin_row(name, plugin) for name, plugin in registry.all.items()]
    return "\n".join(lines) + "\n"


def _plugin_row(name: str, plugin: type[Plugin]) -> str:
    what = (plugin.__doc__ or "").strip().splitlines()[0]
    parameters = ", ".join(f"`{info.alias or name}`" for name, info in plugin.model_fields.items()) or "none"
    signature = plugin(**plugin.example).signature().replace("|", "\\|")
    return f"| `{name}` | {what} | {parameters} | `{signature}` |"


def states_page() -> str:
    """docs/states.md: for each noun with a status, the moves it may make."""
    lines = ["# States", MADE, "", "A move is one UPDATE that names the old state, plus one Event; anything else is a Conflict."]
    for model in sorted(apps.get_models(), key=lambda one: one.__name__):
        flow = getattr(model, "flow", None)
        if isinstance(flow, Flow):
            lines += ["", f"## {model.__name__}", "", "| move | from | to |", "|---|---|---|"]
            lines += [f"| {verb} | {', '.join(source)} | {target} |" for verb, (source, target) in flow.moves.items()]
    return "\n".join(lines) + "\n"


def openapi_page() -> str:
    """docs/openapi.yaml: the REST API as drf-spectacular reads it."""
    return OpenApiYamlRenderer().render(SchemaGenerator().get_schema(public=True), renderer_context={}).decode()


PAGES = {"plugins.md": plugins_page, "states.md": states_page, "openapi.yaml": openapi_page}


class Command(BaseCommand):
    help = "Write docs/plugins.md, docs/states.md and docs/openapi.yaml from the code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, default=settings.BASE_DIR / "docs")

    def handle(self, *args: Any, out: Path, **options: Any) -> None:
        for name, page in PAGES.items():
            (out / name).write_text(page(), encoding="utf-8")
            self.stdout.write(f"wrote {out / name}")
