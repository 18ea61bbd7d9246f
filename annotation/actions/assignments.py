"""Taking work and answering it: claim, heartbeat, save, submit, skip, give back."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Greatest
from pydantic import BaseModel

from annotation import batches, policies, queue
from annotation.actions import credits, linking, outcomes, qualifying, settling
from annotation.models import Assignment, Campaign, Member, Submission, Task
from annotation.models.assignments import Stage
from annotation.questions import question
from annotation.task_types import TaskType, task_types
from annotation.texts import storable
from core.clock import DatabaseNow
from core.errors import Conflict, Invalid
from core.events import event, record
from core.hashing import digest
from core.models import User
from core.policy import require
from core.prepared import Hole, Prepared
from core.told import told

STATUS = Assignment.Status
MAX_KEY = 80
MAX_NOTE = 2000
# Beyond this nobody counts.
MAX_PASTES = 1000
# Where an assignment that nobody holds any more may still be answered, if its slot is free.
LATE = (STATUS.EXPIRED, STATUS.RELEASED, STATUS.SKIPPED)
# What an assignment is to come with, so that its question needs no query more.
RELATED = ("task__unit__item", "task__unit__current", "task__gold__shown", "campaign__dataset")
# What no question needs of it, and costs to read.
UNREAD = (
    *("task__created", "task__unit__reasons", "task__unit__item__created", "task__unit__item__hash"),
    *("task__unit__current__created", "task__unit__current__made_by", "task__unit__current__hash"),
    *("task__gold__accepted", "task__gold__explanation", "task__gold__created", "task__gold__shown__made_by"),
    *("campaign__created", "campaign__admission", "campaign__languages", "campaign__dataset__created"),
    *("campaign__dataset__description",),
)
GIVEN = Prepared(
    lambda: Assignment.objects.select_related(*RELATED).defer(*UNREAD).filter(pk=Hole("pk"), person=Hole("person"))
)


def claim(campaign: Campaign, *, by: User) -> Assignment | None:
    """The person's present assignment in the campaign, else a new one; None when nothing is left for them.

    Raises `Refused`, with the reason, where nothing is given to them, be it because of what they answered before.
    """
    found = take(campaign.pk, by=by)
    if found is not None:
        return found
    require(policies.work_in(by, campaign))
    if campaign.qualification and qualifying.begin(campaign, by):
        found = take(campaign.pk, by=by)
    if found is None:
        require(policies.idle(by, campaign))
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
    """What the assignment asks: its campaign's task type, or the one experts verify or adjudicate with."""
    campaign = assignment.campaign
    asked = {Stage.VERIFY: campaign.verify_type, Stage.ADJUDICATE: campaign.adjudicate_type or "adjudicate"}
    return task_types.build(asked.get(assignment.stage, campaign.task_type))


def heartbeat(assignment: Assignment, *, by: User) -> datetime:
    """The person is still at it: the lease begins anew. Returns its new end."""
    require(policies.answer(by, assignment))
    active = Assignment.objects.filter(pk=assignment.pk, status=STATUS.ACTIVE)
    lease = DatabaseNow() + timedelta(minutes=assignment.campaign.lease_minutes)
    if not active.update(lease_until=Greatest("lease_until", lease)):  # what is due on Friday stays so
        raise Conflict("This assignment is not yours any more; what you have written can still be sent if nobody took it.")
    return active.values_list("lease_until", flat=True).get()


def save_draft(assignment: Assignment, payload: dict[str, Any], *, by: User) -> None:
    """Keep an unfinished answer, whatever it is; it never counts as one."""
    require(policies.answer(by, assignment))
    storable("draft", payload)
    if not _keep(assignment, payload):
        raise Conflict("This assignment is answered already: there is nothing left to save.")


def submit(
    assignment: Assignment, payload: dict[str, Any], *, by: User, key: str, flagged: str = "", pastes: int = 0
) -> Submission:  # fmt: skip
    """Store an answer once and settle its task when it was the last one wanted.

    The same `key` with the same answer gives the same Submission again; with another answer it is `Invalid`. An answer
    after the lease's end counts while the slot is free; otherwise it is kept as the person's draft and `Conflict` says so.
    `pastes` is how often something was pasted into it, as far as anybody counted; it is no part of the answer.
    """
    storable("answer", payload)
    storable("flag", flagged, MAX_NOTE)
    storable("idempotency key", key, MAX_KEY)
    allowed = policies.answer(by, assignment)
    if not allowed and by is not None and assignment.person_id == by.pk:
        _keep(assignment, payload)  # refused, but not thrown away
    require(allowed)
    if not key:
        raise Invalid("An answer needs an idempotency key: a new random text for every new answer.")
    answer = parsed(assignment, payload)
    with transaction.atomic():
        row = queue.locked(assignment)
        row.person = by
        stored = _earlier(row, answer, key, flagged) or _store(row, answer, key, flagged, pastes)
    if stored is None:
        _keep(assignment, payload)
        raise Conflict(told("{lost} Your text is kept as your draft.", lost=_lost(row)))
    return stored


def skip(assignment: Assignment, reason: str, *, by: User) -> None:
    """Leave a task to others for good, saying why."""
    require(policies.answer(by, assignment))
    storable("reason", reason, MAX_NOTE)
    if not reason.strip():
        raise Invalid("Say in a word why you skip it.", {"reason": told("is missing")})
    _end(assignment, "skip", STATUS.SKIPPED, by, reason)


def give_back(assignment: Assignment, *, by: User) -> None:
    """Put a task back for now; it may come to the same person again."""
    require(policies.answer(by, assignment))
    _end(assignment, "give_back", STATUS.RELEASED, by)


