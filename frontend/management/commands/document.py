"""`manage.py document`: writes the pages of docs/ that are made from the code; a test fails when they are not up to date."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from annotation.task_types import task_types
from core.flow import Flow
from core.languages import language
from core.plugins import Plugin
from frontend.plugin_words import described
from pipelines.registries import REGISTRIES

PICTURED = ("en", "ar", "my", "zh")
"""The languages of the pictures in the docs: left to right and right to left, with spaces between words and without."""
TRY = "Each can be tried in the gallery, under *Task types* in the menu, with parameters and a record of your own."
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
    parameters = ", ".join(f"`{info.alias or name}`" for name, info in plugin.model_fields.items()) or "none"
    signature = plugin(**plugin.example).signature().replace("|", "\\|")
    return f"| `{name}` | {plugin.about()} | {parameters} | `{signature}` |"


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


def task_types_page() -> str:
    """docs/task-types.md: every task type as its annotators meet it; the pictures are made by `tests/browser/test_pictures.py`."""
    lines = ["# Task types", MADE, "", TRY]
    for name, plugin in task_types.all.items():
        if "annotate" in plugin.stages:
            lines += ["", f"## {plugin.label}", "", f"`{name}`: {described(plugin)[0]}", ""]
            shown = [f"![{plugin.label}, in {language(tag).name}](pictures/{name}.{tag}.webp)" for tag in PICTURED]
            lines += [f"| {shown[0]} | {shown[1]} |", "|---|---|", f"| {shown[2]} | {shown[3]} |"]
    return "\n".join(lines) + "\n"


PAGES = {"plugins.md": plugins_page, "states.md": states_page, "task-types.md": task_types_page, "openapi.yaml": openapi_page}


class Command(BaseCommand):
    help = f"Write {', '.join(f'docs/{name}' for name in PAGES)} from the code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, default=settings.BASE_DIR / "docs")

    def handle(self, *args: Any, out: Path, **options: Any) -> None:
        for name, page in PAGES.items():
            (out / name).write_text(page(), encoding="utf-8")
            self.stdout.write(f"wrote {out / name}")
