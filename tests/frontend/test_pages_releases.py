"""Releases: the gate, the release's page, its leaderboard."""

import pytest
from django.urls import reverse

from pipelines.models import Release, Run

pytestmark = pytest.mark.django_db


def test_the_gate_says_what_is_missing(scene, as_, page):
    text = page(as_(scene.cast.ada), "releases", "xnli")
    assert "What one would hold now" in text
    assert "Nothing is ready in" in text


def test_a_version_that_is_none_is_refused_at_its_field(scene, as_):
    response = as_(scene.cast.ada).post(reverse("releases", args=["xnli"]), {"version": "one", "minimum": "verified"})
    assert response.status_code == 422
    assert "is no version" in response.content.decode()


def test_a_published_release_is_read_without_an_account(scene, as_, page):
    text = page(as_(None), "release", "xnli", "1.0.0")
    assert "<h1>The card</h1>" in text and "license: cc-by-4.0" not in text
    assert "sha256sum -c SHA256SUMS" in text and "0" * 64 in text


def test_a_release_is_published_only_when_its_files_are_those_that_were_built(scene, as_):
    response = as_(scene.cast.ada).post(reverse("release", args=["xnli", "1.1.0"]), {"do": "publish"})
    assert response.status_code == 409
    assert "has been changed" in response.content.decode()
    assert Release.objects.get(pk=scene.built.pk).status == "built"


def test_a_published_release_is_withdrawn_with_a_reason(scene, as_):
    client, url = as_(scene.cast.ada), reverse("release", args=["xnli", "1.0.0"])
    assert client.post(url, {"do": "yank", "reason": ""}).status_code == 422
    assert client.post(url, {"do": "yank", "reason": "A label was wrong."}).status_code == 302
    assert as_(None).get(url).status_code == 302


def test_the_leaderboard_draws_scores_with_their_intervals(scene, as_, page):
    text = page(as_(None), "leaderboard", "xnli", "1.0.0")
    assert text.count('<circle class="point"') == 1
    assert "41.5" in text and "33.0 – 50.0" in text and "accuracy|v:1" in text
    assert "Start a baseline" not in text


def test_a_baseline_starts_from_the_page(scene, as_, page):
    client, url = as_(scene.cast.ada), reverse("leaderboard", args=["xnli", "1.0.0"])
    assert 'name="baseline" value="tfidf_logreg"' in page(
        client, "leaderboard", "xnli", "1.0.0", baseline="tfidf_logreg"
    )
    assert client.post(url, {"baseline": "majority", "languages": ["sw"]}).status_code == 302
    assert Run.objects.filter(job__name="evaluate").count() == 1
    assert "Without scores" in client.get(url).content.decode()


def test_a_baseline_that_asks_a_model_opens_no_transcript_by_its_path(scene, as_):
    body = {"baseline": "llm_choice", "languages": ["sw"], "provider": "replay:/etc/passwd"}
    assert as_(scene.cast.ada).post(reverse("leaderboard", args=["xnli", "1.0.0"]), body).status_code == 403
    assert not Run.objects.filter(job__name="evaluate").exists()
