"""Tables as CSV that a spreadsheet may open: no cell of theirs is taken for a formula."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any


def lines(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The lines of a CSV file, one at a time; None becomes an empty cell."""
    writer = csv.writer(_Echo())
    yield writer.writerow(map(_harmless, header))
    for row in rows:
        yield writer.writerow(map(_harmless, row))


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _harmless(cell: Any) -> Any:
    """Text that begins like a formula gets an apostrophe in front; a number is a number, even below zero."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
