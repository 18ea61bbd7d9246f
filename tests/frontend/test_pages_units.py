"""Units: found by anybody who may, and each with its whole story."""

import pytest
from django.urls import reverse

from annotation.actions import units
from annotation.models import Member, Unit
from tests.world import drafted, translation, unit

pytestmark = pytest.mark.django_db


def keys(text: str) -> set[str]:
    return {key for key in ("s1", "s2", "s3") if f">{key}</a>" in text}


@pytest.fixture
def three(scene, as_):
    """Units s1 (drafted, sw), s2 (new, sw) and s3 (drafted, my)."""
    unit(scene.cast.sentence('She said "50 % off".', key="s2"), "sw")
    drafted(unit(scene.cast.sentence("It rained.", key="s3"), "my"), "မိုးရွာသည်။")
    return as_(scene.cast.ada)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"s1", "s2", "s3"}),
        ({"language": "my"}, {"s3"}),
        ({"status": "new"}, {"s2"}),
        ({"kind": "question"}, set()),
        ({"route": "people"}, {"s1", "s3"}),
        ({"q": "s2"}, {"s2"}),
        ({"q": "aliketi"}, {"s1"}),
        ({"q": "ရွာ"}, {"s3"}),
        ({"q": '"50 %'}, {"s2"}),
        ({"q": "50_%"}, set()),
        ({"q": "CAT"}, set()),
        ({"q": "text"}, set()),
        ({"q": "\x00s2"}, {"s2"}),
        ({"after": "not a number"}, {"s1", "s2", "s3"}),
    ],
)
def test_units_are_found_by_filter_key_and_exact_text(three, query, found, page):
    assert keys(page(three, "units", "xnli", **query)) == found


def test_the_next_units_follow_those_shown(scene, as_, page):
    for number in range(60):
        unit(scene.cast.sentence(f"Sentence {number:03}.", key=f"k{number:03}"), "sw")
    first = page(as_(scene.cast.ada), "units", "xnli", kind="sentence")
    assert "k048" in first and "k049" not in first
    after = first.split("after=")[1].split('"')[0]
    assert "k049" in page(as_(scene.cast.ada), "units", "xnli", kind="sentence", after=after)


def test_an_expert_browses_only_their_languages(scene, three, as_, page):
    Member.objects.filter(user=scene.cast.efe).update(languages=["my"])
    assert keys(page(as_(scene.cast.efe), "units", "xnli")) == {"s3"}
    assert as_(scene.cast.efe).get(reverse("unit", args=["xnli", scene.unit.pk])).status_code == 403


def test_a_unit_tells_its_whole_story(scene, as_, page):
    edited = translation(
        scene.unit, "Paka ameketi.", origin="post-edited", parent=scene.unit.current, author=scene.cast.bola
    )
    units.adopt(scene.unit, edited, by=scene.cast.ada)
    text = page(as_(scene.cast.ada), "unit", "xnli", scene.unit.pk)
    assert "<del>aliketi</del><ins>ameketi</ins>" in text
    assert scene.cast.member(scene.cast.bola).pseudonym in text
    assert "15 became 50." in text and "numbers|v:1" in text
    assert "<strong>adopt</strong>" in text


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
