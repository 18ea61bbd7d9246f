"""What is around the work, over the API: batches, comments, appeals and credits."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request

from annotation import batches, comments, policies, statements
from annotation.actions import appeals, assignments, conversations
from annotation.models import Appeal, Assignment, Campaign, Submission
from core.errors import Missing, Refused
from core.policy import require
from frontend.api.calls import Body, Call, answer, nothing, read
from frontend.pages.access import campaign_for, dataset_for

APPEAL = ("submission__assignment__campaign__dataset", "submission__assignment__task__unit__item")


class CommentIn(Body):
    """What you want to say."""

    text: str


class AppealIn(Body):
    """Why your text was right."""

    reason: str


class DecisionIn(Body):
    """The letters of the texts that will do, and why."""

    acceptable: list[str]
    note: str


class Batch(BaseModel):
    """What you hold of a campaign that gives work out in batches."""

    done: int
    held: int
    due: datetime


class Comment(BaseModel):
    """Something said about a task; ``who`` is a role, never a name."""

    text: str
    who: str
    mine: bool
    created: datetime


class Comments(BaseModel):
    """What was said, oldest first, as far as you may read it."""

    comments: list[Comment]


class AppealOut(BaseModel):
    """An appeal as its person sees it; the note is the second expert's."""

    id: int
    status: str
    note: str = ""


class Judged(BaseModel):
    """An appeal as the second expert sees it: the texts under letters, without names and reasons."""

    id: int
    source: dict[str, Any]
    texts: dict[str, dict[str, Any]] = Field(description="letter to content, in an order made by chance")


class CreditLine(BaseModel):
    """What you earned in a month in one campaign; amounts are decimal texts."""

    month: str
    dataset: str
    campaign: str
    kind: str
    lines: int
    quantity: str
    amount: str
    unit: str


class Statement(BaseModel):
    """Your credits by month, newest first, and the sum of each unit."""

    lines: list[CreditLine]
    totals: dict[str, str]


class BatchView(Call):
    """Take a batch of a campaign's tasks, or give back what of it you have not begun."""

    scopes = {"POST": "work", "DELETE": "work"}

    @extend_schema(request=None, responses={200: Batch, 204: None})
    def post(self, request: Request, pk: int) -> HttpResponse:
        campaign = _campaign(request, pk)
        assignments.take_batch(campaign, by=request.user)
        held = batches.of(request.user, [campaign]).get(pk)
        return answer(Batch(done=held.done, held=held.held, due=held.due)) if held else nothing()

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> HttpResponse:
        assignments.give_back_batch(_campaign(request, pk), by=request.user)
        return nothing()


class CommentList(Call):
    """Say something about a task you have in hand, and read what others said to you about it."""

    scopes = {"GET": "work", "POST": "work"}

    @extend_schema(responses={200: Comments})
    def get(self, request: Request, pk: int) -> HttpResponse:
        return answer(_said(_mine(request, pk), request))

    @extend_schema(request=CommentIn, responses={201: Comments})
    def post(self, request: Request, pk: int) -> HttpResponse:
        given = read(request, CommentIn)
        assignment = _mine(request, pk)
        conversations.comment(assignment.task, given.text, by=request.user)
        return answer(_said(assignment, request), 201)


class AppealCall(Call):
    """Ask for a second expert about your own answer that was sent back or rejected."""

    scopes = {"POST": "work"}

    @extend_schema(request=AppealIn, responses={201: AppealOut})
    def post(self, request: Request, pk: int) -> HttpResponse:
        given = read(request, AppealIn)
        own = Submission.objects.select_related("assignment__task__unit__current", "assignment__campaign")
        found = own.filter(pk=pk, assignment__person=request.user).first()
        if found is None:
            raise Missing("There is no such answer, or it is not yours.")
        made = appeals.appeal(found, given.reason, by=request.user)
        return answer(AppealOut(id=made.pk, status=made.status), 201)


class Decision(Call):
    """Read an appeal you may decide, and decide it."""

    scopes = {"GET": "work", "POST": "work"}

    @extend_schema(responses={200: Judged})
    def get(self, request: Request, pk: int) -> HttpResponse:
        found = _appeal(request, pk)
        unit = found.submission.assignment.task.unit
        return answer(Judged(id=found.pk, source=unit.item.content, texts=appeals.sides(found)))

    @extend_schema(request=DecisionIn, responses={200: AppealOut})
    def post(self, request: Request, pk: int) -> HttpResponse:
        given = read(request, DecisionIn)
        found = _appeal(request, pk)
        appeals.decide(found, given.acceptable, given.note, by=request.user)
        return answer(AppealOut(id=found.pk, status=found.status, note=found.note))


class MyCredits(Call):
    """Your own statement."""

    scopes = {"GET": "work"}

    @extend_schema(responses={200: Statement})
    def get(self, request: Request) -> HttpResponse:
        lines = statements.by_month(statements.ledger(person=request.user))
        shown = [CreditLine(**one | {"month": f"{one['month']:%Y-%m}"}) for one in statements.as_data(lines)]
        return answer(Statement(lines=shown, totals={unit: str(total) for unit, total in statements.totals(lines).items()}))


def _campaign(request: Request, pk: int) -> Campaign:
    """The campaign, if it exists as far as the caller may know, and they may be given work of it."""
    found = campaign_for(request.user, pk)
    if not policies.stages_for(request.user, found):
        raise Refused("Managers hand work out and do none of it.")
    return found


def _mine(request: Request, pk: int) -> Assignment:
    found = Assignment.objects.select_related(*assignments.RELATED).filter(pk=pk, person=request.user).first()
    if found is None:
        raise Missing("There is no such assignment, or it is not yours.")
    found.task.campaign = found.campaign
    return found


def _said(assignment: Assignment, request: Request) -> Comments:
    found = comments.on(assignment.task, request.user)
    return Comments(comments=[Comment(text=o.text, who=o.who, mine=o.mine, created=o.created) for o in found])


def _appeal(request: Request, pk: int) -> Appeal:
    found = Appeal.objects.select_related(*APPEAL).filter(pk=pk).first()
    if found is None:
        raise Missing("There is no such appeal, or it is not for you.")
    dataset_for(request.user, found.submission.assignment.campaign.dataset.slug)
    require(policies.judge_appeal(request.user, found))
    return found
