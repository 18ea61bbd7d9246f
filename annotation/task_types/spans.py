"""Spans: mark stretches of the texts, each with a label; they may nest, overlap, hang apart, and have attributes."""

from typing import ClassVar

from annotation.asks import Ask
from annotation.asks._ask import Place
from annotation.asks._options import Options
from annotation.asks.spans import Attribute, Spans
from annotation.records import Question
from annotation.task_types._asking import Asking
from annotation.task_types._places import texts


class MarkSpans(Asking):
    """Without labels of its own it takes those of the kind's spans field; without places every text of the record."""

    name: ClassVar[str] = "spans"
    label: ClassVar[str] = "Mark spans"
    right_from: ClassVar[float] = 0.8

    labels: Options = ()
    over: tuple[Place, ...] = ()
    """The texts that are marked, such as target.text."""
    attributes: tuple[Attribute, ...] = ()
    """A further word on each span: name, text, options."""
    overlap: bool = True
    """Whether spans may overlap and nest."""
    grouped: bool = False
    """Whether pieces that do not hang together can be marked as one."""

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        return (
            Spans(
                name="spans", text="Mark the places", over=self.over or texts(question), labels=self.labels or known(question),
                attributes=self.attributes, overlap=self.overlap, grouped=self.grouped,
            ),
        )  # fmt: skip


def known(question: Question | None) -> Options:
    """The labels that the kind's spans have; one for anything where it names none."""
    fields = question.kind.fields.values() if question else ()
    return next((one.labels for one in fields if one.type == "spans" and one.labels), ("mark",))
