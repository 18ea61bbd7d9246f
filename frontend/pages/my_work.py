"""My work: what waits for me, how far I am, what others said to me, and what I have earned."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from annotation import statements
from annotation.actions import appeals
from annotation.models import Submission
from core.errors import Conflict, Invalid, Missing
from frontend import mine
from frontend.pages.forms import asked
from frontend.pages.sheets import csv_response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def my_work(request: HttpRequest) -> HttpResponse:
    problem = None
    if request.method == "POST":
        try:
            return asked(request, {"appeal": _appeal})(request)
        except (Invalid, Conflict) as refusal:
            problem = refusal
    lines = statements.by_month(statements.ledger(person=request.user))
    context = {
        "serving": mine.serving(request.user),
        "appeals": mine.appeals_to_decide(request.user)[: mine.SHOWN],
        "news": mine.messages(request.user),
        "totals": statements.totals(lines),
        "problem": problem,
    }
    return render(request, "frontend/my_work.html", context, status=problem.status if problem else 200)


def _appeal(request: HttpRequest) -> HttpResponse:
    pk = request.POST.get("submission", "")
    own = Submission.objects.select_related("assignment__task__unit__current", "assignment__campaign")
    found = own.filter(pk=pk, assignment__person=request.user).first() if pk.isdecimal() else None
    if found is None:
        raise Missing(_("There is no such answer, or it is not yours."))
    appeals.appeal(found, request.POST.get("reason", ""), by=request.user)
    messages.success(request, _("A second expert will look at it, without knowing whose text it is."))
    return redirect("my_work")


@require_safe
@never_cache
@login_required
def my_credits(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """One's own statement: by month and campaign, or with ``?as=csv`` every line."""
    found = statements.ledger(person=request.user)
    if request.GET.get("as") == "csv":
        return csv_response(statements.csv_lines(found), "credits.csv")
    lines = statements.by_month(found)
    context = {"lines": lines, "totals": statements.totals(lines), "corrections": statements.corrections(found)}
    return render(request, "frontend/my_credits.html", context)


urlpatterns = [
    path("me/work/", my_work, name="my_work"),
    path("me/credits/", my_credits, name="my_credits"),
]
