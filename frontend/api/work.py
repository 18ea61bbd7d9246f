"""Work over the API: claim a task, answer it, and what lies between. The two hot calls do nothing they need not do."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request

from annotation.actions import assignments, grading
from annotation.models import Assignment, Campaign
from core.errors import Missing, Refused
from core.models import User
from frontend import sheet
from frontend.api.calls import Body, Call, answer, nothing, read
from frontend.pages.access import dataset_for

NOT_YOURS = "There is no such assignment, or it is not yours."
KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True,
    description="A new random text for every answer; the same key with the same answer stores it once.",
)  # fmt: skip
NEXT = OpenApiParameter("next", int, description="1 hands out the next task in the same answer.")


class AnswerIn(Body):
    """An answer: what the task's type takes as payload, and what you want looked at."""

    payload: dict[str, Any]
    flagged: str = ""
    pastes: int = Field(0, ge=0, description="how often something was pasted into it, if you count")


class DraftIn(Body):
    """An unfinished answer, kept as it is."""

    payload: dict[str, Any]


class SkipIn(Body):
    """Why you cannot do it."""

    reason: str


class Submission(BaseModel):
    """An answer as it was stored."""

    id: int
    assignment: int
    seconds: float
    created: datetime


class Feedback(BaseModel):
    """What a person in training learns of their answer; nobody learns it of any other."""

    right: bool
    explanation: str
    accepted: list[dict[str, Any]] = Field(description="the right answers, each as a payload")


class Answered(BaseModel):
    """The stored answer, what is said to it in training, and the next task when it was asked for and there is one."""

    submission: Submission
    feedback: Feedback | None = None
    next: sheet.Task | None = None


class Lease(BaseModel):
    """How long a task stays yours."""

    lease_until: datetime = Field(description="by the server's clock")


class Claim(Call):
    """Your present task in a campaign, else the next one; 204 when nothing is left for you."""

    scopes = {"POST": "work"}

    @extend_schema(request=None, responses={200: sheet.Task, 204: None})
    def post(self, request: Request, pk: int) -> HttpResponse:
        task = _next(pk, request.user) or _at_last(pk, request.user)
        return answer(task) if task else nothing()


class Submit(Call):
    """Answer a task: 201, or 200 when the server had this very answer already."""

    scopes = {"POST": "work"}

    @extend_schema(parameters=[KEY, NEXT], request=AnswerIn, responses={201: Answered, 200: Answered})
    def post(self, request: Request, pk: int) -> HttpResponse:
        given = read(request, AnswerIn)
        assignment = _mine(request, pk)
        had = assignment.status == Assignment.Status.SUBMITTED
        key = request.headers.get("Idempotency-Key", "")
        stored = assignments.submit(assignment, given.payload, by=request.user, key=key, flagged=given.flagged, pastes=given.pastes)
        done = Submission(id=stored.pk, assignment=pk, seconds=stored.seconds, created=stored.created)
        said = grading.feedback(assignment)
        following = _next(assignment.campaign_id, request.user) if request.query_params.get("next") == "1" else None
        return answer(Answered(submission=done, feedback=said and Feedback(**said), next=following), 200 if had else 201)


class Draft(Call):
    """Keep an unfinished answer; it never counts as one."""

    scopes = {"POST": "work"}

    @extend_schema(request=DraftIn, responses={204: None})
    def post(self, request: Request, pk: int) -> HttpResponse:
        assignments.save_draft(_mine(request, pk), read(request, DraftIn).payload, by=request.user)
        return nothing()


class Heartbeat(Call):
    """You are still at it: the lease begins anew."""

    scopes = {"POST": "work"}

    @extend_schema(request=None, responses={200: Lease})
    def post(self, request: Request, pk: int) -> HttpResponse:
        return answer(Lease(lease_until=assignments.heartbeat(_mine(request, pk), by=request.user)))


class Skip(Call):
    """Leave a task to others for good."""

    scopes = {"POST": "work"}

    @extend_schema(request=SkipIn, responses={204: None})
    def post(self, request: Request, pk: int) -> HttpResponse:
        assignments.skip(_mine(request, pk), read(request, SkipIn).reason, by=request.user)
        return nothing()


class GiveBack(Call):
    """Put a task back for now; it may come to you again."""

    scopes = {"POST": "work"}

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: int) -> HttpResponse:
        assignments.give_back(_mine(request, pk), by=request.user)
        return nothing()


def _mine(request: Request, pk: int) -> Assignment:
    """The caller's own assignment; somebody else's is not there."""
    found = assignments.given(pk, request.user)
    if found is None:
        raise Missing(NOT_YOURS)
    return found


def _next(campaign: int, person: User) -> sheet.Task | None:
    """The person's next task; None where nothing is given to them, whatever the reason."""
    assignment = assignments.take(campaign, by=person)
    return sheet.task(assignment)[0] if assignment else None


def _at_last(pk: int, person: User) -> sheet.Task | None:
    """What takes a closer look at the campaign: somebody's first training or test; else raise why they are given nothing."""
    campaign = Campaign.objects.select_related("dataset").filter(pk=pk).first()
    if campaign is None:
        raise Missing("There is no such campaign, or it is not for you.")
    try:
        assignment = assignments.claim(campaign, by=person)
    except Refused:
        dataset_for(person, campaign.dataset.slug)  # for strangers it does not even exist
        raise
    return sheet.task(assignment)[0] if assignment else None
