"""What goes wrong is said in one plain sentence, on a page, in a fragment or as JSON."""

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from annotation.models import Invitation
from tests.frontend.callers import Caller, error

pytestmark = pytest.mark.django_db


def test_an_address_that_leads_nowhere_says_so(scene, as_):
    response = as_(scene.cast.ada).get("/nowhere/")
    assert response.status_code == 404
    assert "There is no page at this address" in response.content.decode()


def test_an_error_inside_an_htmx_request_is_a_fragment(scene, as_):
    response = as_(scene.cast.bola).get(reverse("runs", args=["xnli"]), headers={"HX-Request": "true"})
    assert response.status_code == 403
    assert "Only a manager" in response.content.decode()
    assert "<html" not in response.content.decode()


def test_an_error_below_api_is_json(as_):
    response = as_(None).get("/api/nowhere/")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "missing"


def test_a_form_without_its_token_is_refused_in_plain_words(scene):
    client = Client(enforce_csrf_checks=True)
    client.force_login(scene.cast.ada, backend="django.contrib.auth.backends.ModelBackend")
    before = Invitation.objects.count()
    response = client.post(reverse("members", args=["xnli"]), {"do": "invite"})
    assert response.status_code == 403
    assert "This form is out of date" in response.content.decode()
    assert Invitation.objects.count() == before


def test_a_bug_is_answered_without_its_traceback(scene, as_, monkeypatch):
    monkeypatch.setattr("frontend.pages.home.published", lambda: 1 / 0)
    response = as_(None).get("/")
    assert response.status_code == 500
    text = response.content.decode()
    assert "Something went wrong here" in text and "ZeroDivisionError" not in text


def test_the_pages_promise_the_browser_no_inline_code(scene, as_):
    policy = as_(None).get("/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy


def away(*_: object, **__: object) -> None:
    raise OperationalError("server closed the connection unexpectedly") from psycopg.OperationalError()


def locked_out(*_: object, **__: object) -> None:
    raise OperationalError("deadlock detected") from psycopg.errors.DeadlockDetected()


def test_a_page_says_that_the_database_is_away(as_, monkeypatch):
    monkeypatch.setattr("frontend.pages.home.published", away)
    response = as_(None).get("/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    text = response.content.decode()
    assert "The database does not answer just now" in text and "closed the connection" not in text


def test_a_fragment_says_that_the_database_is_away(as_, monkeypatch):
    monkeypatch.setattr("frontend.pages.home.published", away)
    response = as_(None).get("/", headers={"HX-Request": "true"})
    assert response.status_code == 503 and "<html" not in response.content.decode()


def test_the_api_says_that_the_database_is_away(scene, monkeypatch):
    monkeypatch.setattr("annotation.actions.assignments.take", away)
    response = Caller(scene.cast.bola).post("campaigns/1/claim")
    assert error(response, 503)["code"] == "unavailable"
    assert response.headers["Retry-After"] == "2"


def test_a_database_that_goes_away_around_the_page_is_said_too(as_, monkeypatch):
    monkeypatch.setattr("django.contrib.sessions.middleware.SessionMiddleware.process_response", away)
    assert as_(None).get("/").status_code == 503


def test_what_else_the_database_refuses_is_a_bug(as_, monkeypatch):
    monkeypatch.setattr("frontend.pages.home.published", locked_out)
    assert as_(None).get("/").status_code == 500
