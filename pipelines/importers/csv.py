"""CSV: cells between commas, held together by quotation marks."""

from typing import ClassVar

from pipelines.importers._delimited import Delimited


class Csv(Delimited):
    """A table with a head, in UTF-8, its cells between commas."""

    name: ClassVar[str] = "csv"
    label: ClassVar[str] = "CSV"
    delimiter: ClassVar[str] = ","
