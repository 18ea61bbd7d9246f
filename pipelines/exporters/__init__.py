"""Files out: one file an exporter. The contract is `Exporter`; `exporters` is the registry."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar, Union

from core.plugins import Plugin, Registry

# Column name to schema type, or to the columns of an object, in order.
Columns = dict[str, Union[str, "Columns"]]


class Exporter(Plugin):
    """Writes rows as one file of its format; the same rows give the same bytes, on every machine and at every time."""

    suffix: ClassVar[str]
    """The file's ending, without a dot."""

    def write(self, rows: Iterable[dict[str, Any]], path: Path, columns: Columns) -> None:
        """Write `rows` to `path`, in order. A column a row has nothing for is null."""
        raise NotImplementedError(f"{self.name} writes nothing")


exporters: Registry[Exporter] = Registry("exporter", "pipelines.exporters", Exporter)
