"""The item browser: what is found by whom, views that are kept, and what is done to many at once."""

import pytest
from django.urls import reverse

from annotation.models import Member
from tests.world import drafted, unit

pytestmark = pytest.mark.django_db


def keys(text: str) -> set[str]:
    text = text.replace("<mark>", "").replace("</mark>", "")
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
        ({"q": "CAT"}, {"s1"}),
        ({"q": "cat ALIKETI"}, {"s1"}),
        ({"q": "cat rained"}, set()),
        ({"q": '"the cat"'}, {"s1"}),
        ({"q": '"cat the"'}, set()),
        ({"q": "ｃａｔ"}, {"s1"}),
        ({"q": "ရ"}, {"s3"}),
        ({"q": "\u200b"}, set()),
        ({"q": "rained", "language": "sw"}, set()),
        ({"check": "numbers"}, {"s1"}),
        ({"verdict": "warn"}, set()),
        ({"check": "numbers", "verdict": "fail", "q": "paka"}, {"s1"}),
        ({"campaign": "post-edit"}, {"s1"}),
        ({"campaign": "no-such"}, set()),
        ({"person": "no-such"}, set()),
        ({"language": "<script>"}, set()),
        ({"q": "text"}, set()),
        ({"q": "\x00s2"}, {"s2"}),
        ({"after": "not a number"}, {"s1", "s2", "s3"}),
    ],
)
def test_units_are_found_by_filters_and_words(three, query, found, page):
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


