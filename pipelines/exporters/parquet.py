"""Parquet: what the `datasets` library loads, with settings that never change: one pyarrow writes one result."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.exporters import Columns, Exporter

ROWS_PER_GROUP = 10_000
TEXTS = pa.list_(pa.string())
TYPES = {
    "text": pa.string(),
    "string": pa.string(),
    "ref": pa.string(),
    "label": pa.string(),
    "list": TEXTS,
    "table": pa.list_(TEXTS),
    "choice": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "spans": pa.list_(pa.struct([("start", pa.int64()), ("end", pa.int64()), ("label", pa.string())])),
}


class Parquet(Exporter):
    """Parquet with zstd, no pandas metadata, and one row group for every ten thousand rows."""

    name: ClassVar[str] = "parquet"
    label: ClassVar[str] = "Parquet"
    suffix: ClassVar[str] = "parquet"

    def write(self, rows: Iterable[dict[str, Any]], path: Path, columns: Columns) -> None:
        schema = pa.schema([pa.field(name, _type(column)) for name, column in columns.items()])
        settings: dict[str, Any] = {"compression": "zstd", "compression_level": 3, "version": "2.6"}
        with pq.ParquetWriter(path, schema, store_schema=False, write_page_checksum=True, **settings) as writer:
            for group in _groups(rows):
                writer.write_table(pa.Table.from_pylist([_fitting(row, columns) for row in group], schema=schema))


def _type(column: str | Columns) -> pa.DataType:
    if isinstance(column, dict):
        return pa.struct([pa.field(name, _type(inner)) for name, inner in column.items()])
    return TYPES[column]


def _fitting(row: dict[str, Any], columns: Columns) -> dict[str, Any]:
    """The row with its numbers as the floats they are stored as."""
    numbers = {name: float(row[name]) for name, it in columns.items() if it == "number" and row.get(name) is not None}
    inner = {name: _fitting(row[name], it) for name, it in columns.items() if isinstance(it, dict) and row.get(name)}
    return {**row, **numbers, **inner}


def _groups(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rest = iter(rows)
    while group := list(islice(rest, ROWS_PER_GROUP)):
        yield group
