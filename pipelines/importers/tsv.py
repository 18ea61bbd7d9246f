"""TSV: cells between tabs; a quotation mark is text unless the file says otherwise."""

from typing import ClassVar

from pipelines.importers._delimited import Delimited


class Tsv(Delimited):
    """A table with a head, in UTF-8, its cells between tabs."""

    name: ClassVar[str] = "tsv"
    label: ClassVar[str] = "TSV"
    delimiter: ClassVar[str] = "\t"

    quoted: bool = False
    """Whether quotation marks hold a cell together; otherwise they are text."""
