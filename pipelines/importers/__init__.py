"""Files in: one file an importer. The contract is `Importer`; `importers` is the registry."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.plugins import Plugin, Registry
from pipelines.records import BadRow, ImportContext, ParsedRow


@dataclass(frozen=True)
class Described:
    """What a file says of itself before its rows are read."""

    schema: dict[str, Any] | None
    """The schema a new dataset for this file would have; None when the format does not fix one."""
    source_language: str = "en"
    languages: tuple[str, ...] = field(default_factory=tuple)
    """Target languages the file brings."""


class Importer(Plugin):
    """Reads one file format as a stream: memory does not grow with the file."""

    def describe(self, file: Path) -> Described:
        """What the file's head says; raises `core.errors.Invalid` when it is no file of this format."""
        raise NotImplementedError(f"{self.name} describes nothing")

    def read(self, file: Path, context: ImportContext) -> Iterator[ParsedRow | BadRow]:
        """Every row of the file, in order, each exactly once as understood or as bad; blank lines at the end are no rows."""
        raise NotImplementedError(f"{self.name} reads nothing")


importers: Registry[Importer] = Registry("importer", "pipelines.importers", Importer)
