"""Appeals: a person asks for a second expert, who says which texts are acceptable without knowing whose or why."""

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction

from annotation import policies, verdicts
from annotation.models import Appeal, Assignment, Submission, Task, Translation, Unit
from annotation.models.assignments import Stage
from annotation.task_types import task_types
from annotation.texts import storable
from core.errors import Conflict, Invalid
from core.events import record
from core.hashing import digest
from core.models import User
from core.policy import require
from core.told import told

MAX_TEXT = 2000
# Of these the next round has begun: somebody is at it or has answered.
BEGUN = (Assignment.Status.ACTIVE, Assignment.Status.RESERVED, Assignment.Status.SUBMITTED)


def appeal(submission: Submission, reason: str, *, by: User) -> Appeal:
    """Ask for a second expert about one's own text, once; the text it is shown beside is fixed now."""
    require(policies.appeal(by, submission))
    storable("reason", reason, MAX_TEXT)
    if not reason.strip():
        raise Invalid("Say why the text was right.", {"reason": told("is missing")})
    mine = text(submission)
    if mine is None:
        raise Invalid("Only a text can be looked at again: this answer proposes none.")
    task = submission.assignment.task
    judgement = Submission.objects.filter(assignment__task=verdicts.against(task)).latest("pk")
    try:
        with transaction.atomic():
            made = Appeal.objects.create(
                submission=submission, judgement=judgement, other=_other(task.unit, mine), reason=reason
            )
            record("appeal", made, by=by, data={"task": task.pk})
    except IntegrityError as error:
        raise Conflict("You have appealed about this text already: each is looked at again once.") from error
    return made


def decide(appeal: Appeal, acceptable: Collection[str], note: str, *, by: User) -> bool:
    """Say which of the shown texts, by their letters, are acceptable; returns whether that overturns the first decision.

    Overturned, the person's text is the unit's draft again and goes to verification, unless the unit was verified or
    somebody began its next round meanwhile: then only the decision is on record. Credits stay as they are.
    """
    require(policies.judge_appeal(by, appeal))
    storable("note", note, MAX_TEXT)
    if unknown := set(acceptable) - set(sides(appeal)):
        raise Invalid(told(
            "There is no text {unknown} here.",
            unknown=", ".join(sorted(unknown)),
        ), {"acceptable": told("names no text")})
    if not note.strip():
        raise Invalid("Say why: the person reads it.", {"note": told("is missing")})
    overturned = _letter(appeal) in acceptable
    verb = "overturn" if overturned else "uphold"
    with transaction.atomic():
        task = Task.objects.select_for_update(no_key=True).select_related("campaign").get(pk=appeal.submission.assignment.task_id)
        Appeal.flow.move(appeal, verb, by=by, data={"acceptable": sorted(acceptable)}, note=note, decided_by=by)
        if overturned:
            _restore(task, text(appeal.submission), note, by)
    return overturned


def text(submission: Submission) -> dict[str, Any] | None:
    """The text an answer proposes; None when it proposes none."""
    asked = task_types.build(submission.assignment.campaign.task_type)
    return asked.text(asked.Payload.model_validate(submission.payload))


def sides(appeal: Appeal) -> dict[str, dict[str, Any]]:
    """The texts to be judged under their letters, in an order that chance made and that stays."""
    shown = {_letter(appeal): text(appeal.submission)}
    if appeal.other is not None:
        shown["B" if "A" in shown else "A"] = appeal.other
    return dict(sorted(shown.items()))


def _letter(appeal: Appeal) -> str:
    if appeal.other is None:
        return "A"
    return "AB"[int(digest(["appeal", appeal.pk]), 16) % 2]


def _other(unit: Unit, mine: dict[str, Any]) -> dict[str, Any] | None:
    """What the text competes with: the unit's present text, else the draft it was made from."""
    current = unit.current
    while current is not None and current.content == mine:
        current = current.parent
    return current.content if current else None


def _restore(task: Task, content: dict[str, Any], note: str, by: User) -> None:
    later = Task.objects.select_for_update(no_key=True).filter(
        campaign=task.campaign_id, unit=task.unit_id, purpose=task.purpose, round__gt=task.round
    )
    rounds = list(later.order_by("round"))
    unit = Unit.objects.select_for_update(of=("self",), no_key=True).select_related("item__dataset", "current").get(pk=task.unit_id)
    if unit.status == Unit.Status.VERIFIED or Assignment.objects.filter(task__in=rounds, status__in=BEGUN).exists():
        return
    if unit.status == Unit.Status.REJECTED:
        Unit.flow.move(unit, "reopen", by=by, data={"reason": note})
    chosen = Translation.objects.filter(unit=unit, hash=digest(content)).latest("pk")
    if unit.current_id != chosen.pk:
        Unit.flow.move(unit, "adopt", by=by, data={"translation": chosen.pk}, current=chosen)
    _to_verification(task, rounds, note, by)


def _to_verification(task: Task, rounds: list[Task], note: str, by: User) -> None:
    """The next round begins with the expert: nobody has to write the text again."""
    reason = told("After an appeal: “{note}”", note=note)
    stage = {"stage": Stage.VERIFY, "needed": 1, "open": 1, "reason": reason}
    last = rounds[-1] if rounds else task
    if last.status == Task.Status.OPEN:
        Task.flow.move(last, "advance", by=by, **stage)
        return
    values = {"campaign_id": task.campaign_id, "unit_id": task.unit_id, "language": task.language, "priority": task.priority}
    Task.objects.create(round=last.round + 1, purpose=task.purpose, **values, **stage)
