"""A dataset's own pages: making one, its overview, its history."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.validators import validate_slug
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from annotation import policies
from annotation.actions import datasets
from annotation.models import Campaign, Dataset
from annotation.models.members import Role
from core.models import Event
from core.policy import require
from frontend.pages import next_steps, progress, schemas
from frontend.pages.access import dataset_render, languages_of, member_page
from frontend.pages.forms import TagsField, Text, YamlField, done
from frontend.pages.runs import label_of

EVENTS_SHOWN = 100


class NewDataset(forms.Form):
    """Everything a dataset starts with; all but the slug and the schema can be chosen later."""

    name = forms.CharField(label=_("Name"), max_length=120)
    slug = forms.CharField(
        label=_("Short name"), max_length=60, validators=[validate_slug],
        help_text=_("In addresses and file names, for good: small letters, digits and hyphens."),
    )  # fmt: skip
    description = Text(label=_("Description"), required=False)
    source_language = forms.CharField(
        label=_("Source language"), max_length=35, initial="en", help_text=_("A BCP 47 tag.")
    )
    languages = TagsField(
        label=_("Target languages"), required=False,
        help_text=_("BCP 47 tags apart by spaces, such as: sw my pt-BR. More can be added at any time."),
    )  # fmt: skip
    licence = forms.CharField(
        label=_("Licence"), max_length=60, initial="cc-by-4.0", help_text=_("An SPDX identifier.")
    )
    schema = YamlField(label=_("Schema"), help_text=_("The kinds of record and their fields, as YAML."))


class NewLanguage(forms.Form):
    tag = forms.CharField(
        label=_("Language tag"), max_length=35, widget=forms.TextInput(attrs={"placeholder": "pt-BR"})
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def dataset_new(request: HttpRequest) -> HttpResponse:
    require(policies.create_dataset(request.user))
    preset = schemas.PRESETS.get(request.GET.get("like", ""), schemas.PRESETS["sentences"])
    form = NewDataset(request.POST or None, initial={"schema": preset.text})
    if form.is_valid() and (made := done(form, datasets.create, **form.cleaned_data, by=request.user)):
        messages.success(request, gettext("%(name)s is made. Bring in its items next.") % {"name": made})
        return redirect("dataset", made.slug)
    context = {"form": form, "presets": schemas.PRESETS, "chosen": preset}
    return render(request, "frontend/dataset_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def dataset(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    if request.method == "POST":
        return _add_language(request, dataset)
    return _overview(request, dataset, NewLanguage())


def _add_language(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    require(policies.manage(request.user, dataset))
    form = NewLanguage(request.POST)
    if form.is_valid() and (
        added := done(form, datasets.add_language, dataset, form.cleaned_data["tag"], by=request.user)
    ):
        messages.success(request, gettext("%(language)s is added.") % {"language": added.language})
        return redirect("dataset", dataset.slug)
    return _overview(request, dataset, form, status=422)


def _overview(request: HttpRequest, dataset: Dataset, form: forms.Form, status: int = 200) -> HttpResponse:
    counts = progress.matrix(dataset, languages_of(request.user, dataset))
    totals = {tag: sum(kinds.values(), progress.Counts()) for tag, kinds in counts.items()}
    campaigns = dataset.campaigns.order_by("-pk")
    context: dict[str, Any] = {
        "matrix": [(tag, totals[tag], kinds) for tag, kinds in counts.items()],
        "kinds": list(next(iter(counts.values()), {})),
        "items": dataset.items.count(),
        "language_form": form,
        "work": [one for one in campaigns.filter(status=Campaign.Status.LIVE) if policies.work_in(request.user, one)],
        "campaigns": campaigns[:5],
        "releases": releases_for(request.user, dataset)[:5],
    }
    if policies.manage(request.user, dataset):
        context["steps"] = next_steps.of(dataset, sum(totals.values(), progress.Counts()))
        context["runs"] = [(run, label_of(run)) for run in dataset.runs.order_by("-pk")[:5]]
    return dataset_render(request, "frontend/dataset.html", dataset, status=status, **context)


def releases_for(user: Any, dataset: Dataset) -> QuerySet:
    """A dataset's releases as far as this person sees them, newest first."""
    found = dataset.releases.order_by("-pk")
    return found if policies.manage(user, dataset) else found.filter(status="published")


@require_safe
@member_page
def history(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    """What happened, newest first: everything for managers, for the others what they did themselves."""
    events = Event.objects.filter(scope=f"dataset:{dataset.pk}").select_related("actor").order_by("-pk")
    if not policies.manage(request.user, dataset):
        events = events.filter(actor=request.user)
        if policies.member(request.user, dataset.pk).role == Role.ANNOTATOR:
            # What follows from an answer is no deed of theirs, and would tell work from gold, which nothing follows from.
            events = events.exclude(Q(subject__startswith="task:") | Q(subject__startswith="unit:"))
    if request.GET.get("before", "").isdecimal():
        events = events.filter(pk__lt=int(request.GET["before"]))
    shown = list(events[: EVENTS_SHOWN + 1])
    older = reverse("history", args=[dataset.slug]) + f"?before={shown[-2].pk}" if len(shown) > EVENTS_SHOWN else ""
    return dataset_render(request, "frontend/history.html", dataset, events=shown[:EVENTS_SHOWN], older=older)


urlpatterns = [
    path("datasets/new/", dataset_new, name="dataset_new"),
    path("d/<slug:slug>/", dataset, name="dataset"),
    path("d/<slug:slug>/history/", history, name="history"),
]
