"""Review: flags are resolved, appeals decided blind; and a manager's page of credits."""

import pytest
from django.urls import reverse

from annotation.actions import appeals, assignments
from annotation.models import Appeal, Credit, Resolution, Submission
from tests.world import join, person, task

pytestmark = pytest.mark.django_db
PAY = {"per": "submission", "rate": "0.05", "unit": "EUR", "cap_minutes": 10}


@pytest.fixture
def eve(cast):
    eve = person("eve", first_name="Evelyn")
    join(cast.dataset, eve, "expert")
    return eve


@pytest.fixture
def text(cast) -> Submission:
    """Bola's text, flagged, which Efe rejected."""
    campaign = cast.campaign(credit=PAY)
    task(campaign, cast.drafted("The cat sat.", "Paka aliketi."))
    for who, payload in (
        (cast.bola, {"content": {"text": "Paka ameketi."}}), (cast.efe, {"decision": "reject", "reason": "It sits now."}),
    ):  # fmt: skip
        held = assignments.claim(campaign, by=who)
        assignments.submit(held, payload, by=who, key=f"k{held.pk}", flagged="Who <sat>?" if who == cast.bola else "")
    return Submission.objects.get(assignment__person=cast.bola)


def test_a_flag_waits_until_somebody_says_what_came_of_it(cast, text, as_, page):
    client, url = as_(cast.efe), reverse("review", args=["xnli"])
    assert "Who &lt;sat&gt;?" in page(client, "review", "xnli")
    assert client.post(url, {"do": "resolve", "submission": text.pk, "note": " "}).status_code == 422
    assert client.post(url, {"do": "resolve", "submission": text.pk, "note": "The cat."}).status_code == 302
    assert Resolution.objects.get().by == cast.efe
    assert "No flag waits." in page(client, "review", "xnli") and "The cat." in page(client, "review", "xnli")
    assert client.post(url, {"do": "resolve", "submission": text.pk, "note": "Again."}).status_code == 409


def test_experts_see_flags_of_their_languages_only(cast, text, as_, page):
    member = cast.member(cast.efe)
    member.languages = ["my"]
    member.save()
    assert "No flag waits." in page(as_(cast.efe), "review", "xnli")
    url = reverse("review", args=["xnli"])
    assert as_(cast.efe).post(url, {"do": "resolve", "submission": text.pk, "note": "N."}).status_code == 403


def test_the_second_expert_sees_the_texts_and_neither_names_nor_reasons(cast, text, eve, as_, page):
    made = appeals.appeal(text, "Because I say so.", by=cast.bola)
    client = as_(eve)
    assert f"Decide appeal {made.pk}" in page(client, "review", "xnli")
    shown = page(client, "appeal", "xnli", made.pk)
    assert "The cat sat." in shown and "Paka aliketi." in shown and "Paka ameketi." in shown
    pseudonyms = [cast.member(who).pseudonym for who in (cast.bola, cast.efe)]
    for hidden in ("Bola", "bola", "Efe", "efe@", "Because I say so.", "It sits now.", *pseudonyms):
        assert hidden not in shown, hidden


def test_the_first_expert_and_the_author_do_not_get_to_it(cast, text, eve, as_, page):
    made = appeals.appeal(text, "It is right.", by=cast.bola)
    assert f"Decide appeal {made.pk}" not in page(as_(cast.efe), "review", "xnli")
    for who in (cast.efe, cast.bola, cast.ada):
        assert as_(who).get(reverse("appeal", args=["xnli", made.pk])).status_code == 403


def test_a_decision_without_a_note_keeps_what_was_ticked_and_with_one_is_made(cast, text, eve, as_):
    made = appeals.appeal(text, "It is right.", by=cast.bola)
    client, url = as_(eve), reverse("appeal", args=["xnli", made.pk])
    wrong = client.post(url, {"acceptable": ["A"], "note": " "})
    assert wrong.status_code == 422 and 'value="A" checked' in wrong.content.decode()
    assert client.post(url, {"acceptable": ["A", "B"], "note": "Both will do."}).status_code == 302
    assert Appeal.objects.get().status == "overturned"
    assert client.post(url, {"acceptable": [], "note": "No."}).status_code in (403, 409)


def test_managers_follow_appeals_without_names(cast, text, eve, as_, page):
    appeals.decide(appeals.appeal(text, "It is right.", by=cast.bola), [], "Neither will do.", by=eve)
    shown = page(as_(cast.ada), "review", "xnli")
    assert "Neither will do." in shown and "It is right." in shown and "Evelyn" not in shown


def test_the_campaign_page_counts_reasons_for_those_who_review(cast, text, as_, page):
    assert "Flagged" in page(as_(cast.ada), "campaign", "xnli", "post-edit")
    assert "Flagged" not in page(as_(cast.bola), "campaign", "xnli", "post-edit")


def test_a_manager_adds_a_line_once_and_sees_everybodys(cast, text, as_, page):
    client, url = as_(cast.ada), reverse("credits", args=["xnli"])
    assert "bola" in page(client, "credits", "xnli") and "efe" in page(client, "credits", "xnli")
    form = {"person": cast.bola.pk, "campaign": text.assignment.campaign_id, "amount": "-0.05", "reason": "Twice.", "key": "k"}
    assert client.post(url, form | {"amount": "0"}).status_code == 422
    for _ in range(2):
        assert client.post(url, form).status_code == 302
    assert Credit.objects.filter(kind="correction").count() == 1
    assert "Twice." in page(client, "credits", "xnli")
    rows = b"".join(client.get(url, {"as": "csv"}).streaming_content).decode().splitlines()
    assert len(rows) == 4


def test_another_datasets_people_and_campaigns_are_no_choices(cast, text, as_):
    form = {"person": cast.zed.pk, "campaign": text.assignment.campaign_id, "amount": "1", "reason": "R.", "key": "k"}
    assert as_(cast.ada).post(reverse("credits", args=["xnli"]), form).status_code == 422
    assert not Credit.objects.filter(kind="correction").exists()
