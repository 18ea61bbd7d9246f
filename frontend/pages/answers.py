"""One's own last answers in a campaign: to read again, and to change while nothing has come of them."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from annotation import policies
from annotation.actions import assignments, changing
from annotation.models import Assignment, Campaign, Dataset, Submission
from annotation.schema import Kind
from core.errors import Conflict, Invalid, Missing
from core.policy import Decision, require
from frontend import keys
from frontend.pages.access import campaign_of, member_page
from frontend.pages.forms import asked
from frontend.pages.work import around_it, by_script, drawn, on_screen, script_errors, typed

SHOWN = 30


@dataclass(frozen=True)
class Given:
    """One of one's own answers; nothing of what came of it, nor of anybody else's."""

    submission: Submission
    kind: Kind
    may_change: Decision


@require_safe
@never_cache
@member_page
def my_answers(request: HttpRequest, dataset: Dataset, campaign: str) -> HttpResponse:
    found = campaign_of(dataset, campaign)
    mine = Submission.objects.filter(assignment__campaign=found, assignment__person=request.user)
    rows = mine.select_related("assignment__task__unit__item").order_by("-pk")[:SHOWN]
    context = {"dataset": dataset, "campaign": found, "given": [_given(one, found, place) for place, one in enumerate(rows)]}
    return render(request, "frontend/my_answers.html", context)


def _given(one: Submission, campaign: Campaign, place: int) -> Given:
    one.assignment.campaign = campaign
    decision = policies.change_answer(one.assignment.person, one.assignment, place)
    return Given(one, campaign.dataset.kinds.kind(one.assignment.task.unit.item.kind), decision)


@require_http_methods(["GET", "POST"])
@never_cache
@script_errors
@member_page
def my_answer(request: HttpRequest, dataset: Dataset, campaign: str, assignment: int) -> HttpResponse:
    """The screen of a task once more, with the answer given; what is sent takes its place."""
    found = campaign_of(dataset, campaign)
    given = assignments.given(assignment, request.user)
    if given is None or given.campaign_id != found.pk or given.status != Assignment.Status.SUBMITTED:
        raise Missing(_("There is no such answer, or it is not yours."))
    require(policies.change_answer(request.user, given, changing.place(given)))
    if request.method == "POST":
        return asked(request, {"submit": _change})(request, found, given)
    return _screen(request, found, given)


def _change(request: HttpRequest, campaign: Campaign, given: Assignment) -> HttpResponse:
    try:
        changing.change(given, typed(request.POST, given), by=request.user, **around_it(request.POST))
    except (Invalid, Conflict) as problem:
        if by_script(request):
            raise
        return _screen(request, campaign, given, problem)
    if by_script(request):
        context = {"dataset": campaign.dataset, "campaign": campaign, "keys": keys.of(request.user), "changing": True}
        return drawn(request, context, "frontend/work/changed.html")
    messages.success(request, _("Your answer is changed."))
    return redirect("my_answers", campaign.dataset.slug, campaign.slug)


def _screen(request: HttpRequest, campaign: Campaign, given: Assignment, problem: Invalid | Conflict | None = None) -> HttpResponse:
    given.draft = given.submission.payload
    context = {"dataset": campaign.dataset, "campaign": campaign, "keys": keys.of(request.user), "changing": True, "problem": problem}
    context |= on_screen(request, campaign, given, problem)
    context["flagged"] = context["flagged"] or given.submission.flagged
    return drawn(request, context, "frontend/work/screen.html", status=problem.status if problem else 200)


urlpatterns = [
    path("d/<slug:slug>/work/<slug:campaign>/mine/", my_answers, name="my_answers"),
    path("d/<slug:slug>/work/<slug:campaign>/mine/<int:assignment>/", my_answer, name="my_answer"),
]
