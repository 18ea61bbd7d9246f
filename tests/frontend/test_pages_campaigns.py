"""Campaigns: made, opened, paused, closed, with the guideline's versions."""

import pytest
from django.urls import reverse

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


def test_a_guideline_gets_a_new_version_and_keeps_the_old_one(scene, as_):
    client, url = as_(scene.cast.ada), reverse("campaign", args=["xnli", "post-edit"])
    client.post(url, {"do": "revise", "text": "Second edition."})
    assert "Second edition." in client.get(url).content.decode()
    assert "Say what the source says." in client.get(url, {"version": "1"}).content.decode()


def test_a_campaign_offers_its_work_to_those_it_is_for(scene, as_, page):
    work = reverse("work", args=["xnli", "post-edit"])
    assert work in page(as_(scene.cast.bola), "campaign", "xnli", "post-edit")
    assert work not in page(as_(scene.cast.ada), "campaign", "xnli", "post-edit")
