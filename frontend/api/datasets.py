"""Datasets over the API: which there are for you, what is in one, files to bring in, machines to set to work."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from annotation import policies
from annotation.models import Dataset as DatasetRow
from core.errors import Invalid, Missing
from core.policy import require
from frontend.api.calls import Body, Call, answer, read
from frontend.pages import progress
from frontend.pages.access import dataset_for
from pipelines.actions import drafts, imports, makings, runs
from pipelines.importers import importers
from pipelines.models import Run as RunRow
from pipelines.providers import provider

RESULTS: dict[str, Callable[[RunRow], dict[str, Any]]] = {
    "import_file": imports.result,
    "draft": drafts.result,
    "make": lambda run: asdict(makings.result(run)),
}


class Dataset(BaseModel):
    """A dataset in a list."""

    slug: str
    name: str
    source_language: str
    languages: list[str]


class Campaign(BaseModel):
    """A campaign; its id is what work is claimed by."""

    id: int
    slug: str
    name: str
    status: str


class DatasetDetail(Dataset):
    """A dataset with its schema, its campaigns, and how many units stand at each status."""

    description: str
    licence: str
    schema_: dict[str, Any] = Field(serialization_alias="schema")
    units: dict[str, int]
    campaigns: list[Campaign]


class Datasets(BaseModel):
    """The datasets you belong to."""

    datasets: list[Dataset]


class RunIn(Body):
    """What to draft and who is to do it: ``openai:MODEL``, ``apertium`` or ``replay:demo``."""

    languages: list[str] = Field(min_length=1)
    provider: str
    kinds: list[str] = []
    limit: int | None = Field(None, ge=1)
    existing: Literal["check", "skip"] = "check"
    threshold: float = Field(45.0, ge=0, le=100)
    batching: Literal["", "send"] = ""
    """``send`` has the requests asked by batches of the endpoint's."""


class ImportIn(BaseModel):
    """A file as multipart form data, its format, and the format's parameters as a JSON object."""

    file: str = Field(json_schema_extra={"format": "binary"})
    format: str = "jsonl"
    split: str = "test"
    params: str = "{}"


class Run(BaseModel):
    """A piece of machine work: how far it is, its bill, what went wrong, and what came of it so far."""

    id: int
    dataset: str
    job: dict[str, Any]
    status: str
    message: str
    created: datetime
    finished: datetime | None
    summary: runs.Summary
    result: dict[str, Any] | None


class DatasetList(Call):
    """The datasets you belong to, by slug."""

    scopes = {"GET": "read"}

    @extend_schema(operation_id="datasets_list", responses=Datasets)
    def get(self, request: Request) -> HttpResponse:
        mine = DatasetRow.objects.prefetch_related("languages").order_by("slug")
        if not request.user.is_superuser:
            mine = mine.filter(members__user=request.user, members__status="active")
        return answer(Datasets(datasets=[Dataset(**_basics(row)) for row in mine]))


class DatasetView(Call):
    """One dataset you belong to."""

    scopes = {"GET": "read"}

    @extend_schema(responses=DatasetDetail)
    def get(self, request: Request, slug: str) -> HttpResponse:
        row = dataset_for(request.user, slug)
        counts, campaigns = progress.of_datasets([row])[row.pk], row.campaigns.order_by("pk")
        return answer(
            DatasetDetail(
                **_basics(row),
                description=row.description,
                licence=row.licence,
                schema_=row.schema,
                units=vars(counts),
                campaigns=[Campaign(**one) for one in campaigns.values("id", "slug", "name", "status")],
            )
        )


class ImportList(Call):
    """Bring in a file; the answer is the run that does it."""

    scopes = {"POST": "import"}
    max_bytes = settings.MAX_UPLOAD_BYTES
    parser_classes = [MultiPartParser]

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        # Straight to disk: the action copies the file from there.
        request.upload_handlers = [TemporaryFileUploadHandler(request)]
        return super().initialize_request(request, *args, **kwargs)

    @extend_schema(request={"multipart/form-data": ImportIn}, responses={201: Run})
    def post(self, request: Request, slug: str) -> HttpResponse:
        dataset = dataset_for(request.user, slug)
        require(policies.import_into(request.user, dataset))
        file, form = request.FILES.get("file"), request.POST
        if file is None:
            raise Invalid("Send the file as the form field “file”.", {"file": "is missing"})
        importer = importers.build({"name": form.get("format", "jsonl"), "params": _params(form.get("params", "{}"))})
        run = imports.start(
            dataset, Path(file.temporary_file_path()), importer=importer, split=form.get("split", "test"),
            name=file.name, by=request.user,
        )  # fmt: skip
        return answer(shown(run), 201)


class RunList(Call):
    """Set machines to work on a dataset's units; the answer is the run."""

    scopes = {"POST": "run"}

    @extend_schema(request=RunIn, responses={201: Run})
    def post(self, request: Request, slug: str) -> HttpResponse:
        dataset = dataset_for(request.user, slug)
        require(policies.start_run(request.user, dataset))
        given = read(request, RunIn)
        wanted = given.model_dump() | {"provider": provider(given.provider)}
        return answer(shown(drafts.start(dataset, **wanted, by=request.user)), 201)


class RunView(Call):
    """How far a run is."""

    scopes = {"GET": "read"}

    @extend_schema(responses=Run)
    def get(self, request: Request, pk: int) -> HttpResponse:
        run = RunRow.objects.select_related("dataset").filter(pk=pk).first()
        if run is None or not policies.read_dataset(request.user, run.dataset):
            raise Missing("There is no such run, or it is not for you.")
        require(policies.manage(request.user, run.dataset))
        return answer(shown(run))


def shown(run: RunRow) -> Run:
    """A run as the API shows it."""
    result = RESULTS.get(run.job["name"])
    return Run(
        id=run.pk,
        dataset=run.dataset.slug,
        job=run.job,
        status=run.status,
        message=run.message,
        created=run.created,
        finished=run.finished,
        summary=runs.summary(run),
        result=result(run) if result else None,
    )


def _basics(row: DatasetRow) -> dict[str, Any]:
    return {
        "slug": row.slug, "name": row.name, "source_language": row.source_language, "languages": row.language_tags,
    }  # fmt: skip


def _params(text: str) -> dict[str, Any]:
    try:
        params = json.loads(text)
    except ValueError:
        params = None
    if not isinstance(params, dict):
        raise Invalid("The parameters are to be a JSON object.", {"params": "is no JSON object"})
    return params
