"""Document discrepancy: list what differs between two versions of a document: before, after, and of which type."""

from typing import ClassVar

from annotation.asks import Ask
from annotation.asks._options import Options
from annotation.asks.label import Label
from annotation.asks.rows import Rows
from annotation.asks.writing import Writing
from annotation.records import Question
from annotation.task_types._asking import Asking


class DocumentDiscrepancy(Asking):
    """A row for each discrepancy; an empty list says that there is none."""

    name: ClassVar[str] = "document_discrepancy"
    label: ClassVar[str] = "List discrepancies"

    types: Options = ("number", "name", "date", "meaning", "missing", "added", "other")
    """What a discrepancy can be."""

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        columns = (
            Writing(name="before", text="Before", lines=1, language="source"),
            Writing(name="after", text="After", lines=1),
            Label(name="type", text="Type", options=self.types),
        )
        return (Rows(name="discrepancies", text="What differs?", columns=columns),)
