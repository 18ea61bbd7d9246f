"""Records of delimited text: an unclosed quotation costs its own row and never swallows those after it."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from core.told import told
from pipelines.importers._lines import MAX_LINE, decoded, lines, too_long
from pipelines.records import BadRow

# A quotation may go on for so many lines; one that does is more likely never closed.
MAX_SPAN = 1000
REASONS = {
    "unexpected end of data": told("opens a quotation that is not closed"),
    "expected after": told("goes on after the end of a quotation: a quotation mark inside of one is written twice"),
    "field larger": told("has a cell of more than {most:,} characters", most=csv.field_size_limit()),
    "new-line character": told("has a carriage return outside of a quotation"),
}


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one row and the line it begins on."""

    line: int
    cells: list[str]


def records(file: BinaryIO, delimiter: str, quoted: bool, width: int) -> Iterator[Record | BadRow]:
    """Every record after the head, with `width` cells or as bad."""
    for found in (_quoted if quoted else _plain)(file, delimiter):
        if isinstance(found, Record) and len(found.cells) != width:
            yield BadRow(
                found.line,
                told(
                    "has {cells} cells where the head has {width} columns",
                    cells=len(found.cells), width=width,
                ) if found.cells else told("is blank"),
            )
        else:
            yield found


def _plain(file: BinaryIO, delimiter: str) -> Iterator[Record | BadRow]:
    for number, line in lines(file, first=2):
        try:
            yield too_long(number) if line is None else Record(number, split(decoded(line), delimiter))
        except ValueError as error:
            yield BadRow(number, told("the line {error}", error=error))


def split(text: str, delimiter: str) -> list[str]:
    """The cells of a line in which a quotation mark is a character like any other."""
    return text.removesuffix("\n").removesuffix("\r").split(delimiter)


def _quoted(file: BinaryIO, delimiter: str) -> Iterator[Record | BadRow]:
    feed = _Feed(lines(file, first=2))
    while True:
        feed.begin()
        try:
            # A reader for each record: it asks the feed for a second line only while a quotation is open.
            cells = next(csv.reader(feed, delimiter=delimiter, strict=True))
        except StopIteration:
            return
        except csv.Error as error:
            # What is wrong with a line that is put back will be said of that line.
            own = feed.problem if feed.problem_line == feed.line else None
            yield own or BadRow(feed.line, _reason(error))
            feed.put_back()
        else:
            yield feed.problem or Record(feed.line, cells)


def _reason(error: csv.Error) -> str:
    return next((reason for part, reason in REASONS.items() if part in str(error)), str(error))


class _Feed:
    """Lines for ``csv.reader``. Those a bad record took beyond its first are put back and read as rows of their own."""

    def __init__(self, source: Iterator[tuple[int, bytes | None]]) -> None:
        self._source = source
        self._back: deque[tuple[int, bytes | None]] = deque()
        self.begin()

    def begin(self) -> None:
        """From here on it is another record."""
        self._taken: list[tuple[int, bytes | None]] = []
        self._size = 0
        self.problem: BadRow | None = None
        self.problem_line = 0

    @property
    def line(self) -> int:
        """The line the record begins on."""
        return self._taken[0][0]

    def put_back(self) -> None:
        """Give back all but the first line of the record."""
        self._back.extendleft(reversed(self._taken[1:]))

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if len(self._taken) >= MAX_SPAN or self._size > MAX_LINE:
            raise StopIteration
        number, line = self._back.popleft() if self._back else next(self._source)
        self._taken.append((number, line))
        if line is None:
            self._note(number, too_long(self.line))
            return "\n"
        self._size += len(line)
        try:
            return decoded(line)
        except ValueError as error:
            where = told("the line") if number == self.line else told("line {number} of it", number=number)
            self._note(number, BadRow(self.line, f"{where} {error}"))
            return line.decode("utf-8", "replace")

    def _note(self, number: int, problem: BadRow) -> None:
        if self.problem is None:
            self.problem, self.problem_line = problem, number
