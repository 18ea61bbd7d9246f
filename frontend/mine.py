"""One person's work at a glance: what waits for them, how far they are, and what they ought to hear. Constant query counts."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Subquery
from django.db.models.functions import Now, TruncDay

from annotation import batches, policies, verdicts, waiting
from annotation.actions import appeals
from annotation.batches import Batch
from annotation.models import Appeal, Assignment, Campaign, Comment, Consensus, Hold, Member, Qualification, Submission, Task
from annotation.models.assignments import Stage
from annotation.models.members import Role
from annotation.queue import HELD
from annotation.schema import Kind
from core.models import Event, User

SHOWN = 20


@dataclass
class Serving:
    """One live campaign the person may serve: tasks free for them by language, answers today (UTC) and in all."""

    campaign: Campaign
    waiting: dict[str, int] = field(default_factory=dict)
    today: int = 0
    done: int = 0
    begun: bool = False
    batch: Batch | None = None
    notes: list[str] = field(default_factory=list)
    """What keeps work from them: a hold, a test that was not passed."""

    @property
    def left(self) -> int:
        return sum(self.waiting.values())


@dataclass(frozen=True)
class Message:
    """Something the person ought to hear: what kind of thing, when, where, and in whose words."""

    kind: str
    at: datetime
    where: str
    said: str
    submission: Submission | None = None
    """The judged text, when it is about one of theirs."""
    appeal: Appeal | None = None

    @property
    def text(self) -> dict[str, Any] | None:
        """What they had written."""
        return appeals.text(self.submission) if self.submission else None

    @property
    def source(self) -> dict[str, Any]:
        return self.submission.assignment.task.unit.item.content

    @property
    def source_language(self) -> str:
        return self.submission.assignment.task.unit.item.language

    @property
    def language(self) -> str:
        return self.submission.assignment.task.language

    @property
    def schema(self) -> Kind:
        given = self.submission.assignment
        return given.campaign.dataset.kinds.kind(given.task.unit.item.kind)

    @property
    def pending(self) -> bool:
        """An appeal about it waits."""
        return bool(self.submission and hasattr(self.submission, "appeal") and self.submission.appeal.status == "open")

    @property
    def may_appeal(self) -> bool:
        """No appeal was made yet, and the campaign still takes one; the action asks the policy again."""
        given = self.submission and self.submission.assignment
        return bool(given and self.text and given.campaign.status != "closed" and not hasattr(self.submission, "appeal"))


def serving(person: User) -> list[Serving]:
    """The live campaigns of the person's memberships that have stages for their role, those with most work first."""
    active = Member.objects.filter(user=person, status=Member.Status.ACTIVE).exclude(role=Role.MANAGER)
    members = {one.dataset_id: one for one in active}
    live = Campaign.objects.filter(dataset__in=members, status=Campaign.Status.LIVE).select_related("dataset")
    asked = [one for one in live if policies.stages(members[one.dataset_id].role, one)]
    found = {one.pk: Serving(one) for one in asked}
    for (campaign, tag), count in _waiting(person, {one: members[one.dataset_id] for one in asked}).items():
        found[campaign].waiting[tag] = count
    for campaign, done, today in _answered(person, list(found)):
        found[campaign].done, found[campaign].today = done, today
    for campaign, batch in batches.of(person, [one.campaign for one in found.values()]).items():
        found[campaign].batch = batch
    for campaign in Assignment.objects.filter(person=person, campaign__in=found, status__in=HELD).values_list("campaign", flat=True):
        found[campaign].begun = True
    for hold in Hold.objects.filter(person=person, campaign__in=found, status=Hold.Status.ACTIVE).order_by("language"):
        found[hold.campaign_id].notes.append(policies.paused(hold))
    failed = list(Qualification.objects.filter(person=person, dataset__in=members, status=Qualification.Status.FAILED))
    for one in found.values():
        mine = (one.campaign.dataset_id, one.campaign.task_type["name"])
        if one.campaign.qualification:
            one.notes += [policies.failed(row) for row in failed if (row.dataset_id, row.task_type) == mine]
    return sorted(found.values(), key=lambda one: (not one.begun, -one.left, one.campaign.name))


def _waiting(person: User, asked: dict[Campaign, Member]) -> Counter[tuple[int, str]]:
    free = waiting.free(person, asked).filter(purpose=Task.Purpose.WORK)
    rows = free.order_by("language").values_list("campaign", "language").annotate(Count("pk"))
    return Counter({(campaign, tag): count for campaign, tag, count in rows})


