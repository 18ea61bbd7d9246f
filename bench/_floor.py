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


def page(request: HttpRequest, campaign: int, person: int) -> HttpResponse:
    """A page with one box, no style and one script; answered, it stores and hands out the next by the two statements."""
    return HttpResponse(PAGE)


def turn(request: HttpRequest, campaign: int, person: int) -> HttpResponse:
    """Store an answer when there is one, and claim the next."""
    body = json.loads(request.body)
    if body["assignment"]:
        _answer.store(prepared.cursor, body["assignment"], json.dumps({"text": body["text"]}), body["key"])
    return JsonResponse({"assignment": _answer.claim(prepared.cursor, campaign, person)})


PAGE = """<!doctype html><meta charset="utf-8"><title>Floor</title>
<p class="task" data-assignment=""><p>The teacher crossed the old bridge.<p><textarea class="box"></textarea>
<script>
const task = document.querySelector(".task"), box = document.querySelector(".box");
async function turn() {
  const body = JSON.stringify({ assignment: Number(task.dataset.assignment), text: box.value, key: crypto.randomUUID() });
  const answer = await fetch(location.pathname + "/turn", { method: "POST", body });
  task.dataset.assignment = (await answer.json()).assignment;
  box.value = "";
  box.focus();
}
addEventListener("keydown", (event) => event.key === "Enter" && event.ctrlKey && turn());
turn();
</script>"""

urlpatterns = [
    path("page/<int:campaign>/<int:person>", page),
    path("page/<int:campaign>/<int:person>/turn", turn),
    path("<how>/claim/<int:campaign>/<int:person>", claim),
    path("<how>/submit/<int:assignment>", submit),
]
