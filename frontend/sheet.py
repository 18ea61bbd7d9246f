"""A task as its person sees it, on the page and over the API: what is asked, and nothing of anybody else's."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Now, TruncDay
from pydantic import BaseModel

from annotation import queue, waiting
from annotation.actions import assignments
from annotation.blinding import blind, opened
from annotation.contributions import Median
from annotation.judgements import PREFIX
from annotation.models import Assignment, Campaign, Submission, Translation
from annotation.models import Finding as FindingRow
from annotation.models import Task as TaskRow
from annotation.models.assignments import Stage
from annotation.policies import member
from annotation.questions import question, shown
from annotation.records import Question
from annotation.task_types import task_types
from core.models import User
from core.prepared import Hole, Prepared

Content = dict[str, Any]
WORST_FIRST = ["fail", "warn", "abstain", "ok", "score"]
# No judgement of a model: whoever holds a task has yet to vote.
FINDINGS = Prepared(
    lambda: FindingRow.objects.filter(
        Q(translation=Hole("current")) | Q(translation=Hole("parent")), ~Q(check_name__startswith=PREFIX)
    )
)
# Beyond this nobody counts what is left, and neither do we.
MANY = 1000
# Others answer too, so what is left is counted anew once in so many answers: it takes longer than all else about the next task.
RECOUNTED = 50
# The middle of fewer answers says nothing.
SOME = 5


class Finding(BaseModel):
    """What one check said about the text, in a sentence."""

    check: str
    verdict: str
    detail: str


class Task(BaseModel):
    """A task handed out. Right answers, other people and their answers are not in it."""

    assignment: int
    campaign: int
    task_type: str
    stage: str
    round: int
    sent_back: str
    """Why the round before was sent back; empty in the first."""
    lease_until: datetime
    kind: str
    source_language: str
    target_language: str
    source: Content
    draft: Content | None
    """The present text; None when there is none yet."""
    draft_origin: str
    earlier: Content | None
    """For those who judge: the text the present one was made from."""
    findings: list[Finding]
    context: dict[str, Any]
    saved: Content | None
    """The person's own unfinished answer, as they saved it."""


class Progress(BaseModel):
    """How far the person is: submitted today, and what is left for them, counted up to `MANY`."""

    today: int
    left: int
    goal: int | None = None
    """Answers a day they mean to give, in all campaigns together."""
    all_today: int = 0
    pace: float | None = None
    """Seconds of the middle one of today's answers; None before there are some."""

    @property
    def many(self) -> bool:
        return self.left > MANY


def task(assignment: Assignment) -> tuple[Task, Question]:
    """What is handed out, and the question it puts; `assignment` comes with `assignments.RELATED`."""
    row, current, asked = assignment.task, shown(assignment.task), question(assignment.task)
    schema, task_type = row.unit.item.dataset.kinds, assignments.task_type(assignment)
    concealed = task_type.conceals(asked.kind)
    if assignment.stage == Stage.ADJUDICATE:  # who chooses among answers sees no more than those who gave them
        concealed |= task_types.build(assignment.campaign.task_type).conceals(asked.kind)
    if not task_type.shows_draft:
        current, asked = None, replace(asked, draft=None)
    # What is said about a text that is not shown would tell it.
    open_ = concealed.isdisjoint(asked.kind.translatable)
    return Task(
        assignment=assignment.pk,
        campaign=assignment.campaign_id,
        task_type=task_type.name,
        stage=assignment.stage,
        round=row.round,
        sent_back=row.reason,
        lease_until=assignment.lease_until,
        kind=asked.kind_name,
        source_language=asked.source_language,
        target_language=asked.target_language,
        source=opened(asked.source, concealed),
        draft=asked.draft and opened(asked.draft, concealed),
        draft_origin=current.origin if current else "",
        earlier=_earlier(current) if open_ and (assignment.stage != Stage.ANNOTATE or Stage.VERIFY in task_type.stages) else None,
        findings=_findings(current) if open_ else [],
        context=blind(schema, asked.context, concealed, whole=open_),
        saved=assignment.draft,
    ), asked  # fmt: skip


def progress(campaign: Campaign, person: User, *, known: int | None = None) -> Progress:
    """How far this person is in a campaign; days are UTC's. What is `known` to be left is not counted again at each answer."""
    done = _today(campaign, person)
    if known and done["today"] % RECOUNTED:
        return Progress(left=known, **done)
    return Progress(left=_left(campaign, person), **done)


def _today(campaign: Campaign, person: User) -> dict[str, Any]:
    answers = Submission.objects.filter(assignment__person=person, created__gte=TruncDay(Now()))
    here = Q(assignment__campaign=campaign)
    if person.daily_goal is None:
        answers = answers.filter(here)
    counts = answers.aggregate(today=Count("pk", filter=here), all_today=Count("pk"), pace=Median("seconds", filter=here))
    return counts | {"goal": person.daily_goal, "pace": counts["pace"] if counts["today"] >= SOME else None}


def _left(campaign: Campaign, person: User) -> int:
    found = member(person, campaign.dataset_id)
    if found is None:
        return 0
    mine = waiting.free(person, {campaign: found})
    left = mine.filter(purpose=TaskRow.Purpose.WORK)[: MANY + 1].count()
    if campaign.gold_rate and left <= MANY:
        left += _gold_among(left, campaign, person, mine.filter(purpose=TaskRow.Purpose.GOLD, gold__status="active").count())
    return left


def _gold_among(left: int, campaign: Campaign, person: User, gold: int) -> int:
    """How much gold comes until `left` tasks of work are done: else the count would stand still at gold, and so tell it."""
    statuses = Assignment.objects.filter(person=person, campaign=campaign, status__in=["active", "submitted", "skipped"])
    chance, place, found = queue.chance(campaign.pk, person.pk), statuses.count(), 0
    while left:
        is_gold = found < gold and queue.drawn(chance, place, campaign.gold_rate)
        found, left, place = found + is_gold, left - (not is_gold), place + 1
    return found


def _earlier(current: Translation | None) -> Content | None:
    return current.parent.content if current and current.parent else None


def _findings(current: Translation | None) -> list[Finding]:
    """The findings on the present text; on the one it was made from, while nobody has checked the present one."""
    if current is None:
        return []
    rows = FINDINGS.all(current=current.pk, parent=current.parent_id)
    own = [row for row in rows if row.translation_id == current.pk]
    found = [Finding(check=r.check_name, verdict=r.verdict, detail=r.detail) for r in own or rows]
    return sorted(found, key=lambda one: (WORST_FIRST.index(one.verdict), one.check))
