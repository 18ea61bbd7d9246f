"""Relations: mark spans, and say which of them stand in which relation: head, relation, tail."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator

from annotation.asks import Ask
from annotation.asks._ask import Place
from annotation.asks._options import Options, as_list
from annotation.asks.relations import Relation, Relations
from annotation.asks.spans import Spans
from annotation.records import Question
from annotation.task_types._asking import Asking
from annotation.task_types._places import texts
from annotation.task_types.spans import known


class Relate(Asking):
    """Triples over marked spans; a relation may be bound to labels of its head and its tail."""

    name: ClassVar[str] = "relations"
    label: ClassVar[str] = "Mark spans and their relations"
    right_from: ClassVar[float] = 0.8

    labels: Options = ()
    """The labels of spans; without any those of the kind's spans field."""
    relations: Annotated[tuple[Relation, ...], BeforeValidator(as_list)] = (Relation(value="related_to", text="is related to"),)
    """Each with value, text, and if you like heads and tails: labels it may stand between."""
    over: tuple[Place, ...] = ()
    """The texts that are marked, such as target.text."""

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        marked = Spans(name="spans", text="Mark the places", over=self.over or texts(question), labels=self.labels or known(question))
        return (marked, Relations(name="relations", text="Which are related?", spans="spans", types=self.relations))
