"""Dialogue from outline: write a dialogue turn by turn from its outline, without its source, then mark the slots in it."""

from typing import ClassVar

from annotation.asks import Ask
from annotation.asks._options import Options
from annotation.asks.spans import Spans
from annotation.asks.turns import Turns
from annotation.records import Question, Shown
from annotation.schema import Kind
from annotation.task_types._asking import Asking
from annotation.task_types._places import place


class DialogueFromOutline(Asking):
    """Whoever saw the source would translate it: so they see the outline, and of the record nothing else that was not named."""

    name: ClassVar[str] = "dialogue_from_outline"
    label: ClassVar[str] = "Write a dialogue from its outline"
    aggregator: ClassVar[str] = "text_centroid"
    right_from: ClassVar[float] = 0.5
    example_kind: ClassVar = {
        "fields": {"outline": {"type": "list", "translate": True}, "dialogue": {"type": "list", "translate": True}}
    }
    example_source: ClassVar = {
        "outline": ["The guest asks for a table for two at eight.", "The waiter says it is booked."],
        "dialogue": ["Do you have a table for two at eight?", "I am sorry, it is taken."],
    }
    example_target: ClassVar = None

    outline: str = "outline"
    """The list field with a line for each turn."""
    slots: Options = ("slot",)
    """What is marked in the dialogue that was written; nothing where there are none."""
    shown: tuple[str, ...] = ()
    """Other fields that people may see."""

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        turns = Turns(name="turns", text="Write the dialogue", outline=place(question, self.outline))
        if not self.slots:
            return (turns,)
        return (turns, Spans(name="slots", text="Mark the slots in what you wrote", over=("answers.turns",), labels=self.slots))

    def fields(self, question: Question) -> tuple[Shown, ...]:
        return tuple(Shown(name) for name in self.shown)

    def conceals(self, kind: Kind) -> frozenset[str]:
        return frozenset(kind.fields) - {self.outline, *self.shown}
