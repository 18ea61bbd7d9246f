"""A preference between two: one of them, a tie, or both bad; which stood first is drawn for each person and recorded."""

from random import Random
from typing import Any, Literal

from annotation.asks._ask import Ask, Place, text_at
from annotation.asks._order import Arranged, arranged
from annotation.records import Question
from core.told import told

SIDES = ("left", "right")


class Preference(Ask):
    """``{"chosen": "left", "order": ["right", "left"]}``: left and right are the two as `between` names them, however they were shown."""

    hint = told("choose one of both")
    aggregator = "bradley_terry"

    example = {"type": "preference", "name": "better", "text": "Which is better?", "between": ["source.text", "target.text"]}

    type: Literal["preference"] = "preference"
    between: tuple[Place, Place]
    ties: bool = True
    both_bad: bool = True

    @property
    def verdicts(self) -> list[str]:
        """What may be chosen besides the two."""
        return ["tie"] * self.ties + ["both_bad"] * self.both_bad

    @property
    def chosen(self) -> list[str]:
        """Everything that may be chosen."""
        return [*SIDES, *self.verdicts]

    def arranged(self, question: Question, seed: Any) -> Arranged:
        """The two with their texts, in the order they are shown in."""
        texts = [text_at(question, place) for place in self.between]
        there = {side: text for side, text in zip(SIDES, texts, strict=True) if text is not None}
        return arranged(there, [self.name, seed])

    def problem(self, value: Any, question: Question, answers: dict[str, Any]) -> str | None:
        if not isinstance(value, dict) or set(value) != {"chosen", "order"}:
            return told("must say what was chosen, and the order it was shown in")
        if value["chosen"] not in self.chosen:
            return told("is none of {known}", known=", ".join(self.chosen))
        return None if value["order"] in ([*SIDES], [*SIDES[::-1]]) else told("must have been shown as left, right or as right, left")

    def blank(self, value: Any) -> bool:
        return super().blank(value) or (isinstance(value, dict) and not value.get("chosen"))

    def read(self, given: list[str]) -> Any:
        """``left@right,left``: what was chosen, and the order that was shown."""
        chosen, _at, order = given[0].partition("@") if given else ("", "", "")
        return {"chosen": chosen, "order": order.split(",")} if chosen else None

    def label_of(self, value: Any) -> str:
        return value["chosen"]

    def value_of(self, value: Any, part: str = "") -> Any:
        return dict(zip(("left", "right"), self.between, strict=True))

    def exported(self, value: Any) -> dict[str, Any]:
        return {"": value["chosen"], "order": " ".join(value["order"])}

    def sample(self, question: Question, dice: Random, answers: dict[str, Any]) -> Any:
        return {"chosen": dice.choice(self.chosen), "order": dice.sample(SIDES, 2)}

    def shape(self, question: Question) -> dict[str, Any]:
        order = {"type": "array", "items": {"type": "string", "enum": [*SIDES]}}
        fields = {"chosen": {"type": "string", "enum": self.chosen}, "order": order}
        return {"type": "object", "properties": fields, "required": [*fields], "additionalProperties": False}
