"""What an aggregator makes of a campaign's answers, question by question and language by language, beside what stands."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import F
from pydantic import BaseModel

from annotation.actions.grading import weights
from annotation.aggregators import Aggregator, aggregators
from annotation.models import Campaign, Submission, Task
from annotation.models.assignments import Stage
from annotation.records import Answer
from annotation.task_types import TaskType, task_types
from core.errors import Invalid
from core.told import listed, told


@dataclass(frozen=True)
class Inferred:
    """The conclusion for one task on one question; ``question`` is empty where the task type asks one.

    ``stands`` is the label of the answer that the campaign settled on, empty while it has not; ``distribution`` is each label's
    probability, where the aggregator has one; ``aggregator`` is the signature of the one that concluded it.
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
    aggregator: str


# What each aggregator that takes such answers can work with; preferences are known by what concludes them.
SCALES = {"labels": ("nominal", "ordinal"), "numbers": ("ordinal", "interval"), "spans": ("spans",), "texts": ("text",)}


def takes(aggregator: Aggregator, asked: TaskType, question: str) -> bool:
    """Whether an aggregator works with the answers to the question that the task type compares under this name."""
    if aggregator.takes == "preferences":
        return aggregators.get(asked.concludes(question)).takes == "preferences"
    return asked.scale_of(question) in SCALES[aggregator.takes]


def infer(campaign: Campaign, aggregator: Aggregator | None = None, *, left_out: dict[str, str] | None = None) -> Iterator[Inferred]:
    """Every task that has an answer, in order of language, question and task. Nothing is stored.

    Without an `aggregator` each question is concluded by the campaign's, or by its own where that does not take its answers. A
    given one concludes what it takes: of the rest `left_out` learns which question it is and why; `Invalid` where it is all.
    The answers of one language are in memory at a time.
    """
    asked, left = task_types.build(campaign.task_type), {} if left_out is None else left_out
    if aggregator and asked.scale == "text" and not takes(aggregator, asked, ""):
        raise Invalid(told(
            "People wrote texts here, and {name!r} takes {takes}: use text_centroid.",
            name=aggregator.name, takes=aggregator.takes,
        ))
    worth = weights(campaign) if campaign.gold_rate else {}
    concluded = 0
    for language, rows in groupby(_answers(campaign).iterator(chunk_size=5000), key=itemgetter("language")):
        found = list(rows)
        for question, votes in sorted(_votes(asked, found, language, worth).items()):
            by = aggregator or _own(asked, aggregators.build(campaign.aggregator), question)
            if not takes(by, asked, question):
                left[question] = told(
                    "is on a scale of {scale}, and {name} takes {takes}",
                    scale=asked.scale_of(question), name=by.name, takes=by.takes,
                )
                continue
            concluded += 1
            yield from _question(asked, by, question, votes, {row["task"]: row for row in found})
    if left and not concluded:
        raise Invalid(told("{problems}.", problems=listed({question or "The answer": why for question, why in sorted(left.items())})))


def _own(asked: TaskType, aggregator: Aggregator, question: str) -> Aggregator:
    return aggregator if takes(aggregator, asked, question) else aggregators.build(asked.concludes(question))


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


def _votes(
    asked: TaskType, rows: list[dict[str, Any]], language: str, worth: dict[tuple[int, str], float]
) -> dict[str, list[Answer]]:  # fmt: skip
    """Each question's votes; who has not been graded weighs nothing where there is gold."""
    votes: dict[str, list[Answer]] = {}
    for row in rows:
        given = asked.Payload.model_validate(row["payload"])
        weight = worth.get((row["person"], language), 0.0) if worth else 1.0
        for question, label in _labels(asked, given).items():
            vote = Answer(row["task"], str(row["person"]), label, weight=weight, value=_value(asked, given, question))
            votes.setdefault(question, []).append(vote)
    return votes


def _question(
    asked: TaskType, by: Aggregator, question: str, votes: list[Answer], tasks: dict[int, dict[str, Any]]
) -> Iterator[Inferred]:  # fmt: skip
    counts = Counter(one.task for one in votes)
    counted = votes if by.weighs else [replace(one, weight=1.0) for one in votes]
    for task, verdict in sorted(by.aggregate(counted).items()):
        place = {name: tasks[task][name] for name in ("kind", "key", "language", "round")}
        yield Inferred(
            **place, question=question, label=verdict.label, confidence=verdict.confidence, agreed=verdict.agreed,
            answers=counts[task], stands=_stands(asked, tasks[task]["stands"], question), distribution=verdict.distribution,
            aggregator=by.signature(),
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
