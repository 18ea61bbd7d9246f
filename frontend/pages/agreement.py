"""Agreement: how much people agree by campaign, language and week, every measure beside the others, and the same as CSV."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from annotation.agreement import NAMES
from annotation.agreement.bootstrap import SIGNATURE
from annotation.agreement.reading import HEADER, Row, of_dataset
from annotation.models import Campaign, Dataset
from core import spreadsheet
from frontend.pages.access import campaign_of, dataset_render, manager_page
from frontend.pages.agreement_charts import Chart, charts
from frontend.pages.sheets import csv_response
from frontend.spoken import spoken


@dataclass(frozen=True)
class Section:
    """One campaign's answers to one question: its rows over all weeks, those by week, and a chart for each language."""

    campaign: Campaign
    question: str
    names: list[str]
    whole: list[Row]
    weeks: list[Row]
    charts: list[Chart]

    @property
    def scale(self) -> str:
        return self.whole[0].scale

    @property
    def votes(self) -> int:
        return sum(row.found.votes for row in self.whole)

    @property
    def simulated(self) -> int:
        """How many of the answers come from simulated people."""
        return sum(row.simulated for row in self.whole)

    @property
    def gaps(self) -> list[str]:
        """Why cells of its tables are empty, each reason once."""
        found = (
            f"{spoken(NAMES[name])}: {spoken(one.reason)}"
            for row in (*self.whole, *self.weeks)
            for name, one in row.found.measures.items()
            if one.reason
        )
        return list(dict.fromkeys(found))


@require_safe
@manager_page
def agreement_page(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    campaign = _wanted(request, dataset)
    context = {
        "sections": list(_sections(of_dataset(dataset, campaign=campaign))),
        "campaign": campaign,
        "intervals": SIGNATURE,
    }
    return dataset_render(request, "frontend/agreement.html", dataset, **context)


@require_safe
@manager_page
def agreement_table(request: HttpRequest, dataset: Dataset) -> StreamingHttpResponse:
    """What the page shows, a line for each row and measure."""
    campaign = _wanted(request, dataset)
    records = [record for row in of_dataset(dataset, campaign=campaign) for record in row.records]
    file = "-".join([dataset.slug, *([campaign.slug] if campaign else []), "agreement"])
    return csv_response(spreadsheet.lines(HEADER, ([record[name] for name in HEADER] for record in records)), f"{file}.csv")


def _wanted(request: HttpRequest, dataset: Dataset) -> Campaign | None:
    """The campaign that is asked for; None for all of them."""
    slug = request.GET.get("campaign", "")
    return campaign_of(dataset, slug) if slug else None


def _sections(rows: Iterable[Row]) -> Iterator[Section]:
    """Sections by campaign, the newest first, and question."""
    ordered = sorted(rows, key=lambda row: (-row.campaign.pk, row.question))
    for _place, some in groupby(ordered, key=lambda row: (row.campaign.pk, row.question)):
        own = list(some)
        whole, weeks = [row for row in own if not row.week], [row for row in own if row.week]
        names = [NAMES[name] for name in whole[0].found.measures]
        yield Section(whole[0].campaign, whole[0].question, names, whole, weeks, list(charts(weeks)))


urlpatterns: list[Any] = [
    path("d/<slug:slug>/agreement/", agreement_page, name="agreement"),
    path("d/<slug:slug>/agreement/agreement.csv", agreement_table, name="agreement_table"),
]
