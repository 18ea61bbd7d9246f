"""A ranking: every candidate's place, 1 the best; the order they were shown in is drawn for each person and recorded."""

from itertools import combinations
from random import Random
from typing import Any, Literal

from annotation.asks._ask import Ask, Place, text_at, texts_at
from annotation.asks._order import Arranged, arranged
from annotation.records import Question
from core.told import told


class Ranking(Ask):
    """``{"ranks": {"0": 1, "1": 2, "2": 2}, "order": ["2", "0", "1"]}``, a candidate being named by its number from 0."""

    hint = told("give each its place")
    metric = ""

    example = {"type": "ranking", "name": "order", "text": "Put them in order", "among": ["source.text", "target.text"]}

    type: Literal["ranking"] = "ranking"
    among: tuple[Place, ...]
    """The candidates: several texts, or one list of them."""
    ties: bool = True

    def candidates(self, question: Question) -> dict[str, str]:
        """Each candidate's text by its number."""
        listed = texts_at(question, self.among[0]) if len(self.among) == 1 else None
        texts = listed if listed is not None else [text_at(question, place) for place in self.among]
        return {str(at): text for at, text in enumerate(texts) if text is not None}

    def arranged(self, question: Question, seed: Any) -> Arranged:
        """The candidates with their texts, in the order they are shown in."""
        return arranged(self.candidates(question), [self.name, seed])

    def problem(self, value: Any, question: Question, answers: dict[str, Any]) -> str | None:
        there = sorted(self.candidates(question))
        if not isinstance(value, dict) or set(value) != {"ranks", "order"} or not isinstance(value["ranks"], dict):
            return told("must say each candidate's rank, and the order they were shown in")
        ranks = list(value["ranks"].values())
        order = value["order"]
        if not isinstance(order, list) or sorted(map(str, order)) != there or sorted(value["ranks"]) != there:
            return told("must rank each of the {count} candidates once", count=len(there))
        if any(type(rank) is not int or not 1 <= rank <= len(there) for rank in ranks):
            return told("has a rank that is not 1 to {count}", count=len(there))
        return told("has two candidates at one place") if not self.ties and len(set(ranks)) < len(ranks) else None

    def blank(self, value: Any) -> bool:
        return super().blank(value) or (isinstance(value, dict) and not value.get("ranks"))

    def read(self, given: list[str]) -> Any:
        """``2=1``: a candidate's rank, one for each; and ``order=2,0,1``."""
        pairs = dict(one.split("=", 1) for one in given if "=" in one)
        order = [one for one in pairs.pop("order", "").split(",") if one]
        ranks = {name: int(rank) if rank.isascii() and rank.isdigit() else rank for name, rank in pairs.items() if rank}
        return {"ranks": ranks, "order": order} if ranks else None

    def label_of(self, value: Any) -> str:
        return super().label_of(value["ranks"])

    def compared(self, value: Any) -> dict[str, str]:
        """Every two of the candidates for themselves: which is before the other."""
        ranks = value["ranks"]
        pairs = combinations(sorted(ranks, key=int), 2)
        return {f"{a}–{b}": "<" if ranks[a] < ranks[b] else ">" if ranks[a] > ranks[b] else "=" for a, b in pairs}

    def exported(self, value: Any) -> dict[str, Any]:
        return {"": " ".join(f"{at}={rank}" for at, rank in sorted(value["ranks"].items())), "order": " ".join(value["order"])}

    def sample(self, question: Question, dice: Random, answers: dict[str, Any]) -> Any:
        names = list(self.candidates(question))
        mixed = dice.sample(names, len(names))
        return {"ranks": {name: place for place, name in enumerate(mixed, 1)}, "order": names} if names else None

    def shape(self, question: Question) -> dict[str, Any]:
        names = list(self.candidates(question))
        rank = {"type": "integer", "minimum": 1, "maximum": len(names)}
        ranks = {"type": "object", "properties": dict.fromkeys(names, rank), "required": names, "additionalProperties": False}
        order = {"type": "array", "items": {"type": "string", "enum": names}}
        fields = {"ranks": ranks, "order": order}
        return {"type": "object", "properties": fields, "required": [*fields], "additionalProperties": False}
