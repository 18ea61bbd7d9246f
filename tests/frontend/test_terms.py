"""Looking up a record that is meant: who may, and what is found first."""

import pytest
from django.urls import reverse

from annotation.actions import assignments
from annotation.task_types import task_types
from tests.asked import Asked, asked
from tests.world import item, task

pytestmark = pytest.mark.django_db
ASK = {"type": "entity", "name": "term", "text": "Which?", "kind": "sentence"}


@pytest.fixture
def campaign(cast, monkeypatch):
    """Bola holds a task that asks her to choose among the sentences."""
    monkeypatch.setitem(task_types.all, "asked", Asked)
    made = cast.campaign(task_type=asked(ASK))
    task(made, cast.drafted("A fever.", "Homa.", key="f1"))
    return made


def found(client, **query) -> list[str]:
    response = client.get(reverse("terms", args=["xnli", "sentence"]), query)
    assert response.status_code == 200
    return [one["key"] for one in response.json()["found"]]


def test_who_is_asked_finds_records_and_who_is_not_is_refused(cast, campaign, as_):
    url = reverse("terms", args=["xnli", "sentence"])
    assert as_(cast.bola).get(url, {"q": "fever"}).status_code == 403
    held = assignments.claim(campaign, by=cast.bola)
    assert found(as_(cast.bola), q="fever") == ["f1"]
    assert as_(cast.bola).get(reverse("terms", args=["xnli", "question"]), {"q": "fever"}).status_code == 403
    assert as_(cast.bisi).get(url, {"q": "fever"}).status_code == 403
    assignments.give_back(held, by=cast.bola)
    assert as_(cast.bola).get(url, {"q": "fever"}).status_code == 403


def test_the_very_word_comes_first_then_what_begins_with_it_whatever_its_case(cast, campaign, as_):
    for key, text in (("a", "Yellow fever"), ("b", "Fever"), ("c", "Feverfew, a herb"), ("d", "Cough")):
        cast.sentence(text, key)
    item(cast.other, "sentence", {"text": "fever"}, "theirs")
    assert found(as_(cast.ada), q="FEVER") == ["b", "c", "f1", "a"]
    assert found(as_(cast.ada), q="  ") == []
    assert found(as_(cast.ada), q="\x00fever")[0] == "b"
    assert found(as_(cast.ada), q="%") == []


def test_a_record_is_found_by_its_key_with_its_words_and_language(cast, campaign, as_):
    response = as_(cast.ada).get(reverse("terms", args=["xnli", "sentence"]), {"key": "f1"})
    assert response.json() == {"found": [{"key": "f1", "text": "A fever.", "more": "", "lang": "en", "dir": "ltr"}]}
    assert found(as_(cast.ada), key="nowhere") == []
