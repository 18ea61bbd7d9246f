"""Errors as people see them: one plain sentence on a page, in a fragment for htmx, or as JSON under /api/."""

import logging
import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.errors import DragomanError, Missing, Refused
from frontend.spoken import spoken

log = logging.getLogger(__name__)
CODES = {403: "refused", 404: "missing", 409: "conflict", 422: "invalid", 503: "unavailable"}
# PostgreSQL's classes of errors for a connection that failed, and for a server that shuts down or is not up yet.
AWAY = ("08", "57P")
# A page that asks the database nothing: it may be what failed.
BARE = "frontend/broken.html"


class PlainErrors:
    """Middleware: a `DragomanError` that a view raised becomes its own sentence with its own status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """The answer in place of the exception, or None for exceptions that are bugs."""
        if away(problem):
            return unavailable(request, problem)
        if not isinstance(problem, DragomanError):
            return None
        if request.path.startswith("/api/"):  # what programs read is the same in every language
            return JsonResponse(body(problem.status, str(problem), getattr(problem, "errors", None)), status=problem.status)
        return answer(request, problem.status, message_of(problem), fields=fields_of(problem))


def message_of(problem: DragomanError) -> str:
    """An error's sentence for its reader."""
    return spoken(problem.args[0]) if problem.args else ""


def fields_of(problem: DragomanError) -> dict[str, str]:
    """What is wrong with each field, for its reader."""
    return {name: spoken(said) for name, said in getattr(problem, "errors", {}).items()}


def answer(
    request: HttpRequest, status: int, message: str, *, fields: dict[str, str] | None = None, page: str = "frontend/error.html"
) -> HttpResponse:  # fmt: skip
    """One error in the clothes its reader wants."""
    if request.path.startswith("/api/"):
        return JsonResponse(body(status, message, fields), status=status)
    fragment = bool(getattr(request, "htmx", False))
    template = "frontend/parts/problem.html" if fragment else page
    context = {"message": message, "fields": fields or {}, "title": _title(status)}
    return render(request, template, context, status=status)


def body(status: int, message: str, fields: dict[str, str] | None = None) -> dict[str, Any]:
    """An error as the API says it."""
    return {"error": {"code": CODES.get(status, "error"), "message": message, "fields": fields or {}}}


def _title(status: int) -> str:
    titles = {
        403: _("Not for you"),
        404: _("Not found"),
        409: _("Something changed meanwhile"),
        422: _("That cannot be accepted"),
        500: _("Something went wrong here"),
        503: _("Not available at the moment"),
    }
    return titles.get(status) or HTTPStatus(status).phrase


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 400, _("The request could not be read. Go back and try once more."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 403, _("You may not do this with the account you are signed in with."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 404, _("There is no page at this address, or it is not for you."))


def server_error(request: HttpRequest) -> HttpResponse:
    problem = sys.exc_info()[1]
    if away(problem):
        return unavailable(request, problem)
    if request.path.startswith("/api/"):
        return JsonResponse(body(500, "Something went wrong on our side; it is in the server's log."), status=500)
    message = _(
        "It is not your fault, and what you had saved is safe. The server's log says what happened; "
        "please tell whoever runs this site."
    )
    return answer(request, 500, message, page=BARE)


def away(problem: BaseException | None) -> bool:
    """Whether the database did not answer, or went away in the middle of a statement."""
    if not isinstance(problem, OperationalError):
        return False
    code = getattr(problem.__cause__, "sqlstate", None)  # none where no server was there to give one
    return code is None or code.startswith(AWAY)


def unavailable(request: HttpRequest, problem: BaseException | None) -> HttpResponse:
    """The answer while the database is `away`: the same request may succeed in a moment."""
    log.error("the database is away: %s", problem)
    message = _("The database does not answer just now. What was saved is safe: wait a moment, then try the same again.")
    response = answer(request, 503, message, page=BARE)
    response["Retry-After"] = "2"
    return response


def api_error(problem: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's exception handler: every error of the API has the one shape of `body`."""
    if away(problem):
        return unavailable(context["request"], problem)
    if isinstance(problem, Http404):
        problem = Missing("There is no such thing, or it is not for you.")
    if isinstance(problem, PermissionDenied):
        problem = Refused("You may not do this.")
    if isinstance(problem, DragomanError):
        set_rollback()
        return Response(body(problem.status, str(problem), getattr(problem, "errors", None)), status=problem.status)
    if not isinstance(problem, exceptions.APIException):
        return None
    set_rollback()
    return _from_drf(problem)


def _from_drf(problem: exceptions.APIException) -> Response:
    fields: dict[str, str] = {}
    message = "The request is not valid."
    if isinstance(problem, exceptions.ValidationError) and isinstance(problem.detail, dict):
        fields = {name: _one_line(texts) for name, texts in problem.detail.items()}
    else:
        message = _one_line(problem.detail)
    headers = {}
    if challenge := getattr(problem, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(problem, "wait", None):
        headers["Retry-After"] = str(int(wait))
    answered = body(problem.status_code, message, fields)
    answered["error"]["code"] = problem.get_codes() if isinstance(problem.get_codes(), str) else "invalid"
    return Response(answered, status=problem.status_code, headers=headers)


def _one_line(detail: Any) -> str:
    return " ".join(map(str, detail)) if isinstance(detail, list) else str(detail)
