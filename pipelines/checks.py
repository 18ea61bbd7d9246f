"""A broken plugin is a start-up error with its name, not a surprise in the middle of a run."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from core.plugins import BrokenPlugin
from pipelines.registries import REGISTRIES


@register()
def every_plugin_loads(**_: Any) -> list[CheckMessage]:
    """One error for each registry that cannot load one of its files."""
    found: list[CheckMessage] = []
    for kind, registry in REGISTRIES.items():
        try:
            registry.all  # noqa: B018 - loading is the check
        except BrokenPlugin as problem:
            found.append(Error(str(problem), id=f"dragoman.{kind}"))
    return found
