"""Files out: one file an exporter. The contract is `Exporter`; `exporters` is the registry."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from core.plugins import Plugin, Registry


class Exporter(Plugin):
    """Writes rows as one file of its format; the same rows give the same bytes, on every machine and at every time."""

    suffix: ClassVar[str]
    """The file's ending, without a dot."""

    def write(self, rows: Iterable[dict[str, Any]], path: Path, fields: dict[str, str]) -> None:
        """Write `rows` to `path`, in order. ``fields`` maps column name to schema type, in column order."""
        raise NotImplementedError(f"{self.name} writes nothing")


exporters: Registry[Exporter] = Registry("exporter", "pipelines.exporters", Exporter)
