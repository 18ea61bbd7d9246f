"""Entity linking: which record of an uploaded terminology a text is about, or that it is about none of them."""

from collections.abc import Mapping
from typing import ClassVar

from annotation.asks import Ask
from annotation.asks.entity import Entity
from annotation.records import Question
from annotation.schema import Kind
from annotation.task_types._asking import Asking
from core.told import told


class EntityLinking(Asking):
    """The terminology is a kind of the dataset: its items are searched, and the answer is the key of one, or NIL."""

    name: ClassVar[str] = "entity_linking"
    label: ClassVar[str] = "Link to a terminology"
    example: ClassVar = {"kind": "concept"}

    kind: str
    """The kind whose items are the terminology."""
    wording: str = "Which record is meant?"
    nil: bool = True
    """Whether there may be none."""

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        return (Entity(name="entity", text=self.wording, kind=self.kind, nil=self.nil),)

    def misfits(self, kinds: Mapping[str, Kind], asked: tuple[str, ...]) -> dict[str, str]:
        return {} if self.kind in kinds else {"kind": told(
            "is {kind!r}, which is no kind of the dataset: it has {kinds}",
            kind=self.kind, kinds=", ".join(kinds),
        )}
