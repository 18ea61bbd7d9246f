"""The revision report: what crowd and experts changed in a dataset's texts, in charts, each with its table as CSV."""

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from annotation import revision
from annotation.edits import DISTANCE_SIGNATURE, chrf
from annotation.models import Dataset, Unit
from annotation.revision import ALL, Report
from annotation.revision_tables import TABLES, Table
from core import spreadsheet
from core.errors import Missing
from frontend.pages import revision_charts
from frontend.pages.access import dataset_render, manager_page
from frontend.pages.sheets import csv_response
from frontend.templatetags.texts import language_label

REASONS_SHOWN = 12


@require_safe
@manager_page
def revision_page(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    report, wanted = _report(request, dataset)
    context: dict[str, Any] = {"report": report, "wanted": wanted, "tags": dataset.language_tags}
    if not report.empty:
        context |= _charts(report) | {"examples": _examples(dataset, report)}
        context |= {"distance_signature": DISTANCE_SIGNATURE, "chrf_signature": chrf("", "")[1]}
    return dataset_render(request, "frontend/revision.html", dataset, **context)


@require_safe
@manager_page
def revision_table(request: HttpRequest, dataset: Dataset, name: str) -> StreamingHttpResponse:
    """One table of the report as CSV."""
    if name not in TABLES:
        raise Missing(_("The report has no table %(name)s, only %(names)s.") % {"name": name, "names": ", ".join(TABLES)})
    report, wanted = _report(request, dataset)
    table = TABLES[name](report)
    file = "-".join(filter(None, (dataset.slug, wanted, "revision", name)))
    return csv_response(spreadsheet.lines(table.header, table.rows), f"{file}.csv")


def _report(request: HttpRequest, dataset: Dataset) -> tuple[Report, str]:
    """The report on all languages, or on the one that is asked for."""
    wanted = request.GET.get("language", "")
    if wanted and wanted not in dataset.language_tags:
        raise Missing(_("%(dataset)s is not translated into %(tag)s.") % {"dataset": dataset, "tag": wanted})
    return revision.report(dataset, [wanted] if wanted else []), wanted


def _charts(report: Report) -> dict[str, Any]:
    tables = {name: _named(make(report)) for name, make in TABLES.items() if name != "texts"}
    whole = _label(report.rows[-1])
    return {
        "changes": revision_charts.lines(tables["changes"], "share", "share_low", "share_high"),
        "written": any(one["written"] for one in tables["changes"].records),
        "distances": revision_charts.distances(tables["distances"]),
        "ratings": revision_charts.ratings(tables["ratings"]),
        "times": revision_charts.lines(tables["times"], "seconds_median", "seconds_q1", "seconds_q3"),
        "experts": (experts := _experts(tables["experts"].records)),
        "whole": next((one for one in experts if one["language"] == whole), None),
        "answers": sum(len(report.times[key].seconds) for key in report.times if key[0] == report.rows[-1]),
        "by_programs": sum(report.times[key].simulated for key in report.times if key[0] == report.rows[-1]),
        "rounds": tables["rounds"].records,
        "checks": [one for one in tables["checks"].records if one["language"] == whole],
        "reasons": tables["reasons"].records[:REASONS_SHOWN],
    }


def _named(table: Table) -> Table:
    """The table with its languages, its first column, as people call them."""
    return Table(table.header, [(_label(tag), *rest) for tag, *rest in table.rows])


def _label(tag: str) -> str:
    return _("all languages") if tag == ALL else language_label(tag)


def _experts(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each language what became of the texts experts looked at, by outcome."""
    found: dict[str, dict[str, Any]] = {}
    for one in records:
        row = found.setdefault(one["language"], {"language": one["language"]})
        row[one["outcome"].replace(" ", "_")] = one["texts"]
        if one["outcome"] == "bought":
            row |= {"share": one["share"], "low": one["share_low"], "high": one["share_high"]}
            row["decided"] = row["as_it_came"] + row["bought"]
    return list(found.values())


def _examples(dataset: Dataset, report: Report) -> list[tuple[str, list[tuple[Any, Any, Unit]]]]:
    """The largest edits by stage: each with its kind and its unit."""
    wanted = {one.revised.unit for stage in ("crowd", "expert") for one in report.examples.get(stage, ())}
    units = Unit.objects.select_related("item").in_bulk(wanted)
    return [
        (stage, [(one, dataset.kinds.kind(one.revised.kind), units[one.revised.unit]) for one in report.examples[stage]])
        for stage in ("crowd", "expert")
        if report.examples.get(stage)
    ]


urlpatterns = [
    path("d/<slug:slug>/revision/", revision_page, name="revision"),
    path("d/<slug:slug>/revision/<slug:name>.csv", revision_table, name="revision_table"),
]
