"""A campaign's work screen as its people will see it: the real screen with a real task, of which nothing is kept."""

from datetime import timedelta
from itertools import islice

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotation import admission, policies
from annotation.actions import assignments
from annotation.models import Assignment, Campaign, Dataset, Task, Unit
from annotation.models.assignments import Stage
from core.errors import Invalid
from core.policy import require
from frontend.pages.access import campaign_of, member_page
from frontend.pages.work import by_script, screen, script_errors, typed

# Nobody looks at more of a preview.
SHOWN = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@script_errors
@member_page
def preview(request: HttpRequest, dataset: Dataset, campaign: str) -> HttpResponse:
    """One unit after another, as an annotator meets them; an answer is checked as theirs would be, and told so."""
    require(policies.manage(request.user, dataset))
    found = campaign_of(dataset, campaign)
    at = int(number) if (number := request.GET.get("nth", "0")).isascii() and number.isdigit() else 0
    with transaction.atomic():
        try:
            return _looked_at(request, found, at)
        finally:
            transaction.set_rollback(True)


def _looked_at(request: HttpRequest, found: Campaign, at: int) -> HttpResponse:
    means = request.POST.get("do") if request.method == "POST" else None
    if means == "skip":
        return _shown(request, found, at + 1)
    if means != "submit":
        return JsonResponse({}) if means and by_script(request) else _shown(request, found, at)
    assignment = _handed_out(request, found, at)
    try:
        if assignment is not None:
            assignments.parsed(assignment, typed(request.POST, assignment))
    except Invalid as problem:
        if by_script(request):
            raise
        return screen(request, found, assignment, problem=problem, preview=True)
    return _shown(request, found, at + 1, _("This answer would be taken. Nothing was kept."))


def _shown(request: HttpRequest, found: Campaign, at: int, told: str = "") -> HttpResponse:
    return screen(request, found, _handed_out(request, found, at), preview=True, told=told)


def _handed_out(request: HttpRequest, found: Campaign, at: int) -> Assignment | None:
    """The campaign's unit of that number as a task in this person's hands, to be rolled back; None where it has no unit."""
    units = _units(found)
    if not units:
        return None
    # They may be at work here themselves, and hold but one task at a time.
    found.assignments.filter(person=request.user, status=Assignment.Status.ACTIVE).update(status=Assignment.Status.RELEASED)
    unit = Unit.objects.get(pk=units[at % len(units)])
    task = Task.objects.create(campaign=found, unit=unit, language=unit.language, round=0)
    made = Assignment.objects.create(
        campaign=found, task=task, person=request.user, stage=Stage.ANNOTATE, lease_until=timezone.now() + timedelta(hours=1)
    )
    return assignments.given(made.pk, request.user)


def _units(found: Campaign) -> list[int]:
    """The first of the units it has tasks for; before it is open, of those it would admit."""
    there = found.tasks.filter(purpose=Task.Purpose.WORK).order_by("pk").values_list("unit", flat=True)[:SHOWN]
    return list(there) or [unit for unit, _language, _round in islice(admission.admitted(found), SHOWN)]


urlpatterns = [path("d/<slug:slug>/campaigns/<slug:campaign>/preview/", preview, name="preview")]
