"""What an aggregator makes of a campaign's answers, question by question and language by language, beside what stands."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import F
from pydantic import BaseModel

from annotation.actions.grading import weights
from annotation.aggregators import Aggregator
from annotation.models import Campaign, Submission, Task
from annotation.models.assignments import Stage
from annotation.records import Answer
from annotation.task_types import TaskType, task_types
from core.errors import Invalid


@dataclass(frozen=True)
class Inferred:
    """The conclusion for one task on one question; ``question`` is empty where the task type asks one.

    ``stands`` is the label of the answer that the campaign settled on, empty while it has not; ``distribution`` is each label's
    probability, where the aggregator has one.
    """

    kind: str
    key: str
    language: str
    round: int
    question: str
    label: str
    confidence: float
    agreed: bool
    answers: int
    stands: str
    distribution: dict[str, float]


def infer(campaign: Campaign, aggregator: Aggregator) -> Iterator[Inferred]:
    """Every task that has an answer, in order of language, question and task. Nothing is stored.

    The answers of one language are in memory at a time. Raises `Invalid` where the aggregator does not take what people gave.
    """
    asked = task_types.build(campaign.task_type)
    if asked.scale == "text" and aggregator.takes != "texts":
        raise Invalid(f"People wrote texts here, and {aggregator.name!r} takes {aggregator.takes}: use text_centroid.")
    worth = weights(campaign) if aggregator.weighs and campaign.gold_rate else {}
    for language, rows in groupby(_answers(campaign).iterator(chunk_size=5000), key=itemgetter("language")):
        yield from _language(asked, aggregator, language, list(rows), worth)


def _answers(campaign: Campaign) -> Any:
    task = "assignment__task__"
    asked = Submission.objects.filter(
        assignment__campaign=campaign, assignment__stage=Stage.ANNOTATE, assignment__task__purpose=Task.Purpose.WORK
    )
    places = {"language": f"{task}language", "kind": f"{task}unit__item__kind", "key": f"{task}unit__item__key"}
    places |= {"round": f"{task}round", "task": "assignment__task_id", "person": "assignment__person_id"}
    places |= {"stands": f"{task}consensus__chosen__payload"}
    named = {name: F(place) for name, place in places.items()}
    return asked.order_by(places["language"], "assignment__task_id", "pk").values("payload", **named)


def _language(
    asked: TaskType, aggregator: Aggregator, language: str, rows: list[dict[str, Any]], worth: dict[tuple[int, str], float]
) -> Iterator[Inferred]:
    votes: dict[str, list[Answer]] = {}
    tasks = {row["task"]: row for row in rows}
    for row in rows:
        given = asked.Payload.model_validate(row["payload"])
        weight = worth.get((row["person"], language), 0.0) if worth else 1.0
        for question, label in _labels(asked, given).items():
            vote = Answer(row["task"], str(row["person"]), label, weight=weight, value=_value(asked, given, question))
            votes.setdefault(question, []).append(vote)
    for question, cast in sorted(votes.items()):
        counts = Counter(one.task for one in cast)
        for task, verdict in sorted(aggregator.aggregate(cast).items()):
            place = {name: tasks[task][name] for name in ("kind", "key", "language", "round")}
            stands = _stands(asked, tasks[task]["stands"], question)
            yield Inferred(
                **place, question=question, label=verdict.label, confidence=verdict.confidence, agreed=verdict.agreed,
                answers=counts[task], stands=stands, distribution=verdict.distribution,
            )  # fmt: skip


def _labels(asked: TaskType, answer: BaseModel) -> dict[str, str]:
    """A text is compared by its digest, whatever agreement makes of its characters."""
    return {"": asked.label_of(answer)} if asked.scale == "text" else asked.compared(answer)


def _value(asked: TaskType, answer: BaseModel, question: str) -> Any:
    return asked.text(answer) if asked.scale == "text" else asked.value_of(answer, question)


def _stands(asked: TaskType, payload: dict[str, Any] | None, question: str) -> str:
    if payload is None:
        return ""
    own = payload.get("own") or payload  # an adjudicator's own answer
    return _labels(asked, asked.Payload.model_validate(own)).get(question, "")
