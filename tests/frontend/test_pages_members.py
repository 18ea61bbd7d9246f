"""Members: invited, suspended, reinstated."""

import pytest
from django.urls import reverse

from annotation.models import Invitation, Member

pytestmark = pytest.mark.django_db


def test_an_invitations_link_is_shown_once(scene, as_, page):
    client = as_(scene.cast.ada)
    body = {"do": "invite", "email": "nia@example.org", "role": "annotator", "languages": ["sw"]}
    text = client.post(reverse("members", args=["xnli"]), body).content.decode()
    link = text.split('id="link">')[1].split("<")[0]
    token = link.rstrip("/").rpartition("/")[2]
    assert Invitation.objects.get(hash=Invitation.hash_of(token)).email == "nia@example.org"
    assert token not in page(client, "members", "xnli")


def test_a_member_is_suspended_reads_so_and_comes_back(scene, as_):
    client, url = as_(scene.cast.ada), reverse("members", args=["xnli"])
    member = scene.cast.member(scene.cast.bola)
    client.post(url, {"do": "suspend", "member": member.pk})
    closed = as_(scene.cast.bola).get(reverse("dataset", args=["xnli"]))
    assert closed.status_code == 403
    assert "suspended" in closed.content.decode()
    client.post(url, {"do": "reinstate", "member": member.pk})
    assert as_(scene.cast.bola).get(reverse("dataset", args=["xnli"])).status_code == 200


def test_a_member_of_another_dataset_is_not_there(scene, as_):
    stranger = Member.objects.get(user=scene.cast.olu)
    body = {"do": "suspend", "member": stranger.pk}
    assert as_(scene.cast.ada).post(reverse("members", args=["xnli"]), body).status_code == 404
    assert Member.objects.get(pk=stranger.pk).status == "active"
