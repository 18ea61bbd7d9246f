"""Taking work and answering it: claim, heartbeat, save, submit, skip, give back."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from pydantic import BaseModel

from annotation import policies, queue
from annotation.actions import settling
from annotation.models import Assignment, Campaign, Submission, Task
from annotation.models.assignments import Stage
from annotation.questions import question
from annotation.task_types import TaskType, task_types
from core.clock import DatabaseNow
from core.errors import Conflict, Invalid
from core.events import event, record
from core.hashing import digest
from core.models import User
from core.policy import require
from core.prepared import Hole, Prepared

STATUS = Assignment.Status
MAX_KEY = 80
MAX_NOTE = 2000
# Where an assignment that nobody holds any more may still be answered, if its slot is free.
LATE = (STATUS.EXPIRED, STATUS.RELEASED, STATUS.SKIPPED)
# What an assignment is to come with, so that its question needs no query more.
RELATED = ("task__unit__item", "task__unit__current", "campaign__dataset")
# What no question needs of it, and costs to read.
UNREAD = (
    *("task__created", "task__unit__reasons", "task__unit__item__created", "task__unit__item__hash"),
    *("task__unit__current__created", "task__unit__current__made_by", "task__unit__current__hash"),
    *("campaign__created", "campaign__admission", "campaign__languages", "campaign__dataset__created"),
    *("campaign__dataset__description",),
)
GIVEN = Prepared(
    lambda: Assignment.objects.select_related(*RELATED).defer(*UNREAD).filter(pk=Hole("pk"), person=Hole("person"))
)


def claim(campaign: Campaign, *, by: User) -> Assignment | None:
    """The person's present assignment in the campaign, else a new one; None when nothing is left for them."""
    found = take(campaign.pk, by=by)
    if found is None:
        require(policies.work_in(by, campaign))
    return found


def take(campaign_id: int, *, by: User) -> Assignment | None:
    """`claim` without its reasons: None, too, for those whom `policies.work_in` refuses; the statement asks all it asks."""
    found = queue.claim(campaign_id, by.pk) if by else None
    return given(found, by) if found else None


def given(pk: int, person: User) -> Assignment | None:
    """A person's own assignment with all that its question needs; somebody else's is not there."""
    found = GIVEN.first(pk=pk, person=person.pk)
    return found and _joined(found)


def task_type(assignment: Assignment) -> TaskType:
    """What the assignment asks: its campaign's task type, or the one experts judge with."""
    campaign = assignment.campaign
    return task_types.build(campaign.task_type if assignment.stage == Stage.ANNOTATE else campaign.verify_type)


def heartbeat(assignment: Assignment, *, by: User) -> datetime:
    """The person is still at it: the lease begins anew. Returns its new end."""
    require(policies.answer(by, assignment))
    active = Assignment.objects.filter(pk=assignment.pk, status=STATUS.ACTIVE)
    if not active.update(lease_until=DatabaseNow() + timedelta(minutes=assignment.campaign.lease_minutes)):
        raise Conflict("This assignment is not yours any more; what you have written can still be sent if nobody took it.")
    return active.values_list("lease_until", flat=True).get()


def save_draft(assignment: Assignment, payload: dict[str, Any], *, by: User) -> None:
    """Keep an unfinished answer, whatever it is; it never counts as one."""
    require(policies.answer(by, assignment))
    _storable("draft", payload)
    if not _keep(assignment, payload):
        raise Conflict("This assignment is answered already: there is nothing left to save.")


def submit(
    assignment: Assignment, payload: dict[str, Any], *, by: User, key: str, flagged: str = ""
) -> Submission:  # fmt: skip
    """Store an answer once and settle its task when it was the last one wanted.

    The same `key` with the same answer gives the same Submission again; with another answer it is `Invalid`. An answer
    after the lease's end counts while the slot is free; otherwise it is kept as the person's draft and `Conflict` says so.
    """
    _storable("answer", payload)
    _storable("flag", flagged, MAX_NOTE)
    _storable("idempotency key", key, MAX_KEY)
    allowed = policies.answer(by, assignment)
    if not allowed and by is not None and assignment.person_id == by.pk:
        _keep(assignment, payload)  # refused, but not thrown away
    require(allowed)
    if not key:
        raise Invalid("An answer needs an idempotency key: a new random text for every new answer.")
    answer = task_type(assignment).parse(payload, question(assignment.task, with_context=False))
    with transaction.atomic():
        row = queue.locked(assignment)
        row.person = by
        stored = _earlier(row, answer, key, flagged) or _store(row, answer, key, flagged)
    if stored is None:
        _keep(assignment, payload)
        raise Conflict("Your time for this text ran out and others have taken it. Your text is kept as your draft.")
    return stored


