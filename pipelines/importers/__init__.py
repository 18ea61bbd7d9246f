"""Files in: one file an importer. The contract is `Importer`; `importers` is the registry."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from core.plugins import Plugin, Registry
from pipelines.records import BadRow, ImportContext, ParsedRow


@dataclass(frozen=True)
class Described:
    """What a file says of itself before its rows are read."""

    schema: dict[str, Any] | None = None
    """The schema a new dataset for this file would have; None when the format does not fix one."""
    source_language: str = "en"
    languages: tuple[str, ...] = ()
    """Target languages the file's head names."""
    columns: tuple[str, ...] = ()
    """What the file calls its values: the columns of a table, the names in a first record."""


class Importer(Plugin):
    """Reads one file format as a stream: memory does not grow with the file.

    Both get the file opened for reading bytes, at its start. What is wrong with the whole file (another format, a
    missing column) is `core.errors.Invalid`, raised before the first row; what is wrong with one row is a `BadRow`.
    """

    def describe(self, file: BinaryIO) -> Described:
        """What the file's head says."""
        raise NotImplementedError(f"{self.name} describes nothing")

    def read(self, file: BinaryIO, context: ImportContext) -> Iterator[ParsedRow | BadRow]:
        """Every row of the file, in order, each once, as understood or as bad; blank lines at the end are no rows."""
        raise NotImplementedError(f"{self.name} reads nothing")


importers: Registry[Importer] = Registry("importer", "pipelines.importers", Importer)
