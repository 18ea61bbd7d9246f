"""The floor of the loop: a bare Django view for each of the two statements, that asks nobody who they are."""

import json
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DRAGOMAN_DB_POOL", "16")  # as in config/wsgi.py
settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []
application = get_wsgi_application()

from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402

from bench import _answer  # noqa: E402
from core import prepared  # noqa: E402

CURSORS = {"bare": lambda: connection.cursor(), "prepared": prepared.cursor}


def claim(request: HttpRequest, how: str, campaign: int, person: int) -> HttpResponse:
    """The first statement, which is the queue's own."""
    request.read()  # or the web server closes the connection
    found = _answer.claim(CURSORS[how], campaign, person)
    return JsonResponse({"assignment": found}) if found else HttpResponse(status=204)


def submit(request: HttpRequest, how: str, assignment: int) -> HttpResponse:
    """An answer, stored unread."""
    payload = json.dumps(json.loads(request.body)["payload"])
    stored = _answer.store(CURSORS[how], assignment, payload, request.headers["Idempotency-Key"])
    return JsonResponse({"submission": {"id": stored}}, status=201)


urlpatterns = [path("<how>/claim/<int:campaign>/<int:person>", claim), path("<how>/submit/<int:assignment>", submit)]
