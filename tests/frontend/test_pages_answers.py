"""One's own last answers: read again, changed, and nothing of anybody else's."""

import re

import pytest
from django.urls import reverse

from annotation.actions import assignments
from annotation.models import Submission
from tests.frontend.test_work import SCRIPT, form
from tests.world import task

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(cast):
    made = cast.campaign(overlap=2)
    for number in (1, 2):
        task(made, cast.drafted(f"The cat sat {number}.", f"Paka aliketi {number}.", key=f"s{number}"), needed=2, open=2)
    for who, said in ((cast.bola, "Paka wa Bola."), (cast.bisi, "Paka wa Bisi.")):
        mine = assignments.claim(made, by=who)
        assignments.submit(mine, {"content": {"text": said}}, by=who, key=f"k{who.pk}", flagged="Which <b>?" if who == cast.bola else "")
    return made


@pytest.fixture
def mine(cast, campaign):
    return Submission.objects.get(assignment__person=cast.bola).assignment


def test_the_list_shows_ones_own_answers_and_nobody_elses(cast, campaign, as_):
    html = as_(cast.bola).get(reverse("my_answers", args=["xnli", "post-edit"])).content.decode()
    assert "The cat sat 1." in html and "Paka wa Bola." in html and "Which &lt;b&gt;?" in html
    assert "Bisi" not in html


def test_an_answer_is_changed_on_the_screen_it_was_given_on_without_a_script_too(cast, campaign, mine, as_):
    Submission.objects.get(assignment__person=cast.bisi)  # the task is settled by now
    other = assignments.claim(campaign, by=cast.bola)
    assignments.submit(other, {"content": {"text": "Wa pili."}}, by=cast.bola, key="k2")
    url = reverse("my_answer", args=["xnli", "post-edit", other.pk])
    html = as_(cast.bola).get(url).content.decode()
    assert form(html)["content.text"] == "Wa pili." and 'id="skip"' not in html
    answered = as_(cast.bola).post(url, form(html, **{"content.text": "Wa pili huyu."}))
    assert answered.status_code == 302
    sent = form(as_(cast.bola).get(url).content.decode(), **{"content.text": "Wa pili yule."})
    assert "is changed" in as_(cast.bola).post(url, sent, **SCRIPT).json()["html"]
    assert Submission.objects.get(assignment=other).payload["content"] == {"text": "Wa pili yule."}


def test_what_is_settled_is_refused_with_the_text_still_there(cast, campaign, mine, as_):
    url = reverse("my_answer", args=["xnli", "post-edit", mine.pk])
    sent = form(as_(cast.bola).get(url).content.decode(), **{"content.text": "Nimechelewa."})
    page = as_(cast.bola).post(url, sent)
    assert page.status_code == 409 and "Nimechelewa." in page.content.decode()
    assert as_(cast.bola).post(url, sent, **SCRIPT).status_code == 409


def test_gold_is_listed_and_opened_as_work_is(cast, campaign, mine, as_):
    client, places = as_(cast.bola), [reverse("my_answers", args=["xnli", "post-edit"])]
    places.append(reverse("my_answer", args=["xnli", "post-edit", mine.pk]))

    def pages():
        return [re.sub(r'(csrfmiddlewaretoken|key)" value="\w+"|<time.*?</time>', "", client.get(one).content.decode()) for one in places]

    before = pages()
    mine.task.purpose = "gold"
    mine.task.save()
    assert pages()[0] == before[0]
