"""What the answers to a task conclude: a consensus, one answer more, a look by an expert, and then the campaign's effect."""

from pydantic import BaseModel

from annotation.actions import adjudication, consensus, grading, outcomes
from annotation.actions.outcomes import mark
from annotation.admission import drawn
from annotation.effects import VERIFY, effect
from annotation.models import Assignment, Campaign, Consensus, Submission, Task, Unit
from annotation.models.assignments import Stage
from annotation.plans import Effect
from annotation.task_types import TaskType, task_types
from core.prepared import append
from core.told import told


def settle(row: Assignment, answer: BaseModel) -> None:
    """Conclude the present stage of a task if this answer was the last one wanted; in the transaction that stored it.

    `row` comes from `queue.locked`, so its task's lock is held: answers to one task are settled one after the other.
    """
    task = row.task
    if task.purpose != Task.Purpose.WORK:
        grading.grade(row, answer)
    elif task.stage == Stage.VERIFY:
        _judge(row, answer)
    elif task.stage == Stage.ADJUDICATE:
        _adjudicate(row)
    else:
        conclude_if_complete(row)


def conclude_if_complete(row: Assignment) -> None:
    """Conclude a task that has all the answers it wants; `row`, any assignment of it, comes from `queue.locked`."""
    task = row.task
    if not task.open:
        answers = consensus.ANSWERS.all(task=task.pk)
        if len(answers) >= task.needed:
            _conclude(row, answers)


def _conclude(row: Assignment, answers: list[Submission]) -> None:
    """All annotators have answered: one more is asked while they disagree, else an expert looks at it or its effect takes place."""
    task, campaign = row.task, row.campaign
    [concluded] = consensus.of(campaign, answers, task.language, consensus.settler(campaign))
    if concluded.outcome == Consensus.Outcome.DISPUTED and task.needed < campaign.max_overlap:
        Task.flow.move(task, "widen", by=row.person, data=mark(row), needed=task.needed + 1, open=1)
        return
    append(concluded)
    asked = task_types.build(campaign.task_type)
    payloads, chosen = [one.payload for one in answers], concluded.chosen
    answer = asked.Payload.model_validate(chosen.payload)
    found = _wish(asked, answer, campaign) or effect(campaign.effects, payloads, chosen.payload)
    unit = outcomes.locked_unit(task)
    for_expert = outcomes.too_often(task, found) or _needs_expert(task, concluded)
    differ = concluded.outcome == Consensus.Outcome.DISPUTED and len(payloads) > 1
    # Of answers that an expert is to choose among none is adopted: it would stand out, and they were made from the draft.
    undecided = for_expert and differ and Unit.flow.allows(unit, "adopt")
    text = asked.text(answer) if found.do in ("adopt", "verify") else None
    adopted = undecided or outcomes.adopt(unit, text, chosen.assignment.person, mark(row), from_draft=asked.shows_draft)
    if adopted and for_expert:
        # Where there is no text to accept, as of a pair, or another one, the answer itself is looked at.
        stage = Stage.ADJUDICATE if differ or unit.current is None or asked.writes_items else Stage.VERIFY
        Task.flow.move(task, "advance", by=row.person, data=mark(row), stage=stage, needed=1, open=1)
    else:
        outcomes.apply(found, task, unit, row)


def _wish(asked: TaskType, answer: BaseModel, campaign: Campaign) -> Effect | None:
    """What the answer itself says is to be done, before any effect: who rejects a text has not rated it.

    What is sent back goes where the campaign's own rule would send it.
    """
    outcome, reason = asked.outcome(answer), asked.reason(answer)
    if outcome == "redo":
        rules = map(Effect.model_validate, campaign.effects)
        rule = next((one for one in rules if one.do == "redo"), Effect(do="redo", cap=campaign.max_rounds))
        return rule.model_copy(update={"reason": reason})
    return Effect(do="reject", reason=reason) if outcome == "reject" else None


def _judge(row: Assignment, answer: BaseModel) -> None:
    """The expert has decided: the text is accepted, or goes back to the crowd, or the unit is rejected."""
    task, asked = row.task, task_types.build(row.campaign.verify_type)
    outcome, reason = asked.outcome(answer), asked.reason(answer)
    if outcome == "redo":
        outcomes.refuse_another_round(task)
    unit = outcomes.locked_unit(task)
    if outcome in ("redo", "reject"):
        outcomes.apply(Effect(do=outcome, reason=reason, cap=row.campaign.max_rounds), task, unit, row)
        return
    outcomes.adopt(unit, asked.text(answer), row.person, mark(row))
    found = _effect_so_far(task)
    # What asked for another round too often was given to the expert, whose yes is the last word.
    outcomes.apply(found if found.do != "redo" else VERIFY, task, unit, row)


def _effect_so_far(task: Task) -> Effect:
    """What the answers of the annotate stage ask for."""
    concluded = Consensus.objects.select_related("chosen").filter(task=task).first()
    if concluded is None:
        return VERIFY
    answers = [one.payload for one in consensus.ANSWERS.all(task=task.pk)]
    return effect(task.campaign.effects, answers, concluded.chosen.payload)


def _adjudicate(row: Assignment) -> None:
    """An expert has chosen among the answers or written their own; with a second opinion asked for, the experts' majority decides."""
    task, campaign = row.task, row.campaign
    decisions = list(adjudication.decisions(task))
    if len(decisions) < task.needed:
        return
    final = adjudication.majority(decisions, campaign)
    if final is None:
        Task.flow.move(task, "widen", by=row.person, data=mark(row), needed=task.needed + 1, open=1)
        return
    adjudication.conclude(task, final)
    asked = task_types.build(campaign.task_type)
    found = effect(campaign.effects, [final.payload], final.payload)
    if found.do == "redo" and task.round >= found.cap:
        found = Effect(do="reject", reason=told("still wrong after {round} rounds", round=task.round))
    unit = outcomes.locked_unit(task)
    text = asked.text(asked.Payload.model_validate(final.payload))
    outcomes.adopt(unit, text, final.author, mark(row))
    outcomes.apply(found, task, unit, row)


def _needs_expert(task: Task, concluded: Consensus) -> bool:
    """The campaign's verification rule. What an expert sent back an expert sees again."""
    campaign, rule = task.campaign, Campaign.Verification
    if campaign.verification == rule.NONE:
        return False
    disputed = campaign.verification == rule.DISPUTED and concluded.outcome == Consensus.Outcome.DISPUTED
    by_chance = drawn([task.campaign_id, task.unit_id], campaign.verification_share)
    return campaign.verification == rule.ALL or task.round > 1 or disputed or by_chance

