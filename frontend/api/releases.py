"""Releases over the API: those there are, making one, and one with its files; published ones are everybody's."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.request import Request

from annotation import policies
from annotation.models import Dataset
from core.errors import Missing
from core.models import User
from core.policy import require
from frontend.api.calls import Body, Call, answer, read
from frontend.pages.access import dataset_for
from pipelines.actions import releases
from pipelines.models import Release as ReleaseRow


class ReleaseIn(Body):
    """What to freeze: no languages are all of them; a selection, by its name, is only what that kept."""

    version: str
    languages: list[str] = []
    minimum: Literal["verified", "drafted"] = "verified"
    selection: str = ""


class Release(BaseModel):
    """One version of a dataset."""

    dataset: str
    version: str
    status: str
    created: datetime
    terms: dict[str, Any]
    gate: dict[str, Any]


class File(BaseModel):
    """One file of a release: where it is, and what its bytes must hash to."""

    path: str
    bytes: int
    sha256: str
    url: str


class ReleaseDetail(Release):
    """A release with its files."""

    files: list[File]


class Releases(BaseModel):
    """The releases you may see, the newest first."""

    releases: list[Release]


class Started(BaseModel):
    """A frozen release, and the run that builds its files."""

    release: Release
    run: int


class ReleaseList(Call):
    """A dataset's releases; making one freezes its rows at once, and a run builds the files."""

    scopes = {"GET": "read", "POST": "release"}
    public = True

    @extend_schema(operation_id="datasets_releases_list", responses=Releases)
    def get(self, request: Request, slug: str) -> HttpResponse:
        rows = ReleaseRow.objects.filter(dataset__slug=slug).select_related("dataset").order_by("-pk")
        seen = [row for row in rows if policies.read_release(request.user, row)]
        if not seen:
            _there(request.user, slug)
        return answer(Releases(releases=[Release(**_basics(row)) for row in seen]))

    @extend_schema(request=ReleaseIn, responses={201: Started})
    def post(self, request: Request, slug: str) -> HttpResponse:
        dataset = dataset_for(request.user, slug)
        require(policies.build_release(request.user, dataset))
        given = read(request, ReleaseIn)
        frozen = releases.freeze(dataset, **given.model_dump(), by=request.user)
        run = releases.build(frozen, by=request.user)
        return answer(Started(release=Release(**_basics(frozen)), run=run.pk), 201)


class ReleaseView(Call):
    """One release with its files, their SHA-256 and where to fetch them."""

    scopes = {"GET": "read"}
    public = True

    @extend_schema(responses=ReleaseDetail)
    def get(self, request: Request, slug: str, version: str) -> HttpResponse:
        rows = ReleaseRow.objects.filter(dataset__slug=slug, version=version).select_related("dataset")
        row = rows.first()
        if row is None or not policies.read_release(request.user, row):
            raise Missing("There is no such release, or it is not for you.")
        files = [
            File(path=one.path, bytes=one.bytes, sha256=one.sha256, url=_url(request, row, one.path)) for one in row.files.all()
        ]
        return answer(ReleaseDetail(**_basics(row), files=files))


def _there(user: User, slug: str) -> Dataset:
    """Without a release to show, whether the dataset is there is for its members to know."""
    if not user.is_authenticated:
        raise Missing("There is no such dataset, or it has no published release.")
    return dataset_for(user, slug)


def _basics(row: ReleaseRow) -> dict[str, Any]:
    return {
        "dataset": row.dataset.slug, "version": row.version, "status": row.status,
        "created": row.created, "terms": row.terms, "gate": row.gate,
    }  # fmt: skip


def _url(request: Request, row: ReleaseRow, path: str) -> str:
    return request.build_absolute_uri(reverse("download", args=[row.dataset.slug, row.version, path]))
