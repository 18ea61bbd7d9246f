"""Multiple choice: answer a question by one of its options, or by several with weights."""

from typing import ClassVar

from annotation.asks import Ask
from annotation.asks.label import Label
from annotation.asks.labels import Labels
from annotation.records import Question, Shown
from annotation.task_types import _choice
from annotation.task_types._asking import Asking


class MultipleChoice(Asking):
    """The person answers the question as it stands in their language; the known answer is not shown."""

    name: ClassVar[str] = "multiple_choice"
    label: ClassVar[str] = "Answer a multiple-choice question"
    example_kind: ClassVar = _choice.KIND
    example_source: ClassVar = _choice.SOURCE
    example_target: ClassVar = _choice.TARGET

    several: bool = False
    """Whether several options may be right, each with a weight."""

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        of = _choice.options(question)
        if self.several:
            return (Labels(name="answer", text="Which options are right, and how much so?", of=of, weighted=True),)
        return (Label(name="answer", text="Which option is right?", of=of),)

    def fields(self, question: Question) -> tuple[Shown, ...]:
        """The options stand in the question."""
        drawn = _choice.options(question).split(".")[1]
        return tuple(one for one in super().fields(question) if one.name != drawn)
