"""What wants looking at in a dataset: what people flagged, and appeals, which are decided blind."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotation import policies
from annotation.actions import appeals, conversations
from annotation.models import Appeal, Dataset, Submission
from core.errors import Invalid, Missing
from core.policy import require
from frontend import mine
from frontend.pages.access import dataset_render, languages_of, member_page
from frontend.pages.forms import asked

SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_page
def review(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    require(policies.review(request.user, dataset))
    if request.method == "POST":
        return asked(request, {"resolve": _resolve})(request, dataset)
    tags = languages_of(request.user, dataset)
    flagged = flags(dataset, tags)
    context = {
        "waiting": flagged.filter(resolution__isnull=True)[:SHOWN],
        "resolved": flagged.filter(resolution__isnull=False).order_by("-resolution__pk")[:SHOWN],
        "schema": dataset.kinds.kinds,
        "mine": mine.appeals_to_decide(request.user).filter(submission__assignment__campaign__dataset=dataset)[:SHOWN],
        "appeals": _all_appeals(dataset) if policies.manage(request.user, dataset) else [],
    }
    return dataset_render(request, "frontend/review.html", dataset, **context)


def flags(dataset: Dataset, tags: list[str]) -> Any:
    """Answers of the dataset that flag something, in these languages, oldest first."""
    found = Submission.objects.filter(assignment__campaign__dataset=dataset, assignment__task__language__in=tags)
    related = "resolution", "assignment__campaign", "assignment__task__unit__item"
    return found.exclude(flagged="").select_related(*related).order_by("pk")


def _resolve(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    pk = request.POST.get("submission", "")
    related = "assignment__campaign__dataset", "assignment__task__unit__item"
    rows = Submission.objects.filter(assignment__campaign__dataset=dataset).select_related(*related)
    found = rows.filter(pk=pk).first() if pk.isdecimal() else None
    if found is None:
        raise Missing(_("It is not here any more: load the page again."))
    conversations.resolve(found, request.POST.get("note", ""), by=request.user)
    messages.success(request, _("Resolved; who flagged it reads your note."))
    return redirect("review", dataset.slug)


def _all_appeals(dataset: Dataset) -> Any:
    rows = Appeal.objects.filter(submission__assignment__campaign__dataset=dataset)
    return rows.select_related("submission__assignment__task__unit__item").order_by("-pk")[:SHOWN]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_page
def appeal(request: HttpRequest, dataset: Dataset, pk: int) -> HttpResponse:
    """One appeal: the source, the texts without names, and which of them will do."""
    related = "submission__assignment__campaign__dataset", "submission__assignment__task__unit__item"
    rows = Appeal.objects.filter(submission__assignment__campaign__dataset=dataset)
    found = rows.select_related(*related).filter(pk=pk).first()
    if found is None:
        raise Missing(_("%(dataset)s has no appeal %(pk)s.") % {"dataset": dataset, "pk": pk})
    require(policies.judge_appeal(request.user, found))
    problem = None
    if request.method == "POST":
        try:
            appeals.decide(found, request.POST.getlist("acceptable"), request.POST.get("note", ""), by=request.user)
            messages.success(request, _("Decided. Thank you."))
            return redirect("review", dataset.slug)
        except Invalid as refusal:
            problem = refusal
    unit = found.submission.assignment.task.unit
    context = {
        "appeal": found,
        "unit": unit,
        "kind": dataset.kinds.kind(unit.item.kind),
        "sides": appeals.sides(found),
        "note": request.POST.get("note", ""),
        "chosen": request.POST.getlist("acceptable"),
        "problem": problem,
    }
    return dataset_render(request, "frontend/appeal.html", dataset, status=422 if problem else 200, **context)


urlpatterns = [
    path("d/<slug:slug>/review/", review, name="review"),
    path("d/<slug:slug>/appeals/<int:pk>/", appeal, name="appeal"),
]
