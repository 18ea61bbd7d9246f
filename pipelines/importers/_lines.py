"""The lines of a file that claims to be UTF-8 text: numbered, bounded in length, and split at line feeds only."""

from collections.abc import Iterator
from itertools import count
from typing import BinaryIO

from core.errors import Invalid
from core.told import told
from pipelines.records import BadRow

MAX_LINE = 4 * 1024 * 1024
# So many blank lines in a row are held back to see whether they are the end; more would fill the memory.
MAX_BLANK = 1000
BOM = b"\xef\xbb\xbf"
# What a file really is, by its first bytes; its name is not asked.
MAGIC = {
    b"%PDF-": told("a PDF document"),
    b"\x1f\x8b": told("a gzip archive: unpack it first"),
    b"\x7fELF": told("a program"),
    b"PAR1": told("a Parquet file"),
    b"\xd0\xcf\x11\xe0": told("an old Excel or Word file: save it as UTF-8 text first"),
    b"GIF8": told("a GIF image"),
    b"\x89PNG": told("a PNG image"),
    b"\xff\xd8\xff": told("a JPEG image"),
    b"{\\rtf": told("an RTF document"),
    b"\xff\xfe": told("UTF-16 text: save it as UTF-8 first"),
    b"\xfe\xff": told("UTF-16 text: save it as UTF-8 first"),
    b"\x00\x00\xfe\xff": told("UTF-32 text: save it as UTF-8 first"),
}


def check_text(file: BinaryIO) -> None:
    """Raise `Invalid`, naming what the file is, when it is no UTF-8 text; otherwise go behind its byte order mark."""
    head = file.read(4096)
    file.seek(len(BOM) if head.startswith(BOM) else 0)
    text = head.removeprefix(BOM)
    if not text.strip():
        raise Invalid("The file is empty.")
    if what := _what(text):
        raise Invalid(told("This is {what}.", what=what))


def first_line(file: BinaryIO) -> str:
    """The head of a table, without its line end; `Invalid` when the file is no text or its head is none."""
    check_text(file)
    line = file.readline(MAX_LINE)
    try:
        text = decoded(line).removesuffix("\n").removesuffix("\r")
    except ValueError as error:
        raise Invalid(told("The first line {error}.", error=error)) from None
    if len(line) == MAX_LINE or "\r" in text:
        raise Invalid("The lines of this file do not end in line feeds: save it with Unix or Windows line ends.")
    return text


def _what(head: bytes) -> str | None:
    if head.startswith(b"PK\x03\x04"):
        office = b"[Content_Types].xml" in head or b"xl/" in head
        return told("an Excel or Word file: save it as UTF-8 text first") if office else told("a ZIP archive: unpack it first")
    if head.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html", b"<?xml")):
        return told("an HTML or XML page")
    # Text in UTF-16 without a mark: every other byte of its ASCII characters is NUL.
    if head[0:64:2].count(0) > 24 or head[1:64:2].count(0) > 24:
        return told("UTF-16 text: save it as UTF-8 first")
    return next((what for magic, what in MAGIC.items() if head.startswith(magic)), None)


def lines(file: BinaryIO, first: int = 1) -> Iterator[tuple[int, bytes | None]]:
    """Number and bytes of each line, None for one longer than `MAX_LINE`; blank lines at the end are left out."""
    blank: list[tuple[int, bytes]] = []
    for number in count(first):
        line = file.readline(MAX_LINE + 1)
        if not line:
            return
        if not line.strip(b" \t\r\n") and len(blank) < MAX_BLANK:
            blank.append((number, line))
            continue
        yield from blank
        blank.clear()
        yield number, None if len(line) > MAX_LINE and _skip_rest(file, line) else line


def _skip_rest(file: BinaryIO, line: bytes) -> bool:
    while line and not line.endswith(b"\n"):
        line = file.readline(MAX_LINE)
    return True


def decoded(line: bytes) -> str:
    """The line as text; raises `ValueError` with the reason when it is not UTF-8 or holds a NUL."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(told(
            "is not UTF-8: byte {byte:#04x} at offset {start} of the line",
            byte=line[error.start], start=error.start,
        )) from None
    if "\x00" in text:
        raise ValueError(told(
            "contains the NUL character at offset {start} of the line, which cannot be stored",
            start=line.index(0),
        ))
    return text


def too_long(number: int) -> BadRow:
    """The row that a line over `MAX_LINE` is."""
    return BadRow(number, told("is longer than {most} MB", most=MAX_LINE // 1024 ** 2))