def take_batch(campaign: Campaign, *, by: User) -> int:
    """Reserve a batch of the campaign's tasks for the person, due in the campaign's days; returns how many there were.

    Raises `Conflict` for somebody who holds work of the campaign already: a batch is finished or given back first.
    """
    require(policies.work_in(by, campaign))
    if not campaign.batch_size:
        raise Invalid("This campaign gives out tasks one by one: there are no batches to take.")
    with transaction.atomic():
        # Two tabs of one person, one after the other; and a suspension before it or after it.
        mine = Member.objects.select_for_update(no_key=True).annotate(now=DatabaseNow()).get(dataset=campaign.dataset_id, user=by)
        if Assignment.objects.filter(campaign=campaign, person=by, status__in=queue.HELD).exists():
            raise Conflict("You hold a batch of this campaign already: finish it, or give back the rest of it.")
        taken = int(bool(queue.reserve(campaign.pk, by.pk, mine.now)))
    # The rest each on its own: who held the locks of those before while waiting for one more would wait in a circle.
    while 0 < taken < campaign.batch_size and queue.reserve(campaign.pk, by.pk, mine.now):
        taken += 1
    if taken:
        record("take_batch", campaign, by=by, data={"tasks": taken})
    return taken


def give_back_batch(campaign: Campaign, *, by: User) -> int:
    """Give back what the person has reserved and not begun; returns how many. What they are at stays theirs."""
    with transaction.atomic():
        returned = batches.give_back(campaign.pk, by.pk)
        if returned:
            record("give_back_batch", campaign, by=by, data={"tasks": returned})
    return returned


def release_all(person: User, dataset_id: int, *, by: User | None) -> int:
    """Take back everything a person holds in a dataset, as their suspension does; returns how much."""
    held = Assignment.objects.filter(person=person, campaign__dataset=dataset_id, status__in=queue.HELD)
    for assignment in held.order_by("task"):
        _end(assignment, "take_back", STATUS.RELEASED, by)
    return len(held)


def parsed(assignment: Assignment, payload: dict[str, Any]) -> BaseModel:
    """The answer, typed; an adjudicator's own answer is held to what the campaign asks of everybody."""
    everybody = task_types.build(assignment.campaign.task_type)
    asked = question(_joined(assignment).task, with_context=everybody.located())
    answer = task_type(assignment).parse(payload, asked)
    if assignment.stage == Stage.ADJUDICATE and answer.own is not None:
        own = everybody.parse(answer.own, asked)
        linking.check(assignment.task.unit.item, everybody, own, below="own.")
        return answer.model_copy(update={"own": own.model_dump(mode="json")})
    if assignment.stage == Stage.ANNOTATE:
        linking.check(assignment.task.unit.item, everybody, answer)
    return answer


def _joined(assignment: Assignment) -> Assignment:
    """The assignment whose task and item know the campaign and the dataset it came with, instead of fetching them again."""
    campaign = assignment.campaign
    assignment.task.campaign, assignment.task.unit.item.dataset = campaign, campaign.dataset
    return assignment


def _end(assignment: Assignment, verb: str, status: str, by: User | None, reason: str = "") -> None:
    with transaction.atomic():
        row = queue.locked(assignment)
        queue.free(row, status, reason=reason)
        record(verb, row, by=by, data=({"reason": reason} if reason else {}) | outcomes.mark(row))
        if status == STATUS.SKIPPED and row.task.purpose in (Task.Purpose.TRAINING, Task.Purpose.TEST):
            qualifying.step(row)


def _earlier(row: Assignment, answer: BaseModel, key: str, flagged: str) -> Submission | None:
    """The assignment's answer, when this is a repetition of it; None when there is no answer yet."""
    if row.status != STATUS.SUBMITTED:
        return None
    earlier = Submission.objects.get(assignment=row)
    if earlier.idempotency_key != key:
        raise Conflict("You have answered this already, perhaps in another tab; the first answer stands.")
    if earlier.body_hash != body_hash(answer, flagged):
        raise Invalid("This idempotency key was used for another answer: a new answer needs a new key.")
    return earlier


def _store(row: Assignment, answer: BaseModel, key: str, flagged: str, pastes: int) -> Submission | None:
    """Write the answer and settle the task; None when it came late and its slot is taken."""
    task = row.task
    held = row.status in queue.HELD
    asked = task.status == Task.Status.OPEN and task.stage == row.stage
    if not asked or not (held or (row.status in LATE and task.open > 0)):
        return None
    given = Submission(
        assignment=row,
        payload=answer.model_dump(mode="json"),
        guideline_id=row.shown,
        seconds=(row.now - row.started).total_seconds(),
        flagged=flagged,
        pastes=min(max(pastes, 0), MAX_PASTES),
        idempotency_key=key,
        body_hash=body_hash(answer, flagged),
    )
    late = {} if held else {"late": True}
    told = event("submit", row, by=row.person, data={"stage": row.stage} | late | outcomes.mark(row))
    stored = queue.store(row, given, told, late=not held)
    credits.earn(row, stored)
    settling.settle(row, answer)
    return stored


def _lost(row: Assignment) -> str:
    """Why an answer comes too late to count."""
    if row.task.status == Task.Status.WITHDRAWN:
        return told("This text was withdrawn from the campaign while you worked on it.")
    return told("Your time for this text ran out and others have taken it.")


def body_hash(answer: BaseModel, flagged: str) -> str:
    return digest({"answer": answer.model_dump(mode="json"), "flagged": flagged})


def _keep(assignment: Assignment, payload: Any) -> bool:
    """Keep a text as the person's draft, unless they have answered; whether it was kept."""
    return bool(Assignment.objects.filter(pk=assignment.pk).exclude(status=STATUS.SUBMITTED).update(draft=payload))
