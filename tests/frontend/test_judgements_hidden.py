"""Who is to vote on a text does not see what a model thinks of it; who has voted, and who manages, does."""

import pytest
from django.urls import reverse

from annotation import policies
from annotation.actions import assignments
from annotation.judgements import ASKED
from annotation.models import Assignment, Finding
from tests.frontend.callers import Caller
from tests.world import task

pytestmark = pytest.mark.django_db
SAID = "critical accuracy/mistranslation: “aliketi”"
COUNTED = "15 of the source became 50."


@pytest.fixture
def unit(cast):
    one = cast.drafted("The cat sat 15 times.", "Paka aliketi mara 50.")
    for name, verdict, detail in (("judge_mqm", "fail", SAID), ("numbers", "fail", COUNTED)):
        Finding.objects.create(
            translation=one.current, check_name=name, verdict=verdict, detail=detail, signature=f"{name}|v:1"
        )
    one.route, one.reasons = "people", [COUNTED, ASKED]
    one.save()
    return one


def page(client, user, unit) -> str:
    client.force_login(user)
    return client.get(reverse("unit", args=["xnli", unit.pk])).content.decode()


def sees(text: str) -> tuple[bool, bool, bool]:
    """Whether a text tells the judgement, that there is one, and what was counted."""
    return SAID in text, ASKED in text, COUNTED in text


def test_the_work_screen_shows_what_was_counted_and_no_judgement(cast, client, unit):
    task(cast.campaign(), unit)
    client.force_login(cast.bola)
    screen = client.post(reverse("work", args=["xnli", "post-edit"]), {"do": "claim"}, follow=True)
    text = client.get(reverse("work", args=["xnli", "post-edit"])).content.decode() + screen.content.decode()
    assert sees(text) == (False, False, True) and "judge_mqm" not in text


def test_the_api_hands_out_no_judgement(cast, unit):
    made = task(cast.campaign(), unit)
    answer = Caller(cast.bola).post(f"campaigns/{made.campaign_id}/claim")
    assert answer.status_code == 200
    assert [one["check"] for one in answer.json()["findings"]] == ["numbers"]


def test_the_verifier_votes_too_and_sees_none(cast, client, unit):
    task(cast.campaign(), unit, stage="verify")
    client.force_login(cast.efe)
    text = client.get(reverse("work", args=["xnli", "post-edit"])).content.decode()
    assert sees(text) == (False, False, True)


def test_an_expert_sees_the_judgement_once_they_have_voted(cast, client, unit):
    assert sees(page(client, cast.efe, unit)) == (False, False, True)
    made = task(cast.campaign(), unit, stage="verify")
    given = Assignment.objects.create(
        task=made, campaign=made.campaign, person=cast.efe, stage="verify", lease_until="2100-01-01T00:00Z"
    )
    assert sees(page(client, cast.efe, unit)) == (False, False, True)
    assignments.submit(given, {"decision": "accept", "rating": 4}, by=cast.efe, key="k")
    assert sees(page(client, cast.efe, unit)) == (True, True, True)


def test_a_skip_is_no_vote(cast, unit):
    made = task(cast.campaign(), unit, stage="verify")
    Assignment.objects.create(
        task=made, campaign=made.campaign, person=cast.efe, stage="verify", status="skipped", lease_until="2100-01-01T00:00Z"
    )
    assert not policies.see_judgements(cast.efe, unit)


def test_who_has_voted_and_holds_another_task_of_it_waits_again(cast, unit):
    for number, status in enumerate(("submitted", "active")):
        made = task(cast.campaign(f"campaign-{number}"), unit)
        Assignment.objects.create(
            task=made, campaign=made.campaign, person=cast.efe, stage="annotate", status=status, lease_until="2100-01-01T00:00Z"
        )
    assert not policies.see_judgements(cast.efe, unit)
    Assignment.objects.filter(status="active").update(status="submitted")  # the control
    assert policies.see_judgements(cast.efe, unit)


def test_a_manager_sees_everything_before_anybody_votes(cast, client, unit):
    assert sees(page(client, cast.ada, unit)) == (True, True, True)
    assert policies.see_judgements(None, unit) and policies.see_judgements(cast.admin, unit)
    for nobody in (cast.bola, cast.zed, cast.olu):
        assert not policies.see_judgements(nobody, unit)
