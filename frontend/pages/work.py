"""The work screen: task after task without loading a page where there is JavaScript, and as plain forms elsewhere."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotation import batches, comments, policies, reasons
from annotation.actions import adjudication, assignments, conversations, grading
from annotation.models import Assignment, Campaign, Dataset
from annotation.models.assignments import Stage
from annotation.questions import shown
from annotation.task_types import TaskType, task_types
from core.errors import Conflict, DragomanError, Invalid, Missing, Refused
from core.hashing import canonical
from core.languages import language
from frontend import errors, hints, keys, sheet
from frontend.pages import asking, editor
from frontend.pages.access import campaign_of, member_page
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
            said = errors.body(problem.status, errors.message_of(problem), errors.fields_of(problem))
            return JsonResponse(said, status=problem.status)

    return inner


@never_cache
@require_http_methods(["GET", "POST"])
@script_errors
@member_page
def work(request: HttpRequest, dataset: Dataset, campaign: str) -> HttpResponse:
    """Hand out the next task; take what is done with the present one."""
    found = campaign_of(dataset, campaign)
    if request.method == "GET":
        return beside(request, found) if "hints" in request.GET else next_task(request, found)
    if request.POST.get("do") in BATCH_MOVES:
        return BATCH_MOVES[request.POST["do"]](request, found)
    return take(request, found)


def next_task(request: HttpRequest, campaign: Campaign, feedback: dict[str, Any] | None = None) -> HttpResponse:
    """The person's present task, else the next one, else why there is none."""
    try:
        assignment = assignments.claim(campaign, by=request.user)
    except Refused as refusal:
        if not policies.stages_for(request.user, campaign):
            raise
        return screen(request, campaign, None, why=errors.message_of(refusal), feedback=feedback)
    return screen(request, campaign, assignment, feedback=feedback)


