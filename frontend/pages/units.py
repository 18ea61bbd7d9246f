"""One unit with all that ever happened to it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotation import comments, policies
from annotation.actions import conversations, revising, units
from annotation.judgements import ASKED, PREFIX
from annotation.models import Dataset, Finding, Making, Member, Submission, Task, Translation, Unit
from core.errors import Invalid, Missing
from core.models import Event, User
from core.policy import require
from frontend.pages.access import dataset_render, member_page
from frontend.pages.forms import asked
from pipelines.models import MachineSubmission


@dataclass
class Version:
    """One translation as the page shows it: the text it came from, and who made it as far as the reader may know."""

    translation: Translation
    before: dict[str, Any] | None
    author: str
    findings: list[Finding]


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def unit(request: HttpRequest, dataset: Dataset, pk: int) -> HttpResponse:
    found = Unit.objects.select_related("item", "current").filter(item__dataset=dataset, pk=pk).first()
    if found is None:
        raise Missing(_("%(dataset)s has no unit %(pk)s.") % {"dataset": dataset, "pk": pk})
    require(policies.read_unit(request.user, found))
    if request.method == "POST" and request.POST.get("do") == "comment":
        _comment(request, found)
        return redirect("unit", dataset.slug, pk)
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        if not reason.strip():
            raise Invalid(_("Say why: the reason is kept in the unit's history."), {"reason": _("is missing")})
        moves = {"reject": units.reject, "reopen": units.reopen, "withdraw": revising.withdraw}
        asked(request, moves)(found, by=request.user, reason=reason)
        return redirect("unit", dataset.slug, pk)
    return dataset_render(request, "frontend/unit.html", dataset, **_whole(request.user, dataset, found))


def _whole(user: User, dataset: Dataset, unit: Unit) -> dict[str, Any]:
    names = _names(user, dataset)
    judgements = policies.see_judgements(user, unit)
    seen = Finding.objects.all() if judgements else Finding.objects.exclude(check_name__startswith=PREFIX)
    findings = Prefetch("findings", seen.order_by("pk"))
    history = list(unit.translations.select_related("author").prefetch_related(findings).order_by("pk"))
    by_pk = {translation.pk: translation for translation in history}
    versions = [
        Version(
            one,
            by_pk[one.parent_id].content if one.parent_id in by_pk else None,
            names.get(one.author_id, _("somebody")) if one.author_id else "",
            list(one.findings.all()),
        )
        for one in history
    ]
    submissions = Submission.objects.filter(assignment__task__unit=unit).select_related(
        "assignment__campaign", "assignment__task", "guideline"
    )
    machines = MachineSubmission.objects.filter(task__unit=unit).select_related("campaign").order_by("pk") if judgements else ()
    return {
        "unit": unit,
        "machines": machines,
        "reasons": [reason for reason in unit.reasons if judgements or reason != ASKED],
        "judgements": judgements,
        "kind": dataset.kinds.kind(unit.item.kind),
        "versions": versions[::-1],
        "current": next((one for one in versions if one.translation.pk == unit.current_id), None),
        "submissions": [(one, names.get(one.assignment.person_id, "")) for one in submissions.order_by("pk")],
        "said": _said(user, unit),
        "events": [(event, names.get(event.actor_id, _("a machine"))) for event in _events(unit)],
        "schema": dataset.kinds.kinds,
        "may_decide": policies.decide(user, unit),
        "reopens": Unit.flow.allows(unit, "reopen"),
        "withdraws": policies.manage(user, dataset) and unit.tasks.filter(status="open").exists(),
        "rejects": Unit.flow.allows(unit, "reject"),
    } | _around(unit)


def _around(unit: Unit) -> dict[str, Any]:
    """The records its record names and is named by, and those it was made from and that were made from it."""
    return {
        "around": unit.item.references.select_related("target").order_by("pk"),
        "making": Making.objects.filter(item=unit.item_id).select_related("source").first(),
        "origin_unit": Unit.objects.filter(item__makings__item=unit.item_id, language=unit.language).first(),
        "makings": unit.item.makings.select_related("item").order_by("pk")[:5],
        "users": unit.item.referrers.select_related("item").order_by("pk")[:5],
    }


def _said(user: User, unit: Unit) -> list[tuple[Task, list[comments.Said]]]:
    """For each campaign the unit is in, its latest task and what was said there."""
    latest = {task.campaign_id: task for task in unit.tasks.select_related("campaign__dataset").order_by("round")}
    for task in latest.values():
        task.unit = unit
    return [(task, comments.on(task, user)) for task in latest.values()]


def _comment(request: HttpRequest, unit: Unit) -> None:
    pk = request.POST.get("task", "")
    task = unit.tasks.select_related("campaign").filter(pk=pk).first() if pk.isdecimal() else None
    if task is None:
        raise Missing(_("It is not here any more: load the page again."))
    conversations.comment(task, request.POST.get("remark", ""), by=request.user)


def _names(user: User, dataset: Dataset) -> dict[int, str]:
    """How the reader may know the people: managers by pseudonym and role, experts by the role alone."""
    manages = policies.manage(user, dataset)
    return {
        member.user_id: f"{member.pseudonym} ({member.get_role_display()})" if manages else member.get_role_display()
        for member in Member.objects.filter(dataset=dataset)
    }


def _events(unit: Unit) -> Any:
    tasks = list(unit.tasks.values_list("pk", flat=True))
    assignments = list(unit.tasks.exclude(assignments=None).values_list("assignments", flat=True))
    subjects = [f"unit:{unit.pk}", *(f"task:{pk}" for pk in tasks), *(f"assignment:{pk}" for pk in assignments)]
    return Event.objects.filter(Q(subject__in=subjects)).order_by("-pk")[:200]


urlpatterns = [
    path("d/<slug:slug>/units/<int:pk>/", unit, name="unit"),
]
