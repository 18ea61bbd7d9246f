"""Adjudication: what experts decided about answers that disagree, and a blind second opinion where one is asked for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from annotation import policies, queue
from annotation.candidates import candidates
from annotation.models import Assignment, Campaign, Consensus, Submission, Task
from annotation.models.assignments import Stage
from annotation.task_types import task_types
from core.errors import Conflict
from core.models import User
from core.policy import require


@dataclass(frozen=True)
class Decision:
    """An expert's decision: the answer that stands, whose it is, and the submission that holds it."""

    payload: dict[str, Any]
    author: User
    chosen: Submission
    share: float = 1.0


def decisions(task: Task) -> Iterable[Decision]:
    """Every expert's decision about a task, the earliest first: the answer they took, or their own."""
    made = Submission.objects.filter(assignment__task=task, assignment__stage=Stage.ADJUDICATE)
    answers = {one.letter: one.submission for one in candidates(task)}
    for one in made.select_related("assignment__person").order_by("pk"):
        if taken := answers.get(one.payload.get("take")):
            yield Decision(taken.payload, taken.assignment.person, taken)
        else:
            yield Decision(one.payload["own"], one.assignment.person, one)


def majority(made: list[Decision], campaign: Campaign) -> Decision | None:
    """What most experts decided; None while two opinions stand against each other. Of three, the last one's decides a tie."""
    asked = task_types.build(campaign.task_type)
    labels = [asked.label_of(asked.Payload.model_validate(one.payload)) for one in made]
    label, votes = Counter(labels).most_common(1)[0]
    if votes * 2 <= len(made):
        if len(made) == 2:
            return None
        label = labels[-1]
    final = made[labels.index(label)]
    return Decision(final.payload, final.author, final.chosen, votes / len(made))


def conclude(task: Task, final: Decision) -> None:
    """The experts' decision takes the place of what the answers alone had concluded."""
    Consensus.objects.filter(task=task).update(
        outcome=Consensus.Outcome.ADJUDICATED, chosen=final.chosen, confidence=final.share, signature="adjudicated"
    )


def ask_second(assignment: Assignment, *, by: User) -> None:
    """Let another expert decide too, without seeing this one's decision; ask before you decide."""
    require(policies.answer(by, assignment))
    with transaction.atomic():
        row = queue.locked(assignment)
        if row.stage != Stage.ADJUDICATE or row.status != Assignment.Status.ACTIVE:
            raise Conflict("A second opinion can be asked for while you hold a disputed task.")
        if row.task.needed > 1:
            raise Conflict("A second opinion is asked for already.")
        Task.flow.move(row.task, "widen", by=by, data={"second_opinion": True}, needed=2, open=row.task.open + 1)
