"""What one question of a task can be: one file a way of answering. `AnyAsk` reads any of them by its ``type``."""

from collections.abc import Iterable
from typing import Annotated, Any, Union

from pydantic import Field

from annotation.asks._ask import Ask
from annotation.asks.cells import Cells
from annotation.asks.entity import Entity
from annotation.asks.label import Label
from annotation.asks.labels import Labels
from annotation.asks.number import Number
from annotation.asks.preference import Preference
from annotation.asks.ranking import Ranking
from annotation.asks.rating import Rating
from annotation.asks.relations import Relations
from annotation.asks.rows import Rows
from annotation.asks.spans import Spans
from annotation.asks.turns import Turns
from annotation.asks.writing import Writing
from annotation.records import Question
from core.told import told

KINDS = (Label, Labels, Rating, Number, Writing, Preference, Ranking, Spans, Relations, Cells, Rows, Entity, Turns)
AnyAsk = Annotated[Union[KINDS], Field(discriminator="type")]  # noqa: UP007 - of a tuple

__all__ = ["KINDS", "AnyAsk", "Ask", "asked_now", "problems"]


def asked_now(asks: Iterable[Ask], answers: dict[str, Any]) -> list[Ask]:
    """Those of the asks whose condition holds with these answers; a condition on what itself is not asked does not hold."""
    now: list[Ask] = []
    for ask in asks:
        there = {one.name for one in now}
        if all(name in there and _holds(answers.get(name), wanted) for name, wanted in ask.when.items()):
            now.append(ask)
    return now


def _holds(value: Any, wanted: str | tuple[str, ...]) -> bool:
    # Of options with weights those that have one; of a preference what was chosen.
    given = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return any(str(one) in ((wanted,) if isinstance(wanted, str) else wanted) for one in given)


def problems(answers: dict[str, Any], asks: Iterable[Ask], question: Question) -> dict[str, str]:
    """``answers.NAME`` to what is wrong: one is missing, is no answer, or is to a question nobody asked."""
    now = {ask.name: ask for ask in asked_now(asks, answers)}
    found = {f"answers.{name}": told("answers no question that was asked") for name in answers if name not in now}
    for name, ask in now.items():
        if name not in answers or ask.blank(answers[name]):
            if ask.required:
                found[f"answers.{name}"] = told("is missing: {hint}", hint=ask.hint)
        elif problem := ask.problem(answers[name], question, answers):
            found[f"answers.{name}"] = problem
    return found