def skip(assignment: Assignment, reason: str, *, by: User) -> None:
    """Leave a task to others for good, saying why."""
    require(policies.answer(by, assignment))
    _storable("reason", reason, MAX_NOTE)
    if not reason.strip():
        raise Invalid("Say in a word why you skip it.", {"reason": "is missing"})
    _end(assignment, "skip", STATUS.SKIPPED, by, reason)


def give_back(assignment: Assignment, *, by: User) -> None:
    """Put a task back for now; it may come to the same person again."""
    require(policies.answer(by, assignment))
    _end(assignment, "give_back", STATUS.RELEASED, by)


def release_all(person: User, dataset_id: int, *, by: User | None) -> int:
    """Take back everything a person holds in a dataset, as their suspension does; returns how much."""
    held = Assignment.objects.filter(person=person, campaign__dataset=dataset_id, status=STATUS.ACTIVE)
    for assignment in held.order_by("task"):
        _end(assignment, "take_back", STATUS.RELEASED, by)
    return len(held)


def _joined(assignment: Assignment) -> Assignment:
    """The assignment whose task and item know the campaign and the dataset it came with, instead of fetching them again."""
    campaign = assignment.campaign
    assignment.task.campaign, assignment.task.unit.item.dataset = campaign, campaign.dataset
    return assignment


def _end(assignment: Assignment, verb: str, status: str, by: User | None, reason: str = "") -> None:
    with transaction.atomic():
        row = queue.locked(assignment)
        queue.free(row, status, reason=reason)
        record(verb, row, by=by, data=({"reason": reason} if reason else {}) | settling.mark(row))


def _earlier(row: Assignment, answer: BaseModel, key: str, flagged: str) -> Submission | None:
    """The assignment's answer, when this is a repetition of it; None when there is no answer yet."""
    if row.status != STATUS.SUBMITTED:
        return None
    earlier = Submission.objects.get(assignment=row)
    if earlier.idempotency_key != key:
        raise Conflict("You have answered this already, perhaps in another tab; the first answer stands.")
    if earlier.body_hash != _body_hash(answer, flagged):
        raise Invalid("This idempotency key was used for another answer: a new answer needs a new key.")
    return earlier


def _store(row: Assignment, answer: BaseModel, key: str, flagged: str) -> Submission | None:
    """Write the answer and settle the task; None when it came late and its slot is taken."""
    task = row.task
    held = row.status == STATUS.ACTIVE
    asked = task.status == Task.Status.OPEN and task.stage == row.stage
    if not asked or not (held or (row.status in LATE and task.open > 0)):
        return None
    given = Submission(
        assignment=row,
        payload=answer.model_dump(mode="json"),
        guideline_id=row.shown,
        seconds=(row.now - row.started).total_seconds(),
        flagged=flagged,
        idempotency_key=key,
        body_hash=_body_hash(answer, flagged),
    )
    late = {} if held else {"late": True}
    told = event("submit", row, by=row.person, data={"stage": row.stage} | late | settling.mark(row))
    stored = queue.store(row, given, told, late=not held)
    settling.settle(row, answer)
    return stored


def _body_hash(answer: BaseModel, flagged: str) -> str:
    return digest({"answer": answer.model_dump(mode="json"), "flagged": flagged})


def _keep(assignment: Assignment, payload: Any) -> bool:
    """Keep a text as the person's draft, unless they have answered; whether it was kept."""
    return bool(Assignment.objects.filter(pk=assignment.pk).exclude(status=STATUS.SUBMITTED).update(draft=payload))


def _storable(what: str, value: Any, limit: int | None = None) -> None:
    """Raise `Invalid` when PostgreSQL could not give `value` back exactly as it is, or a text is longer than `limit`."""
    if limit and len(value) > limit:
        raise Invalid(f"The {what} is longer than {limit} characters.", {what: "is too long"})
    if problem := _unstorable(value):
        raise Invalid(f"The {what} cannot be stored: it contains {problem}.", {what: f"contains {problem}"})


def _unstorable(value: Any, depth: int = 0) -> str | None:
    if isinstance(value, str):
        if "\x00" in value:
            return "the NUL character"
        return "half of a surrogate pair, which is no character" if any(0xD800 <= ord(c) <= 0xDFFF for c in value) else None
    if isinstance(value, dict | list):
        if depth > 16:
            return "more than 16 levels of nesting"
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        return next((found for part in parts if (found := _unstorable(part, depth + 1))), None)
    if isinstance(value, bool) or value is None:
        return None
    # Beyond 53 bits a browser would read another number than was stored.
    return None if isinstance(value, int | float) and abs(value) < 2**53 else "something that is no plain text or number"
