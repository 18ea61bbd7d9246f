"""The quality of a dataset's people: accuracy on gold, who is paused, qualifications, signals, and what was made of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotation import people, policies
from annotation.actions import qualifying, quality, reviews
from annotation.models import Campaign, Dataset, Hold, Qualification, Review
from core.errors import Missing
from frontend.pages.access import dataset_render, manager_page
from frontend.pages.forms import asked

# The bar of an interval is drawn on so many units.
WIDTH = 120
SHOWN = 50


@dataclass(frozen=True)
class Bar:
    """An accuracy as a dot on its interval; coordinates are text, so that no locale puts a comma into them."""

    skill: people.Skill
    low: str
    high: str
    dot: str
    bound: str
    """Where the campaign's rule pauses; empty without one."""

    @classmethod
    def of(cls, skill: people.Skill) -> "Bar":
        accuracy, below = skill.accuracy, skill.campaign.quality_rule.get("pause_below")
        return cls(skill, _x(accuracy.low), _x(accuracy.high), _x(accuracy.share), _x(below) if below else "")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@manager_page
def people_page(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    """Everything about the people's quality; signals of one campaign at a time."""
    if request.method == "POST":
        return asked(request, MOVES)(request, dataset)
    campaigns = list(dataset.campaigns.order_by("-pk"))
    chosen = next((one for one in campaigns if one.slug == request.GET.get("campaign")), campaigns[0] if campaigns else None)
    if chosen:
        chosen.dataset = dataset
    reviewed = _reviews(dataset)
    # The last word on somebody stands beside the signal it was about.
    last = {(one.campaign_id, one.person_id, one.signal): one for one in reversed(reviewed)}
    named = people.signals_of(chosen) if chosen else []
    context = {
        "bars": [Bar.of(skill) for skill in people.skills(dataset)],
        "width": WIDTH,
        "holds": _holds(dataset).order_by("-pk"),
        "qualifications": dataset.qualifications.select_related("person").order_by("person__username", "language"),
        "campaigns": campaigns,
        "chosen": chosen,
        "signals": [(one, last.get((chosen.pk, one.person.pk, one.signal.name))) for one in named],
        "reviews": [(one, policies.impartial(request.user, one)) for one in reviewed],
    }
    return dataset_render(request, "frontend/people.html", dataset, **context)


def _reviews(dataset: Dataset) -> list[Review]:
    rows = Review.objects.filter(campaign__dataset=dataset).order_by("-pk")[:SHOWN]
    return list(rows.select_related("person", "campaign__dataset", "decided_by", "answered_by"))


def _holds(dataset: Dataset) -> QuerySet[Hold]:
    active = Hold.objects.filter(campaign__dataset=dataset, status=Hold.Status.ACTIVE)
    return active.select_related("person", "campaign__dataset")


def _lift(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    hold = _chosen(request, _holds(dataset), "hold")
    quality.lift(hold, by=request.user)
    return _told(request, dataset, _("%(name)s may work again.") % {"name": hold.person})


def _renew(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    one = _chosen(request, Qualification.objects.filter(dataset=dataset).select_related("dataset", "person"), "qualification")
    qualifying.renew(one, by=request.user)
    return _told(request, dataset, _("%(name)s gets the test again, with all its tries.") % {"name": one.person})


def _review(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    campaign = _chosen(request, Campaign.objects.filter(dataset=dataset).select_related("dataset"), "campaign")
    person, other = (_number(request.POST.get(name, "")) for name in ("person", "other"))
    about = {"person": person or 0, "other": other, "signal": request.POST.get("signal", "")}
    said = {name: request.POST.get(name, "") for name in ("action", "note")}
    row = reviews.review(campaign, **about, **said, by=request.user)
    return _told(request, dataset, _("Kept: %(action)s.") % {"action": row.get_action_display()}, campaign)


def _answer(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    row = _chosen(request, Review.objects.filter(campaign__dataset=dataset).select_related("campaign__dataset"), "review")
    reviews.answer(row, request.POST.get("verdict", ""), request.POST.get("answer", ""), by=request.user)
    return _told(request, dataset, _("Answered: %(status)s.") % {"status": row.get_status_display()})


def _chosen(request: HttpRequest, rows: QuerySet, name: str) -> Any:
    """The row of this dataset that the button stood beside."""
    pk = _number(request.POST.get(name, ""))
    found = rows.filter(pk=pk).first() if pk else None
    if found is None:
        raise Missing(_("It is not here any more: load the page again."))
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _told(request: HttpRequest, dataset: Dataset, message: str, campaign: Campaign | None = None) -> HttpResponse:
    messages.success(request, message)
    return redirect(reverse("people", args=[dataset.slug]) + (f"?campaign={campaign.slug}#signals" if campaign else ""))


def _x(share: float) -> str:
    return f"{4 + (WIDTH - 8) * share:.1f}"


MOVES: dict[str, Callable[[HttpRequest, Dataset], HttpResponse]] = {
    "lift": _lift, "renew": _renew, "review": _review, "answer": _answer,
}  # fmt: skip
urlpatterns = [path("d/<slug:slug>/people/", people_page, name="people")]
