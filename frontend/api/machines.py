"""What machines make and answer, over the API: items made of items, models put to a campaign's tasks, and what those answered."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request

from annotation import policies
from annotation.models import Campaign
from core.policy import require
from frontend.api.calls import Body, Call, answer, read
from frontend.api.datasets import Run, shown
from frontend.pages.access import campaign_for, dataset_for
from pipelines import machine_agreement
from pipelines.actions import annotators, makings
from pipelines.models import MachineSubmission
from pipelines.providers import Provider, provider

# Answers a page; the next one begins after the last of them.
PAGE = 1000
AFTER = OpenApiParameter("after", int, description="The ``next`` of the page before.")


class MakingIn(Body):
    """A step that makes items and its parameters, of which kind it makes them, and who is asked: ``openai:MODEL`` or ``replay:demo``."""

    step: str | dict[str, Any]
    """A step's name, or its name and params."""
    source: str
    """The kind of the items that something is made of."""
    kind: str = ""
    """The kind of what is made; the source's own where it is left out."""
    languages: list[str] = Field(min_length=1)
    provider: str = ""
    judge: str = ""
    same_judge: bool = False
    fields: dict[str, str] = {}
    """What that kind calls a field that the step fills, where the names differ."""
    text: Literal["source", "translation"] = "source"
    limit: int | None = Field(None, ge=1)
    pilot: bool = False
    """Of 20 items at random."""
    batching: Literal["", "send"] = ""
    """``send`` has the requests asked by batches of the endpoint's."""
    budget: Decimal | None = Field(None, gt=0, description="US dollars this run may spend")


class Maker(BaseModel):
    """A step that makes items: what it does, the fields it fills (none: the same texts in other words), its parameters."""

    name: str
    about: str
    makes: list[str]
    parameters: list[str]


class Makers(BaseModel):
    """The steps that make items, by name."""

    makers: list[Maker]


class AskIn(Body):
    """Which model is put to a campaign's tasks, in which languages (none: all), about how many, and what it may cost."""

    provider: str
    languages: list[str] = []
    limit: int | None = Field(None, ge=1)
    batching: Literal["", "send"] = ""
    """``send`` has the requests asked by batches of the endpoint's."""
    budget: Decimal | None = Field(None, gt=0, description="US dollars this run may spend")


class Agreed(BaseModel):
    """One figure of how a model agrees with people, or they with each other; without a value ``reason`` says why there is none."""

    campaign: str
    annotator: str
    recorded: bool
    language: str
    question: str
    scale: str
    tasks: int
    people: int
    between: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    reason: str


class Answered(BaseModel):
    """A model's answer to one task, as a payload of the campaign's task type."""

    item: str
    language: str
    round: int
    annotator: str
    recorded: bool
    guideline: int | None
    created: datetime
    payload: dict[str, Any]


class Machines(BaseModel):
    """How models agree with people, and a page of their answers; ``next`` is what to give as ``?after=`` for more, if there are."""

    agreement: list[Agreed]
    answers: list[Answered]
    next: int | None


class MakingList(Call):
    """Steps that make new items of a dataset's items; having one do so is a run, and the answer is that run."""

    scopes = {"GET": "read", "POST": "run"}

    @extend_schema(operation_id="datasets_makers_list", responses=Makers)
    def get(self, request: Request, slug: str) -> HttpResponse:
        require(policies.manage(request.user, dataset_for(request.user, slug)))
        found = [
            Maker(name=name, about=str(step.about()), makes=list(step.makes or ()), parameters=list(step.model_fields))
            for name, step in sorted(makings.makers().items())
        ]
        return answer(Makers(makers=found))

    @extend_schema(request=MakingIn, responses={201: Run})
    def post(self, request: Request, slug: str) -> HttpResponse:
        dataset = dataset_for(request.user, slug)
        require(policies.start_run(request.user, dataset))
        given = read(request, MakingIn).model_dump()
        given |= {name: _provider(given[name]) for name in ("provider", "judge")}
        return answer(shown(makings.start(dataset, given.pop("step"), **given, by=request.user)), 201)


class MachineList(Call):
    """Models as annotators of a campaign: beside people's answers, and counted nowhere among them. Asking one is a run."""

    scopes = {"GET": "read", "POST": "run"}

    @extend_schema(parameters=[AFTER], responses=Machines)
    def get(self, request: Request, pk: int) -> HttpResponse:
        campaign, after = _managed(request, pk), request.GET.get("after", "")
        rows = MachineSubmission.objects.filter(campaign=campaign, pk__gt=int(after) if after.isdecimal() else 0).order_by("pk")
        found = list(rows.select_related("task__unit__item", "guideline")[: PAGE + 1])
        agreed = machine_agreement.of_campaign(campaign) if not after else []
        return answer(
            Machines(
                agreement=[Agreed(**record) for one in agreed for record in one.records(campaign)],
                answers=[_answered(row) for row in found[:PAGE]],
                next=found[PAGE - 1].pk if len(found) > PAGE else None,
            )
        )

    @extend_schema(request=AskIn, responses={201: Run})
    def post(self, request: Request, pk: int) -> HttpResponse:
        campaign = _managed(request, pk)
        given = read(request, AskIn)
        wishes = given.model_dump(exclude={"provider"})
        return answer(shown(annotators.start(campaign, provider=provider(given.provider), **wishes, by=request.user)), 201)


def _provider(text: str) -> Provider | None:
    return provider(text) if text else None


def _answered(row: MachineSubmission) -> Answered:
    item, task = row.task.unit.item, row.task
    return Answered(
        item=f"{item.kind}/{item.key}", language=task.language, round=task.round, annotator=row.annotator, recorded=row.recorded,
        guideline=row.guideline and row.guideline.version, created=row.created, payload=row.payload,
    )  # fmt: skip


def _managed(request: Request, pk: int) -> Campaign:
    campaign = campaign_for(request.user, pk)
    require(policies.manage(request.user, campaign.dataset))
    return campaign
