"""Selections over the API: those there are, making one, and one with what it said of every item."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.request import Request

from annotation import policies
from annotation.models import Dataset
from annotation.models import Selection as SelectionRow
from core.errors import Missing
from core.policy import require
from frontend.api.calls import Body, Call, answer, read
from frontend.api.datasets import Run, shown
from frontend.pages.access import dataset_for
from pipelines.actions import selections
from pipelines.selectors import selectors

# Items a page; the next one begins after the last of them.
PAGE = 1000


class SelectionIn(Body):
    """A new selection's name, the selector with its parameters, the kinds it looks at, and a selection to look among."""

    name: str
    selector: dict[str, Any]
    kinds: list[str] = []
    among: str = ""


class Selection(BaseModel):
    """One selection: its rule, signed, and whose."""

    name: str
    selector: dict[str, Any]
    signature: str
    kinds: list[str]
    among: str | None
    created: datetime


class Selections(BaseModel):
    """The dataset's selections, the newest first."""

    selections: list[Selection]


class Part(BaseModel):
    """One bucket and split with its counts."""

    bucket: str
    split: str
    kept: int
    rejected: int


class Said(BaseModel):
    """What it said of one item; a reject has its reason."""

    item: str
    kept: bool
    bucket: str
    split: str
    reason: str


class SelectionDetail(Selection):
    """A selection with its counts and a page of its items; ``next`` is what to give as ``?after=`` for more, if there are."""

    parts: list[Part]
    items: list[Said]
    next: int | None


class SelectionList(Call):
    """A dataset's selections; making one is a run, and the answer is that run."""

    scopes = {"GET": "read", "POST": "run"}

    @extend_schema(operation_id="datasets_selections_list", responses=Selections)
    def get(self, request: Request, slug: str) -> HttpResponse:
        rows = _managed(request, slug).selections.select_related("among").order_by("-pk")
        return answer(Selections(selections=[Selection(**_basics(row)) for row in rows]))

    @extend_schema(request=SelectionIn, responses={201: Run})
    def post(self, request: Request, slug: str) -> HttpResponse:
        dataset = _managed(request, slug)
        given = read(request, SelectionIn)
        selector = selectors.build(given.selector)
        run = selections.start(dataset, given.name, selector=selector, kinds=given.kinds, among=given.among, by=request.user)
        return answer(shown(run), 201)


class SelectionView(Call):
    """One selection, with what it said of every item."""

    scopes = {"GET": "read"}

    @extend_schema(responses=SelectionDetail)
    def get(self, request: Request, slug: str, name: str) -> HttpResponse:
        row = _managed(request, slug).selections.select_related("among").filter(slug=name).first()
        if row is None:
            raise Missing("There is no such selection.")
        after = request.GET.get("after", "")
        rows = row.rows.filter(item__gt=int(after) if after.isdecimal() else 0).select_related("item").order_by("item")
        found = list(rows[: PAGE + 1])
        items = [
            Said(item=f"{one.item.kind}/{one.item.key}", kept=one.kept, bucket=one.bucket, split=one.split, reason=one.reason)
            for one in found[:PAGE]
        ]
        parts = [Part(**vars(part)) for part in selections.parts(row)]
        more = found[PAGE - 1].item_id if len(found) > PAGE else None
        return answer(SelectionDetail(**_basics(row), parts=parts, items=items, next=more))


def _managed(request: Request, slug: str) -> Dataset:
    dataset = dataset_for(request.user, slug)
    require(policies.manage(request.user, dataset))
    return dataset


def _basics(row: SelectionRow) -> dict[str, Any]:
    return {
        "name": row.slug, "selector": row.selector, "signature": row.signature, "kinds": row.kinds,
        "among": row.among and row.among.slug, "created": row.created,
    }  # fmt: skip
