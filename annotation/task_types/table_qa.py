"""Table question: say whether a table answers a question, in which cells the answer is, and what it is."""

from random import Random
from typing import Any, ClassVar

from annotation.asks import Ask
from annotation.asks.cells import Cells
from annotation.asks.label import Label
from annotation.asks.writing import Writing
from annotation.records import Question, Shown
from annotation.schema import Kind
from annotation.task_types._asking import Asking
from annotation.task_types._candidates import around
from annotation.task_types._places import first
from core.told import told


class TableQA(Asking):
    """Cells are named by row and column from 0, header rows counted, and so stay the same in every language."""

    name: ClassVar[str] = "table_qa"
    label: ClassVar[str] = "Answer a question from a table"
    right_from: ClassVar[float] = 0.7
    example_kind: ClassVar = {
        "fields": {"rows": {"type": "table", "translate": True}, "question": {"type": "text", "translate": True}}
    }
    example_source: ClassVar = {"rows": [["River", "Length"], ["Ebro", "930 km"]], "question": "How long is the Ebro?"}
    example_target: ClassVar = {"rows": [["Río", "Longitud"], ["Ebro", "930 km"]], "question": "¿Qué longitud tiene el Ebro?"}

    table: str = ""
    """Where the table is, such as references.table.rows; without it the record's first table."""

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        return (
            Cells(name="cells", text="Choose the cells that the answer is in", of=self._table(question), required=False),
            Label(name="answerable", text="Does the table answer it?", options={"yes": "Yes", "no": "No"}),
            Writing(name="answer", text="What is the answer?", lines=1, when={"answerable": "yes"}),
        )

    def problems(self, answer: Any, question: Question) -> dict[str, str]:
        found = super().problems(answer, question)
        chosen, said = answer.answers.get("cells"), answer.answers.get("answerable")
        if said == "yes" and not chosen:
            found.setdefault("answers.cells", told("is missing: choose at least one, for the table answers the question"))
        if said == "no" and chosen:
            found.setdefault("answers.cells", told("are chosen, though the table does not answer the question"))
        return found

    def sample(self, question: Question, dice: Random) -> dict[str, Any] | None:
        found = super().sample(question, dice)
        if found and found["answers"]["answerable"] == "no":
            del found["answers"]["cells"]
        return found

    def fields(self, question: Question) -> tuple[Shown, ...]:
        hidden = self.conceals(question.kind)
        return tuple(one for one in around(super().fields(question), (self._table(question),)) if one.name not in hidden)

    def conceals(self, kind: Kind) -> frozenset[str]:
        """The right answer, be it a text that is translated."""
        return frozenset({kind.answer} - {None})

    def _table(self, question: Question | None) -> str:
        return self.table or first(question, "table")
