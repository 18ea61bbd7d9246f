"""Changing a campaign that people work in: its plan, the answers it wants, and units that are taken out of it."""

from typing import Any

from django.db import connection, transaction

from annotation import policies, queue
from annotation.actions import campaigns, settling
from annotation.models import Campaign, Submission, Task, Unit
from annotation.plans import Plan, checked
from core.errors import Conflict, Invalid
from core.models import User
from core.policy import require
from core.told import told

# What answers are made of: changed under way, the same task would hold answers to two questions.
FIXED = ("slug", "task_type")
# Slots that are taken stay taken: a task never wants fewer answers than people have given or are writing.
RESIZE = """
UPDATE annotation_task SET needed = greatest(%(wanted)s, needed - open), open = greatest(%(wanted)s - (needed - open), 0)
WHERE campaign_id = %(campaign)s AND status = 'open' AND stage = 'annotate' AND purpose = 'work' AND needed <> %(wanted)s
"""
COMPLETE = """
SELECT max(s.id) FROM annotation_task t JOIN annotation_assignment a ON a.task_id = t.id
JOIN annotation_submission s ON s.assignment_id = a.id
WHERE t.campaign_id = %s AND t.status = 'open' AND t.stage = 'annotate' AND t.purpose = 'work' AND t.open = 0
  AND a.stage = 'annotate' GROUP BY t.id HAVING count(*) >= t.needed ORDER BY t.id
"""


def plan_of(campaign: Campaign) -> Plan:
    """The campaign's present plan, as its YAML would say it."""
    newest = campaign.guidelines.first()
    values = {name: getattr(campaign, name) for name in Plan.model_fields if name not in campaigns.TOLD}
    # A campaign older than these types asks them plainly, and an empty rule is none.
    may_be_empty = ("adjudicate_type", "verify_type", "qualification", "quality_rule", "credit")
    kept = {name: value for name, value in values.items() if value or name not in may_be_empty}
    return checked(kept | ({"guideline": newest.text, "examples": newest.examples} if newest else {}))


def revise(campaign: Campaign, *, by: User | None, **changes: Any) -> dict[str, Any]:
    """Change the plan; the keywords are fields of `Plan`. What is done stays done, and what people hold they may still send.

    A new guideline, or other examples, is a new version. More or fewer answers are wanted at once of every task that still asks for them; tasks
    that have enough now are concluded. Returns the old value of each field that changed.
    """
    require(policies.manage(by, campaign.dataset))
    with transaction.atomic():
        # Fresh and locked: two managers change one after the other.
        row = Campaign.objects.select_for_update(no_key=True).select_related("dataset").get(pk=campaign.pk)
        before = plan_of(row)
        after = checked(before.model_dump(exclude_none=True) | changes)
        changed = [name for name in Plan.model_fields if getattr(before, name) != getattr(after, name)]
        if fixed := [name for name in changed if name in FIXED and row.tasks.exists()]:
            raise Invalid(told(
                "{fixed} cannot change while the campaign has tasks: make another campaign.",
                fixed=" and ".join(fixed),
            ))
        campaigns.rewrite(row, after, changed, by)
        if "overlap" in changed:
            resize(row, after.overlap, by)
    campaign.refresh_from_db()
    return {name: before.model_dump(mode="json")[name] for name in changed}


def resize(campaign: Campaign, wanted: int, by: User | None) -> None:
    """Want so many answers of every task that still asks for them, and conclude those that have them."""
    with connection.cursor() as cursor:
        cursor.execute(RESIZE, {"campaign": campaign.pk, "wanted": wanted})
        cursor.execute(COMPLETE, [campaign.pk])
        complete = [row[0] for row in cursor.fetchall()]
    for last in Submission.objects.filter(pk__in=complete).select_related("assignment__campaign__dataset").order_by("pk"):
        row = queue.locked(last.assignment)
        settling.conclude_if_complete(row)


def withdraw(unit: Unit, *, reason: str, by: User | None, campaign: Campaign | None = None) -> int:
    """Take a unit out of a campaign, or out of all; returns how many tasks ended.

    What somebody is writing is kept as their draft when they send it, and they are told; nothing given is lost.
    """
    require(policies.manage(by, unit.item.dataset))
    if not reason.strip():
        raise Invalid("Say why it is withdrawn.", {"reason": told("is missing")})
    with transaction.atomic():
        # Locked like a claim locks them, so that nobody is given what is being withdrawn.
        tasks = Task.objects.select_for_update(no_key=True, of=("self",)).filter(unit=unit, status=Task.Status.OPEN)
        found = list((tasks.filter(campaign=campaign) if campaign else tasks).select_related("campaign").order_by("pk"))
        if not found:
            raise Conflict("No campaign is at work on this unit.")
        for task in found:
            Task.flow.move(task, "withdraw", by=by, data={"reason": reason}, reason=reason, open=0)
            task.assignments.filter(status="active").update(status="released")
    return len(found)
