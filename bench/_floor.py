"""The floor of the loop: a bare Django view for each of the two statements, that asks nobody who they are."""

import json
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DRAGOMAN_DB_POOL", "16")  # as in config/wsgi.py
settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []
application = get_wsgi_application()

from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402

from annotation import queue  # noqa: E402
from bench._answer import store  # noqa: E402


def claim(request: HttpRequest, campaign: int, person: int) -> HttpResponse:
    """The first statement, which is the queue's own."""
    request.read()  # or the web server closes the connection
    found = queue.claim(campaign, person)
    return JsonResponse({"assignment": found}) if found else HttpResponse(status=204)


def submit(request: HttpRequest, assignment: int) -> HttpResponse:
    """An answer, stored unread."""
    payload = json.dumps(json.loads(request.body)["payload"])
    return JsonResponse({"submission": {"id": store(assignment, payload, request.headers["Idempotency-Key"])}}, status=201)


urlpatterns = [path("claim/<int:campaign>/<int:person>", claim), path("submit/<int:assignment>", submit)]
