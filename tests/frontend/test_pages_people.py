"""The quality of people, as managers see it, and what is decided about one's own work."""

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.actions import assignments, quality
from annotation.models import Hold, Member, Qualification, Review
from annotation.models.members import Role
from tests.world import join, person, task

pytestmark = pytest.mark.django_db
RIGHT, SAME = "Paka mweusi ameketi.", "Sijui."


def answer(campaign, who, text):
    mine = assignments.claim(campaign, by=who)
    assignments.submit(mine, {"content": {"text": text}}, by=who, key=f"key-{mine.pk}")


@pytest.fixture
def worked(cast):
    """Twelve texts that all three annotators answered, at an honest pace; Ben writes the same everywhere. And some gold."""
    campaign = cast.campaign("worked", overlap=3, verification="none", quality_rule={"pause_below": 0.6, "after": 50})
    for number in range(12):
        task(campaign, cast.drafted(f"The cat sat {number}.", f"Paka {number}."), needed=3)
    for number in range(12):
        for who in (cast.bola, cast.bisi):
            answer(campaign, who, f"{who} {number}")
        answer(campaign, cast.ben, SAME)
    campaign.gold_rate = 1  # as no plan may say: every answer from here on is to gold
    campaign.save()
    for number in range(4):
        unit = cast.drafted(f"Gold {number}.", f"Dhahabu {number}.")
        quality.make_gold(campaign, unit, expected={"content": {"text": RIGHT}}, by=cast.ada)
    task(campaign, cast.drafted("Last.", "Mwisho."), needed=3)
    for text in (RIGHT, RIGHT, RIGHT, SAME):
        answer(campaign, cast.bola, text)
    return campaign


def decide(client, campaign, who, action, note="", signal="sameness"):
    body = {"do": "review", "campaign": campaign.pk, "person": who.pk, "signal": signal, "action": action, "note": note}
    return client.post(reverse("people", args=["xnli"]), body)


def test_a_managers_page_shows_accuracy_with_its_interval(cast, worked, as_, page):
    text = page(as_(cast.ada), "people", "xnli")
    assert "3 / 4" in text and "30 % – 95 %" in text and 'class="bound"' in text


def test_a_signal_is_shown_with_what_the_others_do(cast, worked, as_, page):
    text = page(as_(cast.ada), "people", "xnli")
    assert "sameness" in text and "the same answer in 99 %" not in text and "the same answer in 100 %" in text
    assert "Nothing stands out" not in text
    assert "Nothing stands out" in page(as_(cast.ada), "people", "xnli", campaign=cast.campaign("other").slug)


def test_a_manager_warns_the_person_reads_and_appeals_and_another_manager_answers(cast, worked, as_, page):
    ada, ben = as_(cast.ada), as_(cast.ben)
    assert decide(ada, worked, cast.ben, "warned").status_code == 422  # without a note
    assert decide(ada, worked, cast.ben, "warned", "Please <read> the texts.").status_code == 302
    mine = page(ben, "reviews")
    assert "Please &lt;read&gt; the texts." in mine and "the same answer in 100 %" in mine
    assert "Read it, and appeal" in page(ben, "account") and "Read it, and appeal" not in page(as_(cast.bola), "account")
    row = Review.objects.get()
    assert row.evidence["answers"] == 12 and row.evidence["seen"] == 1.0
    assert ben.post(reverse("reviews"), {"review": row.pk, "appeal": " "}).status_code == 422
    assert ben.post(reverse("reviews"), {"review": row.pk, "appeal": "They were all the same."}).status_code == 302
    assert ben.post(reverse("reviews"), {"review": row.pk, "appeal": "Again."}).status_code == 409
    answered = {"do": "answer", "review": row.pk, "verdict": "overturn", "answer": "True."}
    assert ada.post(reverse("people", args=["xnli"]), answered).status_code == 403
    assert "against your own decision" in page(ada, "people", "xnli")
    other = person("ann")
    join(cast.dataset, other, Role.MANAGER, languages=())
    assert as_(other).post(reverse("people", args=["xnli"]), answered).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.answered_by) == ("overturned", other)
    assert "True." in page(ben, "reviews")


def test_who_is_suspended_by_a_review_still_reads_it_and_comes_back_when_it_is_overturned(cast, worked, as_, page):
    decide(as_(cast.ada), worked, cast.ben, "suspended", "All the same.")
    assert Member.objects.get(user=cast.ben).status == "suspended"
    ben, row = as_(cast.ben), Review.objects.get()
    assert ben.get(reverse("dataset", args=["xnli"])).status_code == 403
    assert "All the same." in page(ben, "reviews")
    ben.post(reverse("reviews"), {"review": row.pk, "appeal": "No."})
    answered = {"do": "answer", "review": row.pk, "verdict": "overturn", "answer": "Sorry."}
    assert as_(cast.admin).post(reverse("people", args=["xnli"]), answered).status_code == 302
    assert Member.objects.get(user=cast.ben).status == "active"


def test_a_dismissed_signal_is_not_shown_to_the_person_and_cannot_be_appealed(cast, worked, as_, page):
    decide(as_(cast.ada), worked, cast.ben, "dismissed")
    assert "Nobody has decided anything" in page(as_(cast.ben), "reviews")
    assert as_(cast.ben).post(reverse("reviews"), {"review": Review.objects.get().pk, "appeal": "No."}).status_code == 404


def test_a_signal_that_is_not_there_cannot_be_decided(cast, worked, as_):
    assert decide(as_(cast.ada), worked, cast.bola, "suspended", "Why not.").status_code == 409
    assert not Review.objects.exists() and Member.objects.get(user=cast.bola).status == "active"


def test_a_hold_is_lifted_and_a_test_given_again(cast, worked, as_, page):
    hold = Hold.objects.create(campaign=worked, person=cast.ben, language="sw", reason="0 of 10 were right.")
    failed = Qualification.objects.create(
        dataset=cast.dataset, person=cast.ben, language="sw", task_type="post_edit", status="failed", tries=2, score=0.4
    )
    ada, url = as_(cast.ada), reverse("people", args=["xnli"])
    shown = page(ada, "people", "xnli")
    assert "0 of 10 were right." in shown and "40 %" in shown
    ada.post(url, {"do": "lift", "hold": hold.pk})
    ada.post(url, {"do": "renew", "qualification": failed.pk})
    hold.refresh_from_db()
    failed.refresh_from_db()
    assert hold.status == "lifted" and hold.lifted and (failed.status, failed.tries) == ("testing", 0)


def test_the_page_asks_the_database_as_often_for_many_as_for_few(cast, worked, as_, page):
    client = as_(cast.ada)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            page(client, "people", "xnli", campaign="worked")
        return len(asked)

    few = queries()
    for number in range(4):
        who = person(f"more{number}")
        join(cast.dataset, who, Role.ANNOTATOR)
        worked.tasks.filter(purpose="work").update(open=F("open") + 1, status="open")
        for text in (RIGHT, SAME):
            answer(worked, who, text)
        Hold.objects.create(campaign=worked, person=who, language="sw", reason="Why.")
        Qualification.objects.create(dataset=cast.dataset, person=who, language="sw", task_type="post_edit", status="passed")
        Review.objects.create(campaign=worked, person=who, signal="pace", evidence={}, action="warned", status="appealed")
    assert queries() == few
