"""Campaigns: made, opened, paused, closed, with the guideline's versions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.actions import assignments
from annotation.models import Campaign

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


def test_a_guideline_gets_a_new_version_and_keeps_the_old_one(scene, as_):
    client, url = as_(scene.cast.ada), reverse("campaign", args=["xnli", "post-edit"])
    client.post(url, {"do": "revise", "text": "Second edition."})
    assert "Second edition." in client.get(url).content.decode()
    assert "Say what the source says." in client.get(url, {"version": "1"}).content.decode()


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


def test_a_campaigns_page_says_how_fast_it_goes(scene, as_):
    mine = assignments.claim(scene.campaign, by=scene.cast.bola)
    assignments.submit(mine, {"content": {"text": "Paka."}}, by=scene.cast.bola, key="k")
    page = as_(scene.cast.ada).get(reverse("campaign", args=["xnli", "post-edit"])).content.decode()
    assert 'class="pace"' in page and "0.1 a day came in the last seven days" in page and "they are there by" in page