def beside(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """What helps with the text the person has in hand; asked for once its screen is there, which so need not wait for it."""
    assignment = _own(request.GET["hints"], request, campaign)
    found = {"terms": hints.terms(assignment), "memory": hints.memory(assignment), "task": assignment.task}
    context = found | {"keys": keys.of(request.user)}
    return JsonResponse({"html": render_to_string("frontend/work/hints.html", context, request)})


def _own(pk: str, request: HttpRequest, campaign: Campaign) -> Assignment:
    found = assignments.given(int(pk), request.user) if pk.isascii() and pk.isdigit() and len(pk) < 19 else None
    if found is None or found.campaign_id != campaign.pk:
        raise Missing(_("There is no such assignment, or it is not yours."))
    return found


def take(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Do what the pressed button says with the person's own assignment, then hand out the next task."""
    assignment = _own(request.POST.get("assignment", ""), request, campaign)
    try:
        answered = asked(request, MOVES)(request, assignment)
        feedback = grading.feedback(assignment) if request.POST["do"] == "submit" else None
    except (Invalid, Conflict) as problem:
        if by_script(request):
            raise
        return screen(request, campaign, assignment, problem=problem)
    if answered:
        return answered
    # In training there is something to read before the next task: no redirect may lose it.
    return next_task(request, campaign, feedback) if by_script(request) or feedback else redirect(request.path)


def submit(request: HttpRequest, assignment: Assignment) -> Answer:
    assignments.submit(assignment, typed(request.POST, assignment), by=request.user, **around_it(request.POST))
    return None


def around_it(form: Any) -> dict[str, Any]:
    """What is sent with an answer and is no part of it: its key, what is to be looked at, how often something was pasted."""
    pastes = form.get("pastes", "")
    count = int(pastes) if pastes.isascii() and pastes.isdigit() else 0
    return {"key": form.get("key", ""), "flagged": _flagged(form), "pastes": count}


def save(request: HttpRequest, assignment: Assignment) -> Answer:
    assignments.save_draft(assignment, typed(request.POST, assignment), by=request.user)
    return JsonResponse({}) if by_script(request) else None


def stay(request: HttpRequest, assignment: Assignment) -> Answer:
    assignments.heartbeat(assignment, by=request.user)
    return JsonResponse({})


def skip(request: HttpRequest, assignment: Assignment) -> Answer:
    assignments.skip(assignment, request.POST.get("why", ""), by=request.user)
    return None


def second(request: HttpRequest, assignment: Assignment) -> Answer:
    adjudication.ask_second(assignment, by=request.user)
    return None


def give_back(request: HttpRequest, assignment: Assignment) -> Answer:
    assignments.give_back(assignment, by=request.user)
    return redirect("campaign", assignment.campaign.dataset.slug, assignment.campaign.slug)


def comment(request: HttpRequest, assignment: Assignment) -> Answer:
    """Say something about the task; without a script the answer so far goes along, and is kept."""
    said = request.POST.get("remark", "")
    if by_script(request):
        conversations.comment(assignment.task, said, by=request.user)
        context = {"comments": comments.on(assignment.task, request.user)}
        return JsonResponse({"html": render_to_string("frontend/parts/comments.html", context, request)})
    assignments.save_draft(assignment, typed(request.POST, assignment), by=request.user)
    conversations.comment(assignment.task, said, by=request.user)
    return None


MOVES: dict[str, Callable[[HttpRequest, Assignment], Answer]] = {
    "submit": submit, "save": save, "stay": stay, "skip": skip, "give_back": give_back, "comment": comment,
    "second": second,
}  # fmt: skip


def take_batch(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    if not assignments.take_batch(campaign, by=request.user):
        messages.info(request, _("Nothing is free for you just now."))
    return redirect(request.path)


def give_back_batch(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    returned = assignments.give_back_batch(campaign, by=request.user)
    messages.success(request, _("%(count)s given back; what you have begun is still yours.") % {"count": returned})
    return redirect("my_work")


BATCH_MOVES: dict[str, Callable[[HttpRequest, Campaign], HttpResponse]] = {
    "take_batch": take_batch, "give_back_batch": give_back_batch,
}  # fmt: skip


def _flagged(form: Any) -> str:
    return reasons.composed(form.get("flag", ""), form.get("flagged", ""))


def typed(form: Any, assignment: Assignment) -> dict[str, Any]:
    asked_for = assignments.question(assignment.task, with_context=False)
    return editor.payload(form, asked_for, *_asked(assignment))


def _asked(assignment: Assignment) -> tuple[TaskType, TaskType | None]:
    """What the person is asked, and where they adjudicate what everybody else was asked."""
    everybody = task_types.build(assignment.campaign.task_type) if assignment.stage == Stage.ADJUDICATE else None
    return assignments.task_type(assignment), everybody


def screen(
    request: HttpRequest, campaign: Campaign, assignment: Assignment | None, *, why: str = "",
    problem: Invalid | Conflict | None = None, feedback: dict[str, Any] | None = None, **more: Any,
) -> HttpResponse:  # fmt: skip
    """The page, or for its script only the part that changes; after a problem it holds what was typed. `more` is for the template."""
    context = {"dataset": campaign.dataset, "campaign": campaign, "why": why, "problem": problem, "feedback": feedback} | more
    context["keys"] = keys.of(request.user)
    context["progress"] = sheet.progress(campaign, request.user, known=_left(request))
    context["batch"] = batches.of(request.user, [campaign]).get(campaign.pk)
    if assignment:
        context |= on_screen(request, campaign, assignment, problem)
    return drawn(request, context, "frontend/work/screen.html", status=problem.status if problem else 200)


def drawn(request: HttpRequest, context: dict[str, Any], part: str, *, status: int = 200) -> HttpResponse:
    """A part of the work screen: in its page, or alone for the page's script."""
    if by_script(request):
        return JsonResponse({"html": render_to_string(part, context, request)})
    context |= {"part": part, "keys_json": canonical(context["keys"]).decode()}
    return render(request, "frontend/work/page.html", context, status=status)


def _left(request: HttpRequest) -> int | None:
    """What the page's script knows to be left after this answer: one less than its screen says, where that is a count."""
    left = request.POST.get("left", "")
    fewer = int(left) - 1 if left.isascii() and left.isdigit() and len(left) < 5 else 0
    return fewer if by_script(request) and 0 < fewer < sheet.MANY else None


def on_screen(
    request: HttpRequest, campaign: Campaign, assignment: Assignment, problem: Invalid | Conflict | None
) -> dict[str, Any]:  # fmt: skip
    """What the screen of a task shows: what is asked, what was answered so far, and what is known around it."""
    task, question = sheet.task(assignment)
    task_type, everybody = _asked(assignment)
    answer = editor.payload(request.POST, question, task_type, everybody) if problem else task.saved or {}
    said = errors.fields_of(problem) if problem else {}
    writes = everybody or task_type
    own = answer.get("own") or {} if everybody else answer
    edits = "content" in writes.Payload.model_fields
    guideline = campaign.guidelines.first()
    asks = asking.drawn(question, writes, own.get("answers") or {}, said, seed=assignment.pk, own=everybody is not None)
    return {
        "task": task,
        "kind": question.kind,
        "current": shown(assignment.task) if task_type.shows_draft else None,
        "answer": answer,
        "template": task_type.template,
        "heading": _heading(task, task_type),
        "blocks": editor.blocks(question, typed=own.get("content"), earlier=task.earlier, errors=said) if edits else [],
        "fields": asking.fields(question, writes),
        "asks": asks,
        "asked_types": {one.ask.type for one in asks},
        "candidates": asking.candidates(question, writes),
        "neighbours": asking.around(editor.neighbours(task.context, campaign.dataset.kinds), question, writes),
        "troubles": [one for one in task.findings if one.verdict in ("fail", "warn")],
        "calm": [one for one in task.findings if one.verdict not in ("fail", "warn")],
        "target": language(task.target_language),
        "guideline": guideline,
        "examples": guideline.examples_in(task.target_language) if guideline else [],
        "flag": request.POST.get("flag", ""),
        "flagged": request.POST.get("flagged", ""),
        "skip_reasons": reasons.SKIP,
        "flag_reasons": reasons.FLAG,
        "comments": comments.on(assignment.task, request.user),
        "remark": request.POST.get("remark", ""),
        "key": request.POST.get("key") or uuid4().hex,
    }


def _heading(task: sheet.Task, task_type: TaskType) -> str:
    """What is to be done, in a word or two."""
    if task_type.name == "post_edit":
        return _("Edit") if task.draft else _("Translate")
    return {"verify": _("Verify"), "adjudicate": _("Adjudicate")}.get(task_type.name) or task_type.label


urlpatterns = [path("d/<slug:slug>/work/<slug:campaign>/", work, name="work")]
