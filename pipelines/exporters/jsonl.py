"""JSON Lines: the canonical form of a release, UTF-8, one object a line, its keys in the order of the columns."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from pipelines.exporters import Columns, Exporter


class JsonLines(Exporter):
    """One JSON object a line, with every column in every row."""

    name: ClassVar[str] = "jsonl"
    label: ClassVar[str] = "JSON Lines"
    suffix: ClassVar[str] = "jsonl"

    def write(self, rows: Iterable[dict[str, Any]], path: Path, columns: Columns) -> None:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for row in rows:
                line = _in_order(row, columns)
                file.write(json.dumps(line, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n")


def _in_order(row: dict[str, Any], columns: Columns) -> dict[str, Any]:
    """The row's columns in their order, objects inside it too, with null where it has nothing."""
    ordered: dict[str, Any] = {}
    for name, column in columns.items():
        value = row.get(name)
        ordered[name] = _in_order(value, column) if isinstance(column, dict) and value is not None else value
    return ordered
