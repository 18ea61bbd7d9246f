"""One campaign: how far it is, its moves, its guideline as people see it, and its plan."""

from collections.abc import Callable
from typing import Any

import yaml
from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from annotation import answers, policies, progress, reasons
from annotation.actions import campaigns, revising
from annotation.agreement.reading import NEWEST, headline
from annotation.contributions import contributions
from annotation.models import Campaign, Dataset, Submission
from annotation.task_types import task_types
from core.policy import require
from frontend.pages.access import campaign_of, dataset_render, languages_of, manager_page, member_page
from frontend.pages.forms import YamlField, asked, done
from frontend.pages.pace import chart
from frontend.pages.sheets import csv_response

STAGES = {
    "annotate": _("To annotate"), "verify": _("To verify"), "adjudicate": _("To adjudicate"), "done": _("Done"),
    "redo": _("Sent back"), "rejected": _("Rejected"), "withdrawn": _("Withdrawn"),
}  # fmt: skip
# People that are listed; whoever did less is on the Quality page.
PEOPLE = 25


class NewPlan(forms.Form):
    plan = YamlField(label=_("Plan"), help_text=_("What is done stays done, and what people hold they may still send."))


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def campaign(request: HttpRequest, dataset: Dataset, campaign: str) -> HttpResponse:
    found = campaign_of(dataset, campaign)
    if request.method == "POST":
        return asked(request, MOVES)(request, found)
    return _campaign(request, found)


@require_safe
@manager_page
def answers_table(request: HttpRequest, dataset: Dataset, campaign: str) -> HttpResponseBase:
    """Every answer of the campaign as CSV."""
    found = campaign_of(dataset, campaign)
    return csv_response(answers.csv_lines(found), f"{dataset.slug}-{found.slug}-answers.csv")


def _campaign(request: HttpRequest, found: Campaign, plan: forms.Form | None = None) -> HttpResponse:
    guidelines = list(found.guidelines.all())
    version = request.GET.get("version", "")
    newest = guidelines[0] if guidelines else None
    context = {
        "campaign": found,
        "task_type": task_types.all.get(found.task_type.get("name", "")),
        "verify_type": task_types.all.get(found.verify_type.get("name", "")),
        "guidelines": guidelines,
        "shown": next((one for one in guidelines if str(one.version) == version), newest),
        "work": policies.work_in(request.user, found),
        "moves": [verb for verb in Campaign.flow.moves if Campaign.flow.allows(found, verb)],
        "progress": (seen := policies.see_progress(request.user, found)),
    }
    if seen:
        context |= _progress(found)
    if policies.review(request.user, found.dataset):
        context |= {"reasons": _reasons(found), "browsed": languages_of(request.user, found.dataset)}
    if policies.manage(request.user, found.dataset):
        context |= _people(found)
        context |= {"plan": plan or NewPlan(initial={"plan": _plan(found)})}
    status = 422 if plan and plan.errors else 200
    return dataset_render(request, "frontend/campaign.html", found.dataset, status=status, **context)


def _progress(found: Campaign) -> dict[str, Any]:
    rows = progress.matrix(found)
    return {
        "matrix": rows,
        "whole": progress.total(rows),
        "stages": [STAGES[stage] for stage in progress.STAGES],
        "burn_down": chart(progress.burn_down(found, timezone.now().date())),
    }


def _people(found: Campaign) -> dict[str, Any]:
    """Who did what, and how much they agree: for managers, because people do not look at each other's figures."""
    people = contributions(found)
    agreed, all_answers = headline(found)
    return {
        "people": people[:PEOPLE],
        "others": max(len(people) - PEOPLE, 0),
        "agreed": [row for row in agreed if row.found.shared],
        "all_answers": all_answers,
        "newest": NEWEST,
    }


def _reasons(found: Campaign) -> list[tuple[str, list[tuple[str, int]]]]:
    """Why people skipped and what they flagged, counted."""
    skips = found.assignments.filter(status="skipped").order_by().values_list("reason").annotate(Count("pk"))
    flags = Submission.objects.filter(assignment__campaign=found).exclude(flagged="")
    counted = flags.order_by().values_list("flagged").annotate(Count("pk"))
    return [
        (gettext("Skipped"), reasons.tally(skips, reasons.SKIP)),
        (gettext("Flagged"), reasons.tally(counted, reasons.FLAG)),
    ]


def _open(request: HttpRequest, found: Campaign) -> HttpResponse:
    made = campaigns.open_campaign(found, by=request.user)
    return _told(request, found, tasks_made(made, gettext("The campaign is live.")))


def _admit(request: HttpRequest, found: Campaign) -> HttpResponse:
    return _told(request, found, tasks_made(campaigns.admit(found, by=request.user)))


def tasks_made(made: int, first: str = "") -> str:
    """How many tasks are new, after what else there is to say."""
    said = ngettext("%(count)s new task.", "%(count)s new tasks.", made) % {"count": f"{made:,}"}
    return f"{first} {said}".strip()


def _pause(request: HttpRequest, found: Campaign) -> HttpResponse:
    campaigns.pause(found, by=request.user)
    return _told(request, found, gettext("Nobody is given work now; what people hold they may still send."))


def _close(request: HttpRequest, found: Campaign) -> HttpResponse:
    campaigns.close(found, by=request.user)
    return _told(request, found, gettext("The campaign is closed."))


def _plan(found: Campaign) -> str:
    """The campaign's plan as YAML, without its guideline and examples, which have a place of their own."""
    plan = revising.plan_of(found).model_dump(mode="json", exclude_none=True, exclude=set(campaigns.TOLD))
    return yaml.safe_dump(plan, allow_unicode=True, sort_keys=False, width=100)


def _change(request: HttpRequest, found: Campaign) -> HttpResponse:
    require(policies.manage(request.user, found.dataset))
    form = NewPlan(request.POST)
    changes = form.cleaned_data["plan"] if form.is_valid() else None
    if changes is not None and not isinstance(changes, dict):
        form.add_error("plan", gettext("A plan holds keys and values such as “overlap: 2”."))
    elif changes is not None:
        changed = done(form, revising.revise, found, **{str(key): value for key, value in changes.items()}, by=request.user)
        if changed is not None:
            return _told(request, found, gettext("Changed: %(names)s.") % {"names": ", ".join(changed) or gettext("nothing")})
    return _campaign(request, found, plan=form)


def _told(request: HttpRequest, found: Campaign, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("campaign", found.dataset.slug, found.slug)


MOVES: dict[str, Callable[[HttpRequest, Campaign], HttpResponse]] = {
    "open": _open, "pause": _pause, "close": _close, "admit": _admit, "change": _change,
}  # fmt: skip
urlpatterns = [
    path("d/<slug:slug>/campaigns/<slug:campaign>/", campaign, name="campaign"),
    path("d/<slug:slug>/campaigns/<slug:campaign>/answers.csv", answers_table, name="answers_table"),
]
