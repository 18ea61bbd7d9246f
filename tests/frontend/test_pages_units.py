"""A unit, with its whole story."""

import pytest
from django.urls import reverse

from annotation.actions import units
from annotation.models import Unit
from tests.world import drafted, translation, unit

pytestmark = pytest.mark.django_db


def test_a_unit_tells_its_whole_story(scene, as_, page):
    edited = translation(
        scene.unit, "Paka ameketi.", origin="post-edited", parent=scene.unit.current, author=scene.cast.bola
    )
    units.adopt(scene.unit, edited, by=scene.cast.ada)
    text = page(as_(scene.cast.ada), "unit", "xnli", scene.unit.pk)
    assert "<del>aliketi</del><ins>ameketi</ins>" in text
    assert scene.cast.member(scene.cast.bola).pseudonym in text
    assert "15 of the source became 50." in text and "numbers|v:1" in text
    assert "<strong><code>adopt</code></strong>" in text


def test_an_expert_is_told_roles_and_no_pseudonyms(scene, as_, page):
    edited = translation(scene.unit, "Paka ameketi.", origin="post-edited", author=scene.cast.bola)
    text = page(as_(scene.cast.efe), "unit", "xnli", scene.unit.pk)
    assert edited.content["text"] in text
    assert scene.cast.member(scene.cast.bola).pseudonym not in text
    assert "Bola" not in text


def test_a_recorded_text_is_called_recorded_wherever_it_shows(scene, as_, page):
    recorded = translation(scene.unit, "Paka aliketi!", origin="recorded")
    Unit.objects.filter(pk=scene.unit.pk).update(current=recorded)
    client = as_(scene.cast.ada)
    assert "badge recorded" in page(client, "units", "xnli")
    assert page(client, "unit", "xnli", scene.unit.pk).count("badge recorded") == 2


def test_texts_carry_their_language_and_direction(scene, as_, page):
    scene.cast.dataset.languages.create(tag="ar")
    arabic = drafted(unit(scene.cast.sentence("Peace.", key="peace"), "ar"), "سلام")
    text = page(as_(scene.cast.ada), "unit", "xnli", arabic.pk)
    assert '<bdi class="text block" lang="ar" dir="rtl">سلام</bdi>' in text
    assert '<bdi class="text block" lang="en" dir="ltr">Peace.</bdi>' in text


def test_an_expert_rejects_and_reopens_with_a_reason(scene, as_):
    client, url = as_(scene.cast.efe), reverse("unit", args=["xnli", scene.unit.pk])
    assert client.post(url, {"do": "reject", "reason": " "}).status_code == 422
    client.post(url, {"do": "reject", "reason": "The source is no sentence."})
    assert Unit.objects.get(pk=scene.unit.pk).status == "rejected"
    assert "The source is no sentence." in client.get(url).content.decode()
    client.post(url, {"do": "reopen", "reason": "It is one."})
    assert Unit.objects.get(pk=scene.unit.pk).status == "drafted"
