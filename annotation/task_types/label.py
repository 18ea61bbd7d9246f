"""Label: say what a record is, by one label or several; a question may depend on another one's answer."""

from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from annotation.asks import Ask
from annotation.asks.label import Label
from annotation.asks.labels import Labels
from annotation.records import Question
from annotation.task_types._asking import Asking
from annotation.task_types._labelled import KIND, labels
from annotation.task_types._ordered import in_order

Either = Annotated[Label | Labels, Field(discriminator="type")]


class Labelling(Asking):
    """Without questions of its own it asks for the label the kind's answer field holds; options may form a tree."""

    name: ClassVar[str] = "label"
    label: ClassVar[str] = "Label"
    example_kind: ClassVar = KIND

    questions: tuple[Either, ...] = ()
    """The questions in order: type label or labels."""

    @model_validator(mode="after")
    def _in_order(self) -> "Labelling":
        in_order(self.questions)
        return self

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        return self.questions or (Label(name="label", text="Which label fits?", options=labels(question)),)