def _answered(person: User, campaigns: list[int]) -> Any:
    mine = Submission.objects.filter(assignment__person=person, assignment__campaign__in=campaigns).order_by()
    today = Count("pk", filter=Q(created__gte=TruncDay(Now())))
    return mine.values_list("assignment__campaign").annotate(done=Count("pk"), today=today)


def appeals_to_decide(person: User) -> QuerySet[Appeal]:
    """The open appeals this person may decide, as `policies.judge_appeal` has it, oldest first."""
    fits = Q(pk__in=[])
    for one in Member.objects.filter(user=person, status=Member.Status.ACTIVE, role=Role.EXPERT):
        fits |= Q(submission__assignment__campaign__dataset=one.dataset_id, submission__assignment__task__language__in=one.languages)
    part_in = Submission.objects.filter(assignment__person=person).values("assignment__task__unit")
    found = Appeal.objects.filter(fits, status=Appeal.Status.OPEN).exclude(submission__assignment__task__unit__in=part_in)
    return found.select_related("submission__assignment__task__unit__item", "submission__assignment__campaign__dataset").order_by("pk")


def messages(person: User) -> list[Message]:
    """What experts and managers said to the person, newest first."""
    found = [*_judged(person), *_appeals(person), *_resolved(person), *_comments(person), *_suspended(person)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:SHOWN]


def _judged(person: User) -> list[Message]:
    """Texts of theirs that were sent back or rejected, with the reason and, where there is none yet, room for an appeal."""
    mine = Consensus.objects.filter(chosen__assignment__person=person, chosen__assignment__stage=Stage.ANNOTATE)
    chosen = mine.annotate(verdict=Subquery(verdicts.turned_down("task").values("pk")[:1])).filter(verdict__isnull=False)
    related = "chosen__assignment__task__unit__item", "chosen__assignment__campaign__dataset", "chosen__appeal"
    rows = chosen.select_related(*related).order_by("-pk")[:SHOWN]
    subjects = {f"task:{one.verdict}": one.chosen for one in rows if appeals.text(one.chosen)}
    moves = Event.objects.filter(subject__in=subjects, verb__in=["send_back", "reject"]).order_by("pk")
    return [
        Message(event.verb, event.at, str(one.assignment.campaign), event.data.get("reason", ""), submission=one)
        for event in moves
        if (one := subjects[event.subject])
    ]


def _appeals(person: User) -> list[Message]:
    """Decisions about their appeals; by whom is nobody's business."""
    decided = Appeal.objects.filter(submission__assignment__person=person).exclude(status=Appeal.Status.OPEN)
    rows = {f"appeal:{one.pk}": one for one in decided.select_related("submission__assignment__campaign").order_by("-pk")[:SHOWN]}
    moves = Event.objects.filter(subject__in=rows, verb__in=["uphold", "overturn"])
    return [
        Message("appeal", event.at, str(one.submission.assignment.campaign), one.note, appeal=one)
        for event in moves
        if (one := rows[event.subject])
    ]


def _resolved(person: User) -> list[Message]:
    flagged = Submission.objects.filter(assignment__person=person, resolution__isnull=False)
    rows = flagged.select_related("resolution", "assignment__campaign").order_by("-resolution__pk")[:SHOWN]
    return [Message("flag", one.resolution.created, str(one.assignment.campaign), one.resolution.note) for one in rows]


def _comments(person: User) -> list[Message]:
    """What experts and managers said on tasks the person has or had, and they did not say themselves."""
    mine = Assignment.objects.filter(person=person).values("task")
    guides = Comment.objects.filter(task__in=mine).exclude(author=person)
    rows = list(guides.select_related("task__campaign").order_by("-pk")[: SHOWN * 3])
    annotators: dict[int, set[int]] = defaultdict(set)
    members = Member.objects.filter(user__in={one.author_id for one in rows}, role=Role.ANNOTATOR)
    for dataset, user in members.values_list("dataset", "user"):
        annotators[dataset].add(user)
    return [
        Message("comment", one.created, str(one.task.campaign), one.text)
        for one in rows
        if one.author_id not in annotators[one.task.campaign.dataset_id]
    ][:SHOWN]


def _suspended(person: User) -> list[Message]:
    held = Member.objects.filter(user=person, status=Member.Status.SUSPENDED).select_related("dataset")
    rows = {f"member:{one.pk}": one for one in held}
    moves = Event.objects.filter(subject__in=rows, verb="suspend").order_by("pk")
    latest = {event.subject: event for event in moves}
    return [
        Message("suspended", event.at, str(rows[subject].dataset), event.data.get("reason", ""))
        for subject, event in latest.items()
    ]
