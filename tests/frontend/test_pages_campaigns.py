"""Campaigns: made, opened, paused, closed, with the guideline's versions."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annotation.actions import assignments, campaigns
from annotation.models import Campaign, Hold
from frontend.pages import campaign as campaign_page
from tests.answered import VERIFY, judgements

pytestmark = pytest.mark.django_db


CAMPAIGN = {
    "do": "create", "name": "Second look", "slug": "second", "task_type": "post_edit", "route": "people",
    "overlap": "2", "verification": "disputed", "guideline": "Be *kind*.",
}  # fmt: skip


def test_a_campaign_is_made_opened_paused_and_closed(scene, as_):
    client = as_(scene.cast.ada)
    assert client.post(reverse("campaigns", args=["xnli"]), CAMPAIGN).status_code == 302
    made = Campaign.objects.get(slug="second")
    assert (made.overlap, made.admission["route"]) == (2, "people")
    url = reverse("campaign", args=["xnli", "second"])
    assert "<em>kind</em>" in client.get(url).content.decode()
    for verb, status in (("open", "live"), ("pause", "paused"), ("open", "live"), ("close", "closed")):
        assert client.post(url, {"do": verb}).status_code == 302
        made.refresh_from_db()
        assert made.status == status
    assert client.post(url, {"do": "open"}).status_code == 409
    assert made.tasks.count() == 2


def test_a_campaign_from_yaml_names_the_key_it_does_not_know(scene, as_):
    client = as_(scene.cast.ada)
    wrong = client.post(reverse("campaigns", args=["xnli"]), {"do": "yaml", "text": "slug: a\nname: A\noverlp: 2"})
    assert wrong.status_code == 422
    assert "overlp" in wrong.content.decode()
    right = client.post(reverse("campaigns", args=["xnli"]), {"do": "yaml", "text": "slug: a\nname: A\noverlap: 2"})
    assert right.status_code == 302


CHAIN = """
campaigns:
  - {slug: one, name: The first, verification: none, effects: [{do: adopt}]}
  - {slug: two, name: The second, task_type: verify, admission: {after: {campaign: one}}, audience: {role: expert}, verification: none}
