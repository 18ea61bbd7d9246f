"""What goes wrong is said in one plain sentence, on a page, in a fragment or as JSON."""

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Invitation

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
