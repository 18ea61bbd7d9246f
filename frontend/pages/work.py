"""The work screen: task after task without loading a page where there is JavaScript, and as plain forms elsewhere."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotation import policies
from annotation.actions import assignments
from annotation.models import Assignment, Campaign, Dataset
from core.errors import Conflict, DragomanError, Invalid, Missing, Refused
from core.languages import language
from frontend import errors, sheet
from frontend.pages import editor
from frontend.pages.access import member_page
from frontend.pages.forms import asked

Answer = HttpResponse | None


def by_script(request: HttpRequest) -> bool:
    """Whether the page's own script asks: it wants the next screen as JSON, and errors too."""
    return request.headers.get("Accept") == "application/json"


def script_errors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For the page's script, a refusal and an ended sign-in come as JSON with their status."""

    @wraps(view)
    def inner(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not by_script(request):
            return view(request, **kwargs)
        if not request.user.is_authenticated:
            return JsonResponse(errors.body(401, _("Your sign-in has ended.")), status=401)
        try:
            return view(request, **kwargs)
        except DragomanError as problem:
            fields = getattr(problem, "errors", None)
            return JsonResponse(errors.body(problem.status, str(problem), fields), status=problem.status)

    return inner


@never_cache
@require_http_methods(["GET", "POST"])
@script_errors
@member_page
def work(request: HttpRequest, dataset: Dataset, campaign: str) -> HttpResponse:
    """Hand out the next task; take what is done with the present one."""
    found = Campaign.objects.filter(dataset=dataset, slug=campaign).first()
    if found is None:
        raise Missing(_("This dataset has no campaign %(slug)s.") % {"slug": campaign})
    found.dataset = dataset
    if request.method == "GET":
        return next_task(request, found)
    return take(request, found)


def next_task(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The person's present task, else the next one, else why there is none."""
    try:
        assignment = assignments.claim(campaign, by=request.user)
    except Refused as refusal:
        if not policies.stages_for(request.user, campaign):
            raise
        return screen(request, campaign, None, why=str(refusal))
    return screen(request, campaign, assignment)


def take(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Do what the pressed button says with the person's own assignment, then hand out the next task."""
    pk = request.POST.get("assignment", "")
    assignment = assignments.given(int(pk), request.user) if pk.isascii() and pk.isdigit() else None
    if assignment is None or assignment.campaign_id != campaign.pk:
        raise Missing(_("There is no such assignment, or it is not yours."))
    try:
        answered = asked(request, MOVES)(request, assignment)
    except (Invalid, Conflict) as problem:
        if by_script(request):
            raise
        return screen(request, campaign, assignment, problem=problem)
    if answered:
        return answered
    return next_task(request, campaign) if by_script(request) else redirect(request.path)


def submit(request: HttpRequest, assignment: Assignment) -> Answer:
    form = request.POST
    key, flagged = form.get("key", ""), form.get("flagged", "")
    assignments.submit(assignment, _payload(form, assignment), by=request.user, key=key, flagged=flagged)
    return None


def save(request: HttpRequest, assignment: Assignment) -> Answer:
    assignments.save_draft(assignment, _payload(request.POST, assignment), by=request.user)
    return JsonResponse({}) if by_script(request) else None


def stay(request: HttpRequest, assignment: Assignment) -> Answer:
    assignments.heartbeat(assignment, by=request.user)
    return JsonResponse({})


def skip(request: HttpRequest, assignment: Assignment) -> Answer:
    assignments.skip(assignment, request.POST.get("why", ""), by=request.user)
    return None


def give_back(request: HttpRequest, assignment: Assignment) -> Answer:
    assignments.give_back(assignment, by=request.user)
    return redirect("campaign", assignment.campaign.dataset.slug, assignment.campaign.slug)


MOVES: dict[str, Callable[[HttpRequest, Assignment], Answer]] = {
    "submit": submit, "save": save, "stay": stay, "skip": skip, "give_back": give_back,
}  # fmt: skip


def _payload(form: Any, assignment: Assignment) -> dict[str, Any]:
    asked_for = assignments.question(assignment.task, with_context=False)
    return editor.payload(form, asked_for, assignments.task_type(assignment))


def screen(
    request: HttpRequest, campaign: Campaign, assignment: Assignment | None, *, why: str = "",
    problem: Invalid | Conflict | None = None,
) -> HttpResponse:  # fmt: skip
    """The page, or for its script only the part that changes; after a problem it holds what was typed."""
    context = {"dataset": campaign.dataset, "campaign": campaign, "why": why, "problem": problem}
    context["progress"] = sheet.progress(campaign, request.user)
    if assignment:
        context |= _desk(request, campaign, assignment, problem)
    if by_script(request):
        return JsonResponse({"html": render_to_string("frontend/work/screen.html", context, request)})
    return render(request, "frontend/work/page.html", context, status=problem.status if problem else 200)


def _desk(
    request: HttpRequest, campaign: Campaign, assignment: Assignment, problem: Invalid | Conflict | None
) -> dict[str, Any]:  # fmt: skip
    task, question = sheet.task(assignment)
    task_type = assignments.task_type(assignment)
    answer = editor.payload(request.POST, question, task_type) if problem else task.saved or {}
    said = getattr(problem, "errors", {})
    return {
        "task": task,
        "current": assignment.task.unit.current,
        "answer": answer,
        "template": task_type.template,
        "blocks": editor.blocks(question, typed=answer.get("content"), earlier=task.earlier, errors=said),
        "neighbours": editor.neighbours(task.context, campaign.dataset.kinds),
        "troubles": [one for one in task.findings if one.verdict in ("fail", "warn")],
        "calm": [one for one in task.findings if one.verdict not in ("fail", "warn")],
        "target": language(task.target_language),
        "guideline": campaign.guidelines.first(),
        "flagged": request.POST.get("flagged", ""),
        "key": request.POST.get("key") or uuid4().hex,
    }


urlpatterns = [path("d/<slug:slug>/work/<slug:campaign>/", work, name="work")]