"""


def test_a_chain_is_made_from_one_yaml_and_opened_together(scene, as_, page):
    client, url = as_(scene.cast.ada), reverse("campaigns", args=["xnli"])
    assert client.post(url, {"do": "yaml", "text": CHAIN}).headers["Location"] == url
    text = page(client, "campaigns", "xnli")
    assert "Made, and not open yet: The first, The second." in text and "after one" in text and "Open the 2 being prepared" in text
    assert client.post(url, {"do": "open"}).status_code == 302
    assert set(Campaign.objects.filter(slug__in=["one", "two"]).values_list("status", flat=True)) == {"live"}
    assert "being prepared" not in page(client, "campaigns", "xnli")
    assert as_(scene.cast.bola).post(url, {"do": "open"}).status_code == 403


def test_of_a_chain_none_is_made_when_one_is_wrong(scene, as_):
    wrong = as_(scene.cast.ada).post(reverse("campaigns", args=["xnli"]), {"do": "yaml", "text": CHAIN.replace("campaign: one", "campaign: gone")})
    assert wrong.status_code == 422 and "names a campaign this dataset has not: gone" in wrong.content.decode()
    assert not Campaign.objects.filter(slug__in=["one", "two"]).exists()


def test_campaigns_of_experts_offer_annotators_no_work(scene, as_, page):
    as_(scene.cast.ada).post(reverse("campaigns", args=["xnli"]), {"do": "yaml", "text": CHAIN})
    as_(scene.cast.ada).post(reverse("campaigns", args=["xnli"]), {"do": "open"})
    first, second = (reverse("work", args=["xnli", slug]) for slug in ("one", "two"))
    text = page(as_(scene.cast.bola), "campaigns", "xnli")
    assert first in text and second not in text
    assert second in page(as_(scene.cast.efe), "campaigns", "xnli")
    assert as_(scene.cast.bola).get(second).status_code == 403


def test_the_list_asks_as_often_for_many_campaigns_as_for_one(scene, as_, django_assert_num_queries):
    client, url = as_(scene.cast.bola), reverse("campaigns", args=["xnli"])
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(5):
        scene.cast.campaign(f"more-{number}")
    with django_assert_num_queries(len(few)):
        client.get(url)


def test_a_campaign_offers_its_work_to_those_it_is_for(scene, as_, page):
    work = reverse("work", args=["xnli", "post-edit"])
    assert work in page(as_(scene.cast.bola), "campaign", "xnli", "post-edit")
    assert work not in page(as_(scene.cast.ada), "campaign", "xnli", "post-edit")


def test_the_plan_of_a_live_campaign_is_changed_on_its_page(scene, as_):
    client, url = as_(scene.cast.ada), reverse("campaign", args=["xnli", "post-edit"])
    assert "lease_minutes: 30" in client.get(url).content.decode()
    wrong = client.post(url, {"do": "change", "plan": "lease_minute: 5"})
    assert wrong.status_code == 422 and "lease_minute: there is no such key" in wrong.content.decode()
    assert client.post(url, {"do": "change", "plan": "- 5"}).status_code == 422
    assert client.post(url, {"do": "change", "plan": "lease_minutes: 5"}).status_code == 302
    assert Campaign.objects.get(slug="post-edit").lease_minutes == 5
    assert as_(scene.cast.bola).post(url, {"do": "change", "plan": "overlap: 3"}).status_code == 403


def test_an_example_in_a_right_to_left_language_runs_so(scene, as_, page):
    scene.cast.dataset.languages.create(tag="ar")
    example = {"source": "Nobody slept.", "draft": "نام الجميع.", "answer": "لم ينم أحد.", "why": "The “no” was lost.", "language": "ar"}
    campaigns.revise_guideline(scene.campaign, "Text.", examples=[example, example | {"language": "sw"}], by=scene.cast.ada)
    shown = page(as_(scene.cast.ada), "campaign", "xnli", "post-edit")
    assert '<bdi class="text block" lang="ar" dir="rtl">لم ينم أحد.</bdi>' in shown
    assert '<bdi class="text block" lang="ar" dir="rtl">نام الجميع.</bdi>' in shown


def test_the_guideline_at_work_has_the_examples_of_the_tasks_language(scene, as_, page):
    examples = [
        {"source": "One.", "answer": "Moja.", "why": "It is one.", "language": "sw"},
        {"source": "Two.", "answer": "နှစ်", "why": "It is two.", "language": "my"},
        {"source": "5 km", "answer": "5 km", "why": "Units stay."},
    ]
    campaigns.revise_guideline(scene.campaign, "Text.", examples=examples, by=scene.cast.ada)
    shown = page(as_(scene.cast.bola), "work", "xnli", "post-edit")
    assert '<bdi class="text block" lang="sw" dir="ltr">Moja.</bdi>' in shown and "နှစ်" not in shown
    assert '<bdi class="text block" lang="und" dir="auto">5 km</bdi>' in shown and "Units stay." in shown


def test_a_campaigns_page_says_when_it_would_be_done(scene, as_):
    mine = assignments.claim(scene.campaign, by=scene.cast.bola)
    assignments.submit(mine, {"content": {"text": "Paka."}}, by=scene.cast.bola, key="k")
    page = as_(scene.cast.ada).get(reverse("campaign", args=["xnli", "post-edit"])).content.decode()
    assert 'class="pace"' in page and 'class="way ahead"' in page
    assert "2 answers are still wanted" in page
    assert "At 1.0 a day, the pace of the last seven days or since the first answer, they are there by <strong>" in page


def test_a_campaign_that_is_paused_has_no_end_and_says_why(scene, as_, page):
    campaigns.pause(scene.campaign, by=scene.cast.ada)
    shown = page(as_(scene.cast.bola), "campaign", "xnli", "post-edit")
    assert "the campaign is paused and gives out no work" in shown and 'class="way ahead"' not in shown


def test_a_campaign_without_tasks_shows_no_chart(scene, as_, page):
    scene.cast.campaign("empty", live=False)
    shown = page(as_(scene.cast.ada), "campaign", "xnli", "empty")
    assert 'class="pace"' not in shown and "opening the campaign admits" in shown


def test_the_matrix_leads_those_who_may_browse_to_the_units(scene, as_, page):
    units = reverse("units", args=["xnli"]) + "?language=sw"
    assert units in page(as_(scene.cast.ada), "campaign", "xnli", "post-edit")
    assert units in page(as_(scene.cast.efe), "campaign", "xnli", "post-edit")
    shown = page(as_(scene.cast.bola), "campaign", "xnli", "post-edit")
    assert units not in shown and '<th scope="col" class="num">To verify</th>' in shown


def test_only_managers_see_who_did_what_and_how_much_people_agree(scene, as_, page):
    judge = scene.cast.campaign("judge", task_type=VERIFY, overlap=2)
    judgements(scene.cast, judge, weeks=1, at=timezone.now())
    Hold.objects.create(campaign=judge, person=scene.cast.bisi, language="sw", reason="Too many wrong.")
    shown = page(as_(scene.cast.ada), "campaign", "xnli", "judge")
    assert '<th scope="row">Bola</th>' in shown and "paused: Swahili (sw)" in shown
    assert "Krippendorff&#x27;s α" in shown and "<strong>0.750</strong>" in shown
    assert reverse("people", args=["xnli"]) + "?campaign=judge" in shown
    for person in (scene.cast.bola, scene.cast.efe):
        shown = page(as_(person), "campaign", "xnli", "judge")
        assert "Bisi" not in shown and "paused: " not in shown and "Krippendorff" not in shown and "Median time" not in shown


def test_the_busiest_people_are_listed_and_the_others_counted(scene, as_, page, monkeypatch):
    monkeypatch.setattr(campaign_page, "PEOPLE", 1)
    judge = scene.cast.campaign("judge", task_type=VERIFY, overlap=2)
    judgements(scene.cast, judge, weeks=1, at=timezone.now())
    assert "and 1 person who did less" in page(as_(scene.cast.ada), "campaign", "xnli", "judge")


@pytest.mark.parametrize(("who", "queries"), [("ada", 31), ("efe", 24), ("bola", 19)])
def test_the_page_asks_the_database_as_often_with_much_as_with_little(scene, as_, who, queries):
    judge = scene.cast.campaign("judge", task_type=VERIFY, overlap=2)
    url, client = reverse("campaign", args=["xnli", "judge"]), as_(getattr(scene.cast, who))
    for language, weeks in (("sw", 1), ("my", 4), ("sw", 4)):
        judgements(scene.cast, judge, weeks=weeks, at=timezone.now() - timedelta(weeks=weeks), language=language)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        assert len(asked) == queries, "\n".join(one["sql"][:200] for one in asked)
