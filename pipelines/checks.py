"""A broken plugin, or a list of hosts that cannot be read, is a start-up error with its name, not a surprise in the middle of a run."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from core.plugins import BrokenPlugin
from pipelines.outbound import endpoint_hosts, import_hosts
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


@register()
def listed_hosts_can_be_read(**_: Any) -> list[CheckMessage]:
    """One error for each list of hosts with an entry that is none."""
    found: list[CheckMessage] = []
    for number, listed in enumerate((endpoint_hosts, import_hosts), 1):
        try:
            listed()
        except ImproperlyConfigured as problem:
            found.append(Error(str(problem), id=f"dragoman.hosts.{number}"))
    return found
