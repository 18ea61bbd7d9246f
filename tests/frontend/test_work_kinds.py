"""The work screen of a survey, of labels in both languages, and of an adjudication."""

import pytest
from django.urls import reverse

from annotation.actions import assignments, campaigns
from annotation.models import Assignment, Submission
from tests.world import unit as unit_of

pytestmark = pytest.mark.django_db


def opened(cast, **plan):
    made = campaigns.create(cast.dataset, slug="asked", name="Asked", verification="disputed", by=cast.ada, **plan)
    campaigns.open_campaign(made, by=cast.ada)
    return made, reverse("work", args=["xnli", "asked"])


def send(client, url, **fields):
    mine = Assignment.objects.filter(status="active").latest("pk")
    return client.post(url, {"do": "submit", "assignment": mine.pk, "key": f"k{mine.pk}", **fields})


def test_a_survey_shows_the_text_and_its_questions_and_stores_what_was_chosen(cast, as_):
    cast.drafted("The cat sat.", "Paka aliketi.")
    _, url = opened(cast, task_type="survey", effects=[{"do": "adopt"}])
    bola = as_(cast.bola)
    page = bola.get(url).content.decode()
    for words in ("The cat sat.", "Paka aliketi.", "How good is the translation?", "Understandable", "did_not_understand"):
        assert words in page
    assert page.index('value="good"') < page.index('value="understandable"') < page.index('value="wrong"'), "the order of the plan"
    assert "<textarea class=\"text box" not in page
    missing = send(bola, url, **{"answers.quality": "good"})
    assert missing.status_code == 422 and "answers.culture is missing" in missing.content.decode()
    assert send(bola, url, **{"answers.quality": "good", "answers.culture": "typical"}).status_code == 302
    assert Submission.objects.get().payload == {"answers": {"quality": "good", "culture": "typical"}, "comment": ""}


def test_labels_are_asked_in_both_languages_and_the_known_one_is_not_shown(cast, as_):
    premise, hypothesis = cast.drafted("A cat sat.", "Paka aliketi."), cast.drafted("An animal sat.", "Mnyama aliketi.")
    for one in (premise, hypothesis):
        one.status = "verified"
        one.save()
    cast.pair(premise.item, hypothesis.item, "entailment")
    _, url = opened(cast, task_type="relabel", admission={"kinds": ["pair"], "status": ["verified"]}, effects=[{"do": "label"}])
    page = as_(cast.bola).get(url).content.decode()
    for words in ("A cat sat.", "Paka aliketi.", "Mnyama aliketi.", "By the source", "By the translation"):
        assert words in page
    assert page.count('value="entailment"') == 2 and "badge\">entailment" not in page
    send(as_(cast.bola), url, **{"answers.source": "entailment", "answers.target": "neutral"})
    assert Submission.objects.get().payload["answers"] == {"source": "entailment", "target": "neutral"}


@pytest.fixture
def disputed(cast):
    cast.drafted("A cat sat.", "Paka aliketi.")
    made, url = opened(cast, overlap=2)
    for person, words in ((cast.bola, "Paka alikaa."), (cast.bisi, "Paka ameketi.")):
        mine = assignments.claim(made, by=person)
        payload = {"content": {"text": words}, "comment": f"says {person.first_name[0]}"}
        assignments.submit(mine, payload, by=person, key=f"{mine.pk}")
    return url


def test_an_adjudicator_sees_the_answers_side_by_side_and_nobodys_name(cast, as_, disputed):
    page = as_(cast.efe).get(disputed).content.decode()
    assert "alikaa" in page and "ameketi" in page and 'value="A"' in page and 'value="B"' in page
    for person in (cast.bola, cast.bisi):
        assert person.username not in page.lower().replace("says b", "") and cast.member(person).pseudonym not in page


def test_an_adjudicator_takes_one_with_a_note(cast, as_, disputed):
    efe = as_(cast.efe)
    efe.get(disputed)
    assert send(efe, disputed, take="A", note="closer").status_code == 302
    assert Submission.objects.latest("pk").payload == {"take": "A", "own": None, "note": "closer"}


def test_an_adjudicator_writes_their_own(cast, as_, disputed):
    efe = as_(cast.efe)
    efe.get(disputed)
    wrong = send(efe, disputed, take="own", **{"content.text": " "})
    assert wrong.status_code == 422
    assert send(efe, disputed, take="own", **{"content.text": "Paka ameketi chini."}).status_code == 302
    assert Submission.objects.latest("pk").payload["own"]["content"] == {"text": "Paka ameketi chini."}


def test_an_adjudicator_asks_for_a_second_opinion(cast, as_, disputed):
    efe = as_(cast.efe)
    efe.get(disputed)
    mine = Assignment.objects.get(stage="adjudicate")
    assert efe.post(disputed, {"do": "second", "assignment": mine.pk}).status_code == 302
    mine.task.refresh_from_db()
    assert (mine.task.needed, mine.task.open) == (2, 1)


def test_the_api_hands_out_the_questions_and_the_answers_that_disagree(cast, as_, disputed):
    unit_of(cast.sentence("Another."))
    given = as_(cast.efe).post(f"/api/campaigns/{Assignment.objects.first().campaign_id}/claim").json()
    assert [one["letter"] for one in given["context"]["candidates"]] == ["A", "B"]
    assert "person" not in str(given) and given["task_type"] == "adjudicate"
