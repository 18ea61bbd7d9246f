"""What comes of the answers: a consensus, a text for the unit, a verdict of the expert, or another round."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from pydantic import BaseModel

from annotation import policies
from annotation.actions import units
from annotation.aggregators import aggregators
from annotation.models import Assignment, Campaign, Consensus, Submission, Task, Translation, Unit
from annotation.models.assignments import Stage
from annotation.records import Answer
from annotation.task_types import task_types
from core.errors import Invalid
from core.hashing import digest
from core.models import User
from core.policy import require
from core.prepared import Hole, Prepared, append


def settle(row: Assignment, answer: BaseModel) -> None:
    """Conclude the present stage of a task if this answer was the last one wanted; in the transaction that stored it.

    `row` comes from `queue.locked`, so its task's lock is held: answers to one task are settled one after the other.
    """
    task = row.task
    if task.stage != Stage.ANNOTATE:
        _judge(row, answer)
    elif not task.open:
        answers = ANSWERS.all(task=task.pk)
        if len(answers) >= task.needed:
            _conclude(row, answers)


def rebuild(campaign: Campaign, *, by: User | None) -> int:
    """Delete what was concluded in a campaign and conclude it again from the submissions; returns how many tasks."""
    require(policies.manage(by, campaign.dataset))
    with transaction.atomic():
        Consensus.objects.filter(task__campaign=campaign).delete()
        running = {"assignment__task__status": Task.Status.OPEN, "assignment__task__stage": Stage.ANNOTATE}
        concluded = _consensus(campaign, _answers(assignment__campaign=campaign).exclude(**running))
        Consensus.objects.bulk_create(concluded, batch_size=2000)
    return len(concluded)


def mark(row: Assignment) -> dict[str, Any]:
    """What an Event says besides when the person is simulated."""
    return {"simulated": True} if row.simulated else {}


def _answers(**where: Any) -> Any:
    answered = Submission.objects.filter(assignment__stage=Stage.ANNOTATE, **where)
    return answered.select_related("assignment__person").order_by("pk")


ANSWERS = Prepared(lambda: _answers(assignment__task=Hole("task")))
UNIT = Prepared(
    lambda: Unit.objects.select_for_update(of=("self",), no_key=True).select_related("item", "current").filter(pk=Hole("pk"))
)


def _consensus(campaign: Campaign, answers: Iterable[Submission]) -> list[Consensus]:
    """The aggregator's word on every task the answers belong to; of equal answers the earliest is the chosen one."""
    asked, aggregator = task_types.build(campaign.task_type), aggregators.build(campaign.aggregator)
    first: dict[tuple[int, str], Submission] = {}
    votes = []
    for one in answers:
        task, label = one.assignment.task_id, asked.label_of(asked.Payload.model_validate(one.payload))
        first.setdefault((task, label), one)
        votes.append(Answer(task, str(one.assignment.person_id), label))
    outcome = {True: Consensus.Outcome.AGREED, False: Consensus.Outcome.DISPUTED}
    return [
        Consensus(
            task_id=task,
            outcome=outcome[verdict.agreed],
            chosen=first[task, verdict.label],
            confidence=verdict.confidence,
            signature=aggregator.signature(),
        )
        for task, verdict in sorted(aggregator.aggregate(votes).items())
    ]


def _conclude(row: Assignment, answers: list[Submission]) -> None:
    """All annotators have answered: their consensus becomes the unit's text, and an expert looks at it or it is done."""
    task, campaign = row.task, row.campaign
    [consensus] = _consensus(campaign, answers)
    append(consensus)
    unit = _locked_unit(task)
    asked = task_types.build(campaign.task_type)
    text = asked.text(asked.Payload.model_validate(consensus.chosen.payload))
    still_open = _adopt(unit, text, consensus.chosen.assignment.person, mark(row))
    if still_open and _needs_expert(task, consensus):
        Task.flow.move(task, "advance", by=row.person, data=mark(row), stage=Stage.VERIFY, needed=1, open=1)
        return
    if still_open:
        Unit.flow.move(unit, "verify", by=row.person, data={"translation": unit.current_id, "without_expert": True} | mark(row))
    Task.flow.move(task, "finish", by=row.person, data=mark(row))


def _judge(row: Assignment, answer: BaseModel) -> None:
    """The expert has decided: the text is accepted, or goes back to the crowd, or the unit is rejected."""
    task, asked = row.task, task_types.build(row.campaign.verify_type)
    outcome, reason, data = asked.outcome(answer), asked.reason(answer), mark(row)
    if outcome == "redo" and task.round >= row.campaign.max_rounds:
        raise Invalid(
            f"This text cannot be sent back again: it has had {task.round} of {row.campaign.max_rounds} rounds."
            " Correct it yourself and accept it, or reject it.",
            {"decision": "was the last round"},
        )
    unit = _locked_unit(task)
    if outcome == "redo":
        _send_back(task, reason, row)
    elif outcome == "reject":
        if Unit.flow.allows(unit, "reject"):
            Unit.flow.move(unit, "reject", by=row.person, data={"reason": reason} | data)
        Task.flow.move(task, "reject", by=row.person, data={"reason": reason} | data)
    else:
        if _adopt(unit, asked.text(answer), row.person, data):
            Unit.flow.move(unit, "verify", by=row.person, data={"translation": unit.current_id} | data)
        Task.flow.move(task, "finish", by=row.person, data=data)


def _send_back(task: Task, reason: str, row: Assignment) -> None:
    Task.flow.move(task, "send_back", by=row.person, data={"reason": reason} | mark(row))
    Task.objects.create(
        campaign=row.campaign,
        unit_id=task.unit_id,
        language=task.language,
        round=task.round + 1,
        needed=row.campaign.overlap,
        open=row.campaign.overlap,
        priority=task.priority,
        reason=reason,
    )


def _locked_unit(task: Task) -> Unit:
    unit = UNIT.first(pk=task.unit_id)
    unit.item.dataset = task.campaign.dataset
    return unit


def _adopt(unit: Unit, text: dict[str, Any] | None, author: User, data: dict[str, Any]) -> bool:
    """Make a person's text the unit's, unless it is so already; False when the unit was decided elsewhere meanwhile.

    Even then the text is kept as a proposal: nothing a person wrote is dropped.
    """
    still_open = Unit.flow.allows(unit, "adopt")
    draft = unit.current
    if text is not None and (draft is None or digest(text) != draft.hash):
        origin = Translation.Origin.POST_EDITED if draft else Translation.Origin.HUMAN
        proposed = units.propose(unit, content=text, origin=origin, parent=draft, author=author, made_by=data)
        if still_open:
            Unit.flow.move(unit, "adopt", by=author, data={"translation": proposed.pk} | data, current=proposed)
    return still_open


def _needs_expert(task: Task, consensus: Consensus) -> bool:
    """The campaign's verification rule. What an expert sent back an expert sees again."""
    campaign, rule = task.campaign, Campaign.Verification
    if campaign.verification == rule.NONE:
        return False
    disputed = campaign.verification == rule.DISPUTED and consensus.outcome == Consensus.Outcome.DISPUTED
    return campaign.verification == rule.ALL or task.round > 1 or disputed or drawn(task, campaign.verification_share)


def drawn(task: Task, share: float) -> bool:
    """Whether chance, the same at every look, puts a task into a random share."""
    return int(digest([task.campaign_id, task.unit_id])[:8], 16) < share * 2**32
