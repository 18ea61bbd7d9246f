"""Releases: what one would hold, making one, its own page, and how baselines do on it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from annotation import policies
from annotation.models import Dataset
from core.policy import require
from frontend import markdown
from frontend.pages import charts, plugin_forms
from frontend.pages.access import dataset_render, member_page, release_page
from frontend.pages.datasets import releases_for
from frontend.pages.forms import ProviderField, asked, done, language_choice
from frontend.pages.runs import progress_of
from frontend.plugin_words import described
from pipelines.actions import evaluations, releases
from pipelines.baselines import baselines
from pipelines.models import Release, Run, Score

CARD = "README.md"


class NewRelease(forms.Form):
    """What is to be frozen."""

    version = forms.CharField(
        label=_("Version"), max_length=40, help_text=_("Three numbers, such as 0.1.0. It is never given twice.")
    )
    minimum = forms.ChoiceField(
        label=_("Rows must be"), initial="verified",
        choices=[("verified", _("verified by an expert")), ("drafted", _("drafted at least, for a preview"))],
    )  # fmt: skip

    def __init__(self, dataset: Dataset, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["languages"] = language_choice(
            dataset.language_tags, label=_("Languages"), required=False, help_text=_("None ticked: all.")
        )
        if names := dataset.selections.order_by("-pk").values_list("slug", flat=True):
            self.fields["selection"] = forms.ChoiceField(
                label=_("Selection"), required=False, choices=[("", _("every item that is ready")), *((one, one) for one in names)],
                help_text=_("Only what it kept, in the splits that it drew."),
            )  # fmt: skip


class NewEvaluation(forms.Form):
    """Which baseline is to answer which rows; the chosen baseline adds its own parameters."""

    def __init__(self, release: Release, name: str, *args: Any) -> None:
        super().__init__(*args)
        self.baseline = baselines.get(name)
        tags = release.terms.get("languages", [])
        self.fields["languages"] = language_choice(tags, label=_("Languages"), initial=tags)
        self.fields |= plugin_forms.fields_of(self.baseline)
        if self.baseline.asks:
            self.fields["provider"] = ProviderField()

    def start(self, release: Release, user: Any) -> list[Any]:
        """Build the baseline and let it answer."""
        values = self.cleaned_data
        spec = {"name": self.baseline.name, "params": plugin_forms.params(self.baseline, values)}
        return evaluations.start(
            release, baseline=baselines.build(spec), languages=values["languages"], provider=values.get("provider"), by=user
        )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def releases_page(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    form = NewRelease(dataset, request.POST or None, initial={"version": _next_version(dataset)})
    if request.method == "POST":
        require(policies.build_release(request.user, dataset))
        if form.is_valid() and (made := done(form, releases.freeze, dataset, **form.cleaned_data, by=request.user)):
            releases.build(made, by=request.user)
            return redirect("release", dataset.slug, made.version)
    context: dict[str, Any] = {"releases": releases_for(request.user, dataset), "form": form}
    if policies.build_release(request.user, dataset):
        context["gate"] = releases.gate(dataset)
    return dataset_render(request, "frontend/releases.html", dataset, status=422 if form.errors else 200, **context)


def _next_version(dataset: Dataset) -> str:
    """The last version with its middle number raised; the first is 0.1.0."""
    last = dataset.releases.order_by("-pk").values_list("version", flat=True).first()
    numbers = (last or "0.0.0").partition("-")[0].partition("+")[0].split(".")
    return f"{numbers[0]}.{int(numbers[1]) + 1}.0"


@require_http_methods(["GET", "HEAD", "POST"])
@release_page
def release(request: HttpRequest, release: Release) -> HttpResponse:
    if request.method == "POST":
        return asked(request, MOVES)(request, release)
    base = request.build_absolute_uri(request.path)
    files = list(release.files.all())
    context: dict[str, Any] = {
        "release": release,
        "files": files,
        "bytes": sum(file.bytes for file in files),
        "base": f"{base}files",
        "card": _card(release),
        "config": next((file.path.split("/")[1:3] for file in files if file.path.startswith("data/")), None),
        "scored": Score.objects.filter(evaluation__release=release).exists(),
    }
    if policies.build_release(request.user, release.dataset):
        context["build"] = progress_of(built) if (built := _build_of(release)) else None
    return dataset_render(request, "frontend/release.html", release.dataset, **context)


def _card(release: Release) -> str:
    """The card's Markdown without its front matter; empty before the first build."""
    file = releases.folder(release) / CARD
    return markdown.without_front_matter(file.read_text(encoding="utf-8")) if file.is_file() else ""


def _build_of(release: Release) -> Run | None:
    """The last run that built this release, unless it went well: then there is nothing to say of it."""
    last = release.dataset.runs.filter(job__name="build", job__params__release=release.pk).order_by("-pk").first()
    if last is None or (last.status == Run.Status.DONE and release.status != Release.Status.FROZEN):
        return None
    return last


def _build(request: HttpRequest, release: Release) -> HttpResponse:
    releases.build(release, by=request.user)
    return redirect("release", release.dataset.slug, release.version)


def _publish(request: HttpRequest, release: Release) -> HttpResponse:
    releases.publish(release, by=request.user)
    messages.success(request, gettext("%(release)s is everybody's now.") % {"release": release})
    return redirect("release", release.dataset.slug, release.version)


def _yank(request: HttpRequest, release: Release) -> HttpResponse:
    releases.yank(release, reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, gettext("%(release)s is withdrawn.") % {"release": release})
    return redirect("release", release.dataset.slug, release.version)


MOVES: dict[str, Callable[[HttpRequest, Release], HttpResponse]] = {"build": _build, "publish": _publish, "yank": _yank}


@require_http_methods(["GET", "HEAD", "POST"])
@release_page
def leaderboard(request: HttpRequest, release: Release) -> HttpResponse:
    may_start = policies.start_run(request.user, release.dataset)
    if request.method == "POST":
        require(may_start)
    name = request.POST.get("baseline") or request.GET.get("baseline", "")
    name = name if name in baselines.all else min(baselines.all, key=lambda one: baselines.all[one].asks)
    form = NewEvaluation(release, name, request.POST or None)
    if form.is_valid() and done(form, form.start, release, request.user):
        messages.success(request, gettext("The baseline is at work; its scores will stand here."))
        return redirect("leaderboard", release.dataset.slug, release.version)
    scores = Score.objects.filter(evaluation__release=release).select_related("evaluation")
    context = {
        "release": release,
        "panels": charts.panels(scores.order_by("evaluation__kind", "metric", "evaluation__language", "-value")),
        "unfinished": release.evaluations.exclude(status="scored").select_related("run").order_by("-pk")
        if may_start
        else (),
        "form": form if may_start else None,
        "baselines": baselines.all.values(),
        "chosen": form.baseline,
        "about": described(form.baseline),
    }
    return dataset_render(
        request, "frontend/leaderboard.html", release.dataset, status=422 if form.errors else 200, **context
    )


urlpatterns = [
    path("d/<slug:slug>/releases/", releases_page, name="releases"),
    path("d/<slug:slug>/releases/<str:version>/", release, name="release"),
    path("d/<slug:slug>/releases/<str:version>/leaderboard/", leaderboard, name="leaderboard"),
]
