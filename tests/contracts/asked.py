"""Every task type with a record it can be asked about, and some with other parameters than their example's."""

from dataclasses import dataclass
from random import Random
from typing import Any

from annotation.records import Question
from annotation.schema import Kind
from annotation.task_types import TaskType, task_types

TREE = [
    {"value": "animal", "text": "Animal"},
    {"value": "cat", "text": "Cat", "under": "animal"},
    {"value": "dog", "text": "Dog", "under": "animal"},
    {"value": "none", "text": "None"},
]
# Every way of answering in one task, as a campaign's YAML may have it.
EVERYTHING: dict[str, Any] = {
    "fields": [
        {"name": "text", "title": "The text"},
        {"name": "talk", "form": "chat", "sides": ["source"]},
        {"name": "rows", "form": "table"},
    ],
    "questions": [
        {"type": "label", "name": "about", "text": "What is it about?", "options": TREE},
        {"type": "labels", "name": "traits", "text": "Which hold?", "options": ["short", "odd", "old"], "when": {"about": ["cat", "dog"]}},
        {"type": "labels", "name": "best", "text": "Who is right?", "of": "source.talk", "weighted": True},
        {"type": "rating", "name": "stars", "text": "How good?", "anchors": {1: "Bad", 5: "Good"}, "help": "Of the text."},
        {"type": "number", "name": "age", "text": "How old?", "least": 0, "most": 20, "whole": True, "unit": "years"},
        {"type": "text", "name": "why", "text": "Why?", "required": False},
        {"type": "preference", "name": "first", "text": "Which one?", "between": ["source.text", "target.text"]},
        {"type": "ranking", "name": "order", "text": "In order", "among": ["source.talk"]},
        {"type": "spans", "name": "names", "text": "Mark the names", "over": ["source.text"], "labels": {"PER": "Person", "LOC": "Place"}},
        {
            "type": "relations", "name": "ties", "text": "Who is where?", "spans": "names",
            "types": [{"value": "in", "text": "is in", "heads": ["PER"], "tails": ["LOC"]}],
        },
        {"type": "cells", "name": "cells", "text": "Which cells?", "of": "source.rows"},
        {"type": "rows", "name": "table", "text": "List", "columns": [{"type": "text", "name": "what", "text": "What"}]},
        {"type": "entity", "name": "record", "text": "Which record?", "kind": "concept"},
        {"type": "turns", "name": "turns", "text": "Write", "outline": "source.talk"},
    ],
}  # fmt: skip
KIND = {
    "fields": {
        "text": {"type": "text", "translate": True},
        "talk": {"type": "list", "translate": True},
        "rows": {"type": "table", "translate": True},
    }
}
SOURCE = {"text": "Ada lives in Lagos.", "talk": ["Who?", "Ada."], "rows": [["who", "where"], ["Ada", "Lagos"]]}
TARGET = {"text": "Ada vive en Lagos.", "talk": ["¿Quién?", "Ada."], "rows": [["quién", "dónde"], ["Ada", "Lagos"]]}
OTHERWISE: list[tuple[str, dict[str, Any]]] = [
    ("error_spans", {"mode": "mqm"}),
    ("multiple_choice", {"several": True}),
    ("math", {"answer": "text", "steps": True}),
    ("retrieval_judgement", {}),
    ("code", {"syntax": "json"}),
    ("code", {"syntax": "brackets"}),
    ("pair_label", {"preset": "paraphrase"}),
    ("label", {"questions": EVERYTHING["questions"][:2]}),
    ("spans", {"grouped": True, "attributes": [{"name": "sure", "text": "Sure?", "options": ["yes", "no"]}]}),
]


@dataclass(frozen=True)
class Case:
    """A task type before a record."""

    asked: TaskType
    kind: dict[str, Any]
    source: dict[str, Any]
    target: dict[str, Any] | None

    @property
    def question(self) -> Question:
        return Question(Kind.model_validate(self.kind), "record", self.source, self.target, "en", "es")

    def sample(self, seed: int = 1) -> dict[str, Any]:
        """An answer."""
        found = self.asked.sample(self.question, Random(seed))
        assert found is not None, f"{self.asked.name} knows no answer to its own example"
        return found


def _case(name: str, params: dict[str, Any]) -> Case:
    plugin = task_types.get(name)
    return Case(plugin(**params), plugin.example_kind, plugin.example_source, plugin.example_target)


# An adjudicator chooses among the answers to another type.
NAMES = [name for name, plugin in task_types.all.items() if "annotate" in plugin.stages]
CASES = {name: _case(name, task_types.get(name).example) for name in NAMES}
CASES |= {f"{name}-{at}": _case(name, params) for at, (name, params) in enumerate(OTHERWISE)}
CASES["custom-everything"] = Case(task_types.build({"name": "custom", "params": EVERYTHING}), KIND, SOURCE, TARGET)
