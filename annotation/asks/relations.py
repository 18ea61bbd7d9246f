"""Relations: which of the spans marked in answer to another question stand in which relation to which."""

from itertools import permutations
from random import Random
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from annotation.asks._ask import Ask, Name
from annotation.asks._options import Option, as_list
from annotation.asks.spans import named
from annotation.records import Question
from core.told import told

PARTS = {"head", "type", "tail"}


class Relation(Option):
    """A type of relation; where it says so, only between spans of certain labels."""

    heads: tuple[str, ...] = ()
    tails: tuple[str, ...] = ()


class Relations(Ask):
    """``[{"head": "target.text:0-3:PER", "type": "works_for", "tail": "target.text:10-14:ORG"}]``, each once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hint = told("name at least one relation")
    metric = ""
    structured = True

    example = {"type": "relations", "name": "facts", "text": "Who is where?", "spans": "names", "types": {"in": "is in"}}

    type: Literal["relations"] = "relations"
    spans: Name = Field(description="the question whose spans are related")
    types: Annotated[tuple[Relation, ...], BeforeValidator(as_list)] = Field(min_length=1, max_length=60)
    required: bool = False

    def blank(self, value: Any) -> bool:
        return self.required and super().blank(value)

    def problem(self, value: Any, question: Question, answers: dict[str, Any]) -> str | None:
        if not isinstance(value, list):
            return told("must be a list of relations")
        known, marked = {one.value: one for one in self.types}, named(answers.get(self.spans))
        for at, one in enumerate(value, 1):
            if problem := _problem(one, known, marked):
                return told("{number}. entry {problem}", number=at, problem=problem)
        return told("holds a relation twice") if len({_triple(one) for one in value}) < len(value) else None

    def label_of(self, value: Any) -> str:
        return super().label_of(sorted(map(list, map(_triple, value))))

    def exported(self, value: Any) -> dict[str, Any]:
        return {"": "; ".join(" ".join(_triple(one)) for one in value)}

    def sample(self, question: Question, dice: Random, answers: dict[str, Any]) -> Any:
        known, marked = {one.value: one for one in self.types}, named(answers.get(self.spans))
        possible = ({"head": a, "type": kind, "tail": b} for a, b in permutations(marked, 2) for kind in known)
        return [one for one in possible if not _problem(one, known, marked)][:1]

    def shape(self, question: Question) -> dict[str, Any]:
        text = {"type": "string"}
        fields = {"head": text, "type": {"type": "string", "enum": [one.value for one in self.types]}, "tail": text}
        one = {"type": "object", "properties": fields, "required": [*fields], "additionalProperties": False}
        return {"type": "array", "items": one}


def _problem(one: Any, known: dict[str, Relation], marked: dict[str, dict[str, Any]]) -> str | None:
    if not isinstance(one, dict) or set(one) != PARTS:
        return told("must have head, type and tail")
    if not all(isinstance(part, str) for part in one.values()):
        return told("must have texts as head, type and tail")
    if one["type"] not in known:
        return told("is none of {known}", known=", ".join(known))
    for part in ("head", "tail"):
        if one[part] not in marked:
            return told("has the {part} {span!r}, which is no span that was marked", part=part, span=str(one[part])[:60])
    if one["head"] == one["tail"]:
        return told("relates a span to itself")
    kind = known[one["type"]]
    for part, allowed in (("head", kind.heads), ("tail", kind.tails)):
        if allowed and marked[one[part]]["label"] not in allowed:
            return told("has a {part} that is no {allowed}", part=part, allowed=" or ".join(allowed))
    return None


def _triple(one: dict[str, str]) -> tuple[str, str, str]:
    return one["head"], one["type"], one["tail"]
