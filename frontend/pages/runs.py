"""What machines do for a dataset: the runs there are, one run live, and what they may spend."""

import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from annotation.models import Dataset
from core import spreadsheet
from core.errors import Missing
from core.told import told
from frontend.pages.access import dataset_render, manager_page
from frontend.pages.forms import asked, done
from frontend.pages.sheets import csv_response
from pipelines import rule_quality
from pipelines.actions import budgets, drafts, imports, makings, runs
from pipelines.jobs import jobs
from pipelines.models import Budget, Release, Run, RunItem

SHOWN = 100
REJECTIONS_SHOWN = 20


class Caps(forms.Form):
    """What a dataset may spend on models."""

    soft = forms.DecimalField(
        label=_("Soft cap, US dollars"), required=False, max_digits=10, decimal_places=2,
        help_text=_("From here on the pages say so; the work goes on."),
    )  # fmt: skip
    hard = forms.DecimalField(
        label=_("Hard cap, US dollars"), required=False, max_digits=10, decimal_places=2,
        help_text=_("No call is made that could pass it: a run that would stops, and goes on when the cap is raised."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def budget(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    now = Budget.objects.filter(dataset=dataset).first()
    said = request.POST if request.method == "POST" else None
    form = Caps(said, initial={name: _money(getattr(now, name)) for name in ("soft", "hard")} if now else None)
    if form.is_valid():
        done(form, budgets.set_for, dataset, **form.cleaned_data, by=request.user)
        if not form.errors:
            return redirect("runs", dataset.slug)
    status = 422 if form.errors else 200
    return dataset_render(request, "frontend/budget.html", dataset, status=status, form=form, budget=now)


def _money(cap: Decimal | None) -> str:
    return "" if cap is None else f"{cap:.2f}"


@require_safe
@manager_page
def runs_page(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    found = list(dataset.runs.select_related("created_by").order_by("-pk")[:SHOWN])
    counts: dict[int, dict[str, int]] = defaultdict(lambda: {"done": 0, "dead": 0, "total": 0})
    rows = RunItem.objects.filter(run__in=found).values_list("run", "status").annotate(Count("pk"))
    for run, status, count in rows:
        counts[run]["total"] += count
        if status in ("done", "dead"):
            counts[run][status] += count
    shown = [(run, label_of(run), counts[run.pk]) for run in found]
    budget = Budget.objects.filter(dataset=dataset).first()
    return dataset_render(request, "frontend/runs.html", dataset, runs=shown, budget=budget)


def label_of(run: Run) -> str:
    """What a run does, in words; a job that is not installed any more goes by its name."""
    name = run.job.get("name", "")
    return gettext(jobs.all[name].label) if name in jobs.all else name


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def run(request: HttpRequest, dataset: Dataset, pk: int) -> HttpResponse:
    found = _run_of(dataset, pk)
    if request.method == "POST":
        asked(request, {"cancel": runs.cancel, "resume": runs.resume})(found, by=request.user)
        return redirect("run", dataset.slug, pk)
    if request.htmx and found.status != Run.Status.RUNNING:
        # It has just come to its end: the whole page has other things to say now.
        return HttpResponseClientRefresh()
    template = "frontend/parts/run_progress.html" if request.htmx else "frontend/run.html"
    spec = json.dumps(found.job, indent=2, ensure_ascii=False)
    drafted = found.job.get("name") == "draft" and found.status != Run.Status.RUNNING
    quality = rule_quality.of_run(found) if drafted else None
    return dataset_render(request, template, dataset, spec=spec, quality=quality, **progress_of(found))


def progress_of(run: Run) -> dict[str, Any]:
    """What the progress of a run shows."""
    context: dict[str, Any] = {"run": run, "label": label_of(run), "summary": runs.summary(run)}
    context["budgets"] = budgets.of(run) if context["summary"].calls else []
    if run.job.get("name") == "draft":
        context["projection"] = drafts.projection(run)
    if run.job.get("name") == "make":
        context["made"] = makings.result(run)
    if run.job.get("name") == "import_file":
        context["imported"] = imports.result(run)
        context["rejections"] = run.rejections.order_by("line", "pk")[:REJECTIONS_SHOWN]
    if run.job.get("name") == "build":
        context["release"] = Release.objects.filter(dataset=run.dataset_id, pk=run.job["params"]["release"]).first()
    return context


@require_safe
@manager_page
def run_errors(request: HttpRequest, dataset: Dataset, pk: int) -> StreamingHttpResponse:
    """The whole error list: the rows an import did not take, or the items any other run gave up."""
    found = _run_of(dataset, pk)
    name = f"{dataset.slug}-run-{pk}-errors.csv"
    return csv_response(_csv_lines(found), name)


def _csv_lines(run: Run) -> Iterator[str]:
    if run.job.get("name") == "import_file":
        rejected = run.rejections.order_by("line", "pk").values_list("line", "field", "reason")
        return spreadsheet.lines(("line", "field", "reason"), rejected.iterator(2000))
    dead = run.items.filter(status=RunItem.Status.DEAD).order_by("pk").values_list("pk", "error_class", "error")
    return spreadsheet.lines(("item", "error", "reason"), dead.iterator(2000))


def _run_of(dataset: Dataset, pk: int) -> Run:
    found = dataset.runs.filter(pk=pk).first()
    if found is None:
        raise Missing(told("{dataset} has no run {pk}.", dataset=dataset, pk=pk))
    return found


urlpatterns = [
    path("d/<slug:slug>/runs/", runs_page, name="runs"),
    path("d/<slug:slug>/runs/<int:pk>/", run, name="run"),
    path("d/<slug:slug>/runs/<int:pk>/errors.csv", run_errors, name="run_errors"),
    path("d/<slug:slug>/budget/", budget, name="budget"),
]
