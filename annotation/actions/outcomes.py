"""What an effect does to a task and its unit: a text is adopted, verified, asked for again, rejected, or only labelled."""

from typing import Any

from django.db.models import Max

from annotation.actions import natives, units
from annotation.models import Assignment, Campaign, Task, Translation, Unit
from annotation.plans import Effect
from core.errors import Invalid
from core.hashing import digest
from core.models import User
from core.prepared import Hole, Prepared
from core.told import told

UNIT = Prepared(
    lambda: Unit.objects.select_for_update(of=("self",), no_key=True).select_related("item", "current").filter(pk=Hole("pk"))
)


def mark(row: Assignment) -> dict[str, Any]:
    """What an Event says besides when the person is simulated."""
    return {"simulated": True} if row.simulated else {}


def locked_unit(task: Task) -> Unit:
    """The task's unit with its item and present text, locked until the transaction ends."""
    unit = UNIT.first(pk=task.unit_id)
    unit.item.dataset = task.campaign.dataset
    return unit


def adopt(unit: Unit, text: dict[str, Any] | None, author: User, data: dict[str, Any], *, from_draft: bool = True) -> bool:
    """Make a person's text the unit's, unless it is so already; False when the unit was decided elsewhere meanwhile.

    Even then the text is kept as a proposal: nothing a person wrote is dropped. Without a text there is nothing to decide.
    Without `from_draft` the person did not see the draft, and the text is no edit of it.
    """
    if text is None:
        return True
    still_open = Unit.flow.allows(unit, "adopt")
    draft = unit.current
    if draft is not None:  # people edit texts; the places in those they left alone are as right as before
        text = unit.item.dataset.kinds.kind(unit.item.kind).carrying(text, draft.content)
    if draft is None or digest(text) != draft.hash:
        origin = Translation.Origin.POST_EDITED if draft and from_draft else Translation.Origin.HUMAN
        proposed = units.propose(unit, content=text, origin=origin, parent=draft, author=author, made_by=data)
        if still_open:
            Unit.flow.move(unit, "adopt", by=author, data={"translation": proposed.pk} | data, current=proposed)
    return still_open


def too_often(task: Task, found: Effect) -> bool:
    """Whether the effect asks for a round more than its cap allows: then an expert decides."""
    return found.do == "redo" and task.round >= found.cap


def refuse_another_round(task: Task) -> None:
    """Raise `Invalid` when an expert sends back what was sent back as often as the campaign allows."""
    if task.round >= task.campaign.max_rounds:
        raise Invalid(
            told(
                "This text cannot be sent back again: it has had {round} of {max_rounds} rounds. Correct it "
                "yourself and accept it, or reject it.",
                round=task.round, max_rounds=task.campaign.max_rounds,
            ),
            {"decision": told("was the last round")},
        )


def apply(found: Effect, task: Task, unit: Unit, row: Assignment) -> None:
    """Let the effect take place and end the task; a unit that was decided elsewhere meanwhile stays as it is."""
    by, data = row.person, mark(row)
    reason = {"reason": found.reason} if found.reason else {}
    if found.do == "redo":
        Task.flow.move(task, "send_back", by=by, data=reason | data)
        _ask_again(found, task, unit, row)
    elif found.do == "reject":
        if Unit.flow.allows(unit, "reject"):
            Unit.flow.move(unit, "reject", by=by, data=reason | data)
        Task.flow.move(task, "reject", by=by, data=reason | data)
    else:
        if found.do == "verify" and unit.current_id and Unit.flow.allows(unit, "verify"):
            without = {} if row.stage != "annotate" or task.campaign.audience.get("role") == "expert" else {"without_expert": True}
            Unit.flow.move(unit, "verify", by=by, data={"translation": unit.current_id} | without | data)
        Task.flow.move(task, "finish", by=by, data=data)
        natives.make(task)


def _ask_again(found: Effect, task: Task, unit: Unit, row: Assignment) -> None:
    """Another round, in the campaign the effect names; while one is running there already, that one will do."""
    campaign = task.campaign
    if found.to and found.to != campaign.slug:
        campaign = Campaign.objects.get(dataset=campaign.dataset_id, slug=found.to)
    if Unit.flow.allows(unit, "reopen"):
        Unit.flow.move(unit, "reopen", by=row.person, data=mark(row))
    mine = Task.objects.filter(campaign=campaign, unit=unit, purpose=Task.Purpose.WORK)
    if mine.filter(status=Task.Status.OPEN).exclude(pk=task.pk).exists():
        return
    Task.objects.create(
        campaign=campaign,
        unit=unit,
        language=task.language,
        round=(mine.aggregate(last=Max("round"))["last"] or 0) + 1,
        needed=campaign.overlap,
        open=campaign.overlap,
        priority=task.priority,
        reason=found.reason,
    )
