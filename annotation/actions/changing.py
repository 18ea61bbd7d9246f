"""Replacing one's own answer while its task is not settled: a new fact; what it replaces is kept."""

from typing import Any

from django.db import connection, transaction

from annotation import policies, queue
from annotation.actions import outcomes
from annotation.actions.assignments import MAX_KEY, MAX_NOTE, MAX_PASTES, body_hash, parsed
from annotation.models import Assignment, FormerAnswer, Submission, Task
from annotation.models.assignments import Stage
from annotation.texts import storable
from core.errors import Conflict, Invalid
from core.events import record
from core.models import User
from core.policy import require
from core.told import told

SETTLED = told("Others have answered this one too by now, and it is settled: your first answer stands.")


def place(assignment: Assignment) -> int:
    """How many answers of this campaign the person gave after this one."""
    mine = Submission.objects.filter(assignment__campaign=assignment.campaign_id, assignment__person=assignment.person_id)
    return mine.filter(pk__gt=assignment.submission.pk).count()


def change(
    assignment: Assignment, payload: dict[str, Any], *, by: User, key: str, flagged: str = "", pastes: int = 0
) -> Submission:  # fmt: skip
    """Give another answer in place of the one given; the same `key` with the same answer changes it once.

    The row keeps its id, its time and its seconds, so that what it earned, what was said to its flag and how much was done
    that day stay as they are. Raises `Conflict` once the task is settled. Gold was graded by the first answer, and stays so.
    """
    storable("answer", payload)
    storable("flag", flagged, MAX_NOTE)
    storable("idempotency key", key, MAX_KEY)
    if assignment.status != Assignment.Status.SUBMITTED:
        raise Conflict("There is no answer yet that could be changed.")
    require(policies.change_answer(by, assignment, place(assignment)))
    if not key:
        raise Invalid("An answer needs an idempotency key: a new random text for every new answer.")
    answer = parsed(assignment, payload)
    fresh = Submission(
        payload=answer.model_dump(mode="json"), flagged=flagged, pastes=min(max(pastes, 0), MAX_PASTES),
        idempotency_key=key, body_hash=body_hash(answer, flagged),
    )  # fmt: skip
    with transaction.atomic():
        row = queue.locked(assignment)
        row.person = by
        return _replace(row, Submission.objects.get(assignment=row), fresh)


def _replace(row: Assignment, before: Submission, fresh: Submission) -> Submission:
    if (before.idempotency_key, before.body_hash) == (fresh.idempotency_key, fresh.body_hash):
        return before
    if fresh.idempotency_key in _keys(row, before):
        raise Invalid("This idempotency key was used for another answer: a new answer needs a new key.")
    _require_unsettled(row.task)
    if before.body_hash == fresh.body_hash:
        return before
    kept = {name: getattr(before, name) for name in ("payload", "flagged", "pastes", "idempotency_key", "body_hash")}
    FormerAnswer.objects.create(assignment=row, **kept)
    # The row that takes its place has its id: every pointer to it is checked when the transaction ends, and holds.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM annotation_submission WHERE id = %s", [before.pk])
    fresh.pk, fresh.assignment, fresh.created = before.pk, row, before.created
    fresh.guideline_id, fresh.seconds = before.guideline_id, before.seconds
    fresh.save(force_insert=True)
    record("change_answer", row, by=row.person, data={"submission": fresh.pk} | outcomes.mark(row))
    return fresh


def _keys(row: Assignment, before: Submission) -> set[str]:
    return {before.idempotency_key, *FormerAnswer.objects.filter(assignment=row).values_list("idempotency_key", flat=True)}


def _require_unsettled(task: Task) -> None:
    """Only work is ever settled. Gold takes a change as work does, and a test or training does not."""
    open_ = task.status == Task.Status.OPEN and task.stage == Stage.ANNOTATE
    if task.purpose in (Task.Purpose.TRAINING, Task.Purpose.TEST) or not open_:
        raise Conflict(SETTLED)
