"""The round-trip report: what a provider can do in each language, seen before any work starts."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from annotation.models import Dataset
from core.errors import Missing
from frontend.pages.access import dataset_render, manager_page
from frontend.pages.box_chart import Chart, chart
from frontend.pages.forms import ProviderField, done, language_choice
from pipelines import round_trips as reports
from pipelines.actions import round_trips
from pipelines.models import Run

NAMES = {"chrf": "chrF++", "bleu": "BLEU", "ter": "TER"}
EARLIER = 20


class Sample(forms.Form):
    """Which languages, by whom, and how many sources of each."""

    provider = ProviderField()
    n = forms.IntegerField(label=_("Sources in each language"), min_value=1, max_value=10_000, initial=100)

    def __init__(self, dataset: Dataset, *args: Any) -> None:
        super().__init__(*args)
        self.fields = {"languages": language_choice(dataset.language_tags, label=_("Languages"))} | self.fields


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def page(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    form = Sample(dataset, request.POST or None)
    if form.is_valid() and (started := done(form, round_trips.start, dataset, **form.cleaned_data, by=request.user)):
        return redirect("run", dataset.slug, started.pk)
    found = list(reports.runs(dataset)[:EARLIER])
    shown = _chosen(found, request.GET.get("run", ""))
    report = reports.report(shown) if shown else None
    context = {
        "form": form,
        "earlier": found,
        "shown": shown,
        "report": report,
        "panels": [_panel(report, metric) for metric in reports.METRICS] if report and report.languages else [],
    }
    return dataset_render(request, "frontend/round_trips.html", dataset, status=422 if form.errors else 200, **context)


def _chosen(found: list[Run], asked: str) -> Run | None:
    """The run that is asked for; else the newest that has come to its end, else the newest."""
    if asked:
        chosen = next((run for run in found if str(run.pk) == asked), None)
        if chosen is None:
            raise Missing(_("There is no round-trip report %(run)s here.") % {"run": asked[:20]})
        return chosen
    return next((run for run in found if run.status == Run.Status.DONE), found[0] if found else None)


def _panel(report: reports.Report, metric: str) -> dict[str, Any]:
    languages, families = report.of(metric)
    charts: list[tuple[str, Chart]] = [("language", chart(languages, are_languages=True))]
    if len(families) > 1:
        charts.append(("family", chart(families, are_languages=False)))
    return {"name": NAMES[metric], "metric": metric, "charts": charts, "signatures": report.signatures[metric]}


urlpatterns = [path("d/<slug:slug>/round-trips/", page, name="round_trips")]
