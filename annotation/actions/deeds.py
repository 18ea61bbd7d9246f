"""What a manager does to many units at once: first told exactly, then done to exactly those, or not at all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from annotation import policies
from annotation.actions import campaigns
from annotation.models import Assignment, Campaign, Dataset, Task, Unit
from annotation.texts import storable
from core.errors import Conflict, Invalid
from core.events import record
from core.hashing import digest
from core.models import User
from core.policy import require
from core.told import told

MOST = 10_000
LONGEST_REASON = 2000
DEEDS = ("withdraw", "admit", "reject", "reopen")
GONE = told("It is not in this dataset any more.")


@dataclass(frozen=True)
class Preview:
    """What would be done: to which units, to which not and why, and a mark by which to say yes to exactly this."""

    deed: str
    campaign: Campaign | None
    touched: list[int]
    left: dict[str, int]

    @property
    def mark(self) -> str:
        return digest([self.deed, self.campaign and self.campaign.pk, self.touched, sorted(self.left.items())])


def preview(dataset: Dataset, units: Sequence[int], deed: str, *, campaign: Campaign | None = None, by: User | None) -> Preview:
    """What would be done to these units now; nothing is written."""
    require(policies.manage(by, dataset))
    if deed not in DEEDS:
        raise Invalid("Choose what is to be done.", {"deed": told("is not chosen")})
    if not units:
        raise Invalid("No unit is selected, and none is not all: tick some, or choose all that the filters find.", {"units": told("is empty")})
    if len(units) > MOST:
        raise Invalid(told(
            "These are more than {most:,} units, the most for one step: narrow the filters.",
            most=MOST,
        ), {"units": told("are too many")})
    if campaign is not None and campaign.dataset_id != dataset.pk:
        raise Invalid("This campaign is of another dataset.", {"campaign": told("is of another dataset")})
    if deed == "admit" and campaign is None:
        raise Invalid("Choose the campaign that is to get them.", {"campaign": told("is not chosen")})
    touched, left = [], Counter()
    why_not = _reasons(dataset, units, deed, campaign)
    for unit in sorted(set(units)):
        if reason := why_not.get(unit, GONE):
            left[reason] += 1
        else:
            touched.append(unit)
    return Preview(deed, campaign, touched, dict(left))


def carry_out(
    dataset: Dataset, units: Sequence[int], deed: str, *, mark: str, reason: str, campaign: Campaign | None = None, by: User | None
) -> int:  # fmt: skip
    """Do to these units what `preview` told, whose mark this is; `Conflict` when it would be anything else by now.

    Returns how many were touched. All of them are, or none.
    """
    require(policies.manage(by, dataset))
    if deed != "admit" and not reason.strip():
        raise Invalid("Say why: the reason is kept in the history of each unit.", {"reason": told("is missing")})
    storable("reason", reason, LONGEST_REASON)
    with transaction.atomic():
        _lock(dataset, units, deed, campaign)
        asked = preview(dataset, units, deed, campaign=campaign, by=by)
        if asked.mark != mark:
            raise Conflict(told(
                "This has changed since you looked: now it would touch {count:,} units. Look again.",
                count=len(asked.touched),
            ))
        if not asked.touched:
            raise Invalid("Nothing can be done to any of these units.", {"units": "none can be touched"})
        _do(asked, reason, by)
        what = {"deed": deed, "units": len(asked.touched), "left": sum(asked.left.values()), "reason": reason}
        record("bulk", dataset, by=by, data=what | ({"campaign": campaign.slug} if campaign else {}))
    return len(asked.touched)


def _lock(dataset: Dataset, units: Sequence[int], deed: str, campaign: Campaign | None) -> None:
    """What the deed depends on stays as it is until it is done. One kind of row only: work goes from tasks to units."""
    if deed == "admit":
        rows = Campaign.objects.filter(pk=campaign and campaign.pk)
    elif deed == "withdraw":
        rows = _open_tasks(units, campaign)
    else:
        rows = Unit.objects.filter(item__dataset=dataset, pk__in=units)
    list(rows.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))


def _reasons(dataset: Dataset, units: Sequence[int], deed: str, campaign: Campaign | None) -> dict[int, str]:
    """For each unit that is there, why the deed leaves it alone; empty when it does not."""
    there = Unit.objects.filter(item__dataset=dataset, pk__in=units).only("pk", "status", "language", "current_id")
    if deed == "withdraw":
        at_work = set(_open_tasks(units, campaign).values_list("unit", flat=True))
        none = told(
            "{campaign} is not at work on it.",
            campaign=campaign,
        ) if campaign else told("No campaign is at work on it.")
        return {one.pk: "" if one.pk in at_work else none for one in there}
    if deed == "admit":
        had = set(Task.objects.filter(campaign=campaign, unit__in=units).values_list("unit", flat=True))
        return {one.pk: _not_admitted(one, campaign, one.pk in had) for one in there}
    return {one.pk: "" if Unit.flow.allows(one, deed) else _cannot(deed, told(one.get_status_display())) for one in there}


def _cannot(deed: str, status: str) -> str:
    if deed == "reject":
        return told("It is {status}, and so cannot be rejected.", status=status)
    return told("It is {status}, and so cannot be reopened.", status=status)


def _not_admitted(unit: Unit, campaign: Campaign, had: bool) -> str:
    if campaign.status == Campaign.Status.CLOSED:
        return told("{campaign} is closed.", campaign=campaign)
    if had:
        return told("{campaign} has it already, or has had it.", campaign=campaign)
    if campaign.languages and unit.language not in campaign.languages:
        return told("{campaign} is not for its language.", campaign=campaign)
    if unit.status == Unit.Status.REJECTED:
        return told("It is rejected: reopen it first.")
    return "" if unit.current_id or unit.status == Unit.Status.COMPOSED else told("It has no text yet.")


def _open_tasks(units: Sequence[int], campaign: Campaign | None) -> QuerySet[Task]:
    found = Task.objects.filter(unit__in=units, status=Task.Status.OPEN)
    return found.filter(campaign=campaign) if campaign else found


def _do(asked: Preview, reason: str, by: User | None) -> None:
    if asked.deed == "admit":
        campaigns.admit_units(asked.campaign, asked.touched, by=by)
        return
    if asked.deed == "withdraw":
        rows, changes, move = _open_tasks(asked.touched, asked.campaign).select_related("campaign"), {"reason": reason, "open": 0}, Task.flow
    else:
        rows, changes, move = Unit.objects.filter(pk__in=asked.touched).select_related("item"), {}, Unit.flow
    rows = list(rows.order_by("pk"))
    moved = move.move_all(rows, asked.deed, {one.pk: changes for one in rows}, by=by, data={one.pk: {"reason": reason} for one in rows})
    if len(moved) != len(rows):
        raise Conflict("Somebody was faster with one of these units: nothing was done. Look again.")
    if asked.deed == "withdraw":
        Assignment.objects.filter(task__in=moved, status=Assignment.Status.ACTIVE).update(status=Assignment.Status.RELEASED)
