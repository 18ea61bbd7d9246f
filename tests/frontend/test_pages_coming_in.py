"""Coming in: the front page, signing in, invitations."""

import pytest
from django.urls import reverse

from annotation.models import Invitation, Member
from core.models import User
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db


def test_a_visitor_reads_what_this_is_and_what_is_published(scene, as_, page):
    text = page(as_(None), "home")
    assert "verified multilingual benchmark" in text
    assert reverse("release", args=[scene.slug, "1.0.0"]) in text
    assert reverse("release", args=[scene.slug, "1.1.0"]) not in text


def test_home_shows_ones_own_datasets_and_no_others(scene, as_, page):
    text = page(as_(scene.cast.bola), "home")
    assert reverse("dataset", args=["xnli"]) in text
    assert reverse("dataset", args=["other"]) not in text


def test_somebody_without_a_dataset_reads_how_to_come_in(scene, as_, page):
    assert "You belong to no dataset yet" in page(as_(scene.cast.zed), "home")


def test_signing_in_and_out(scene, as_, page):
    client = as_(None)
    response = client.post(reverse("sign_in"), {"username": "bola", "password": PASSWORD})
    assert response.status_code == 302
    assert "Bola" in page(client, "home")
    client.post(reverse("sign_out"))
    assert "Sign in" in page(client, "home")


def test_a_wrong_password_is_said_without_saying_which_of_the_two_was_wrong(scene, as_):
    wrong = as_(None).post(reverse("sign_in"), {"username": "bola", "password": "wrong"})
    nobody = as_(None).post(reverse("sign_in"), {"username": "nobody", "password": "wrong"})
    assert "Please enter a correct username and password" in wrong.content.decode()
    assert "Please enter a correct username and password" in nobody.content.decode()


def test_ten_wrong_passwords_lock_the_account_for_a_while(scene, as_):
    client = as_(None)
    for _ in range(10):
        last = client.post(reverse("sign_in"), {"username": "bola", "password": "wrong"})
    assert last.status_code == 429
    assert "Too many tries" in last.content.decode()
    right = client.post(reverse("sign_in"), {"username": "bola", "password": PASSWORD})
    assert right.status_code == 429


def test_sign_in_does_not_lead_to_other_sites(scene, as_):
    body = {"username": "bola", "password": PASSWORD, "next": "https://evil.example/"}
    assert as_(None).post(reverse("sign_in"), body).headers["Location"] == reverse("home")


def test_an_invitation_makes_an_account_and_a_member_and_signs_in(scene, as_, page):
    client = as_(None)
    assert "new@example.org" in page(client, "invitation", scene.token)
    body = {"name": "Nia", "username": "nia", "password": "five plain words in a row"}
    response = client.post(reverse("invitation", args=[scene.token]), body)
    assert response.headers["Location"] == reverse("dataset", args=["xnli"])
    assert Member.objects.get(user__username="nia").role == "annotator"
    assert "Nia" in page(client, "dataset", "xnli")


def test_a_weak_password_is_refused_at_its_field(scene, as_):
    body = {"username": "nia", "password": "short"}
    response = as_(None).post(reverse("invitation", args=[scene.token]), body)
    assert response.status_code == 422
    assert "too short" in response.content.decode()
    assert not User.objects.filter(username="nia").exists()


def test_an_invitation_to_somebody_else_is_not_accepted(scene, as_):
    response = as_(scene.cast.zed).post(reverse("invitation", args=[scene.token]))
    assert response.status_code == 403
    assert Invitation.objects.get(pk=scene.invitation.pk).status == "open"


def test_a_used_invitation_says_so(scene, as_):
    Invitation.flow.move(scene.invitation, "withdraw")
    response = as_(None).get(reverse("invitation", args=[scene.token]))
    assert response.status_code == 409
    assert "ask for a new one" in response.content.decode()
