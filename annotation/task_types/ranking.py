"""Ranking: put several texts in order, the best first, where the order they are shown in is drawn for each person and recorded."""

from typing import ClassVar

from annotation.asks import Ask
from annotation.asks._ask import Place
from annotation.asks.ranking import Ranking
from annotation.records import Question, Shown
from annotation.task_types import _candidates
from annotation.task_types._asking import Asking
from annotation.task_types._places import holding, place


class Rank(Asking):
    """Every candidate's place, equal ones allowed unless said otherwise."""

    name: ClassVar[str] = "ranking"
    label: ClassVar[str] = "Rank texts"
    example_kind: ClassVar = {"fields": {"prompt": {"type": "text", "translate": True}, "replies": {"type": "list", "translate": True}}}
    example_source: ClassVar = {"prompt": "Why do rivers freeze?", "replies": ["Cold air.", "They do not.", "Because it is cold."]}
    example_target: ClassVar = {"prompt": "¿Por qué se hielan los ríos?", "replies": ["Aire frío.", "No se hielan.", "Porque hace frío."]}

    among: tuple[Place, ...] = ()
    """The candidates: several texts, or one list of them; without any the record's first list, else all its texts."""
    wording: str = "Which one is best? Give each its place."
    ties: bool = True

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        return (Ranking(name="ranking", text=self.wording, among=self._among(question), ties=self.ties),)

    def fields(self, question: Question) -> tuple[Shown, ...]:
        return _candidates.around(super().fields(question), self._among(question))

    def _among(self, question: Question | None) -> tuple[str, ...]:
        lists, texts = holding(question, "list"), holding(question, "text")
        found = tuple(place(question, name) for name in (lists[:1] or texts))
        return self.among or found or ("target.list",)
