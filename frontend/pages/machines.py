"""Models as annotators of a campaign: asking one, how its answers agree with people's, and both as CSV."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from annotation.agreement.bootstrap import SIGNATURE
from annotation.models import Campaign, Dataset
from core import spreadsheet
from core.errors import Missing
from core.hashing import canonical
from frontend.pages.access import campaign_of, dataset_render, manager_page
from frontend.pages.forms import BatchingField, BudgetField, ProviderField, done, language_choice
from frontend.pages.sheets import csv_response
from pipelines import machine_agreement
from pipelines.actions import annotators
from pipelines.machine_agreement import Beside
from pipelines.models import MachineSubmission, Run

ANSWERS = ("kind", "key", "language", "round", "annotator", "recorded", "guideline", "created", "payload")


class Ask(forms.Form):
    """Which model, about how much, and what it may cost."""

    provider = ProviderField()
    limit = forms.IntegerField(
        label=gettext_lazy("At most so many tasks"), required=False, min_value=1, help_text=gettext_lazy("Empty: all.")
    )
    batching = BatchingField()
    budget = BudgetField()

    def __init__(self, campaign: Campaign, *args: Any) -> None:
        super().__init__(*args)
        tags = campaign.languages or campaign.dataset.language_tags
        some = language_choice(tags, label=_("Languages"), required=False, help_text=_("None ticked: all."))
        self.fields = {"provider": self.fields["provider"], "languages": some} | self.fields


@dataclass(frozen=True)
class Section:
    """One model: how it agrees with people, by language and question."""

    annotator: str
    recorded: bool
    rows: list[Beside]

    @property
    def notes(self) -> list[tuple[Beside, str]]:
        """Rows of which the test says nothing, or nothing sure, and why."""
        return [(row, row.test.reason) for row in self.rows if row.test.reason]


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def page(request: HttpRequest, dataset: Dataset, campaign: str) -> HttpResponse:
    found = campaign_of(dataset, campaign)
    form = Ask(found, request.POST or None)
    if form.is_valid() and (started := done(form, annotators.start, found, **form.cleaned_data, by=request.user)):
        return redirect("run", dataset.slug, started.pk)
    agreed = machine_agreement.of_campaign(found)
    context = {
        "campaign": found,
        "form": form,
        "sections": list(_sections(agreed)),
        "people": dict(dataset.members.values_list("user", "pseudonym")),
        "intervals": SIGNATURE,
        "runs": dataset.runs.filter(job__name="annotate", job__params__campaign=found.pk).exclude(status=Run.Status.DONE).order_by("-pk"),
    }
    return dataset_render(request, "frontend/machines.html", dataset, status=422 if form.errors else 200, **context)


def _sections(agreed: Iterable[Beside]) -> Iterator[Section]:
    for (annotator, recorded), rows in groupby(agreed, key=lambda one: (one.annotator, one.recorded)):
        yield Section(annotator, recorded, list(rows))


@require_safe
@manager_page
def table(request: HttpRequest, dataset: Dataset, campaign: str, name: str) -> StreamingHttpResponse:
    """The models' answers, or how they agree with people's."""
    found = campaign_of(dataset, campaign)
    if name == "answers":
        lines = spreadsheet.lines(ANSWERS, _answers(found))
    elif name == "agreement":
        records = [record for one in machine_agreement.of_campaign(found) for record in one.records(found)]
        lines = spreadsheet.lines(machine_agreement.HEADER, ([one[key] for key in machine_agreement.HEADER] for one in records))
    else:
        raise Missing(_("There are answers.csv and agreement.csv."))
    return csv_response(lines, f"{dataset.slug}-{found.slug}-machine-{name}.csv")


def _answers(campaign: Campaign) -> Iterator[list[Any]]:
    rows = MachineSubmission.objects.filter(campaign=campaign).order_by("annotator", "task", "pk").values_list(
        "task__unit__item__kind", "task__unit__item__key", "task__language", "task__round", "annotator", "recorded",
        "guideline__version", "created", "payload",
    )  # fmt: skip
    for *plain, recorded, guideline, created, payload in rows.iterator(chunk_size=2000):
        yield [*plain, "yes" if recorded else "no", guideline, created.isoformat(), canonical(payload).decode()]


urlpatterns: list[Any] = [
    path("d/<slug:slug>/campaigns/<slug:campaign>/machines/", page, name="machines"),
    path("d/<slug:slug>/campaigns/<slug:campaign>/machines/<slug:name>.csv", table, name="machine_table"),
]
