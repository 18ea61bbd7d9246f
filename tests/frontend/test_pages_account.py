"""One's own account: tokens, password, name."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from core.models import ApiToken, User
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db


def test_a_token_is_shown_once_and_kept_as_a_hash(scene, as_, page):
    client = as_(scene.cast.ada)
    response = client.post(reverse("account"), {"do": "issue", "name": "cli", "scopes": ["read", "run"], "days": "30"})
    text = response.content.decode()
    shown = text.split('id="issued">')[1].split("<")[0]
    token = ApiToken.objects.get(hash=ApiToken.hash_of(shown))
    assert (token.scopes, token.expires > datetime.now(UTC)) == (["read", "run"], True)
    assert shown not in page(client, "account")


def test_a_token_may_do_something_at_least(scene, as_):
    response = as_(scene.cast.ada).post(reverse("account"), {"do": "issue", "name": "cli", "days": ""})
    assert response.status_code == 422
    assert ApiToken.objects.count() == 1


def test_nobody_revokes_a_token_of_somebody_else(scene, as_):
    body = {"do": "revoke", "token": scene.api_token.pk}
    assert as_(scene.cast.bola).post(reverse("account"), body).status_code == 404
    assert ApiToken.objects.filter(pk=scene.api_token.pk).exists()
    assert as_(scene.cast.ada).post(reverse("account"), body).status_code == 302
    assert not ApiToken.objects.exists()


def test_a_new_password_signs_one_out_elsewhere(scene, as_):
    here, elsewhere = as_(scene.cast.bola), as_(scene.cast.bola)
    new = "another plain sentence"
    body = {"do": "password", "old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert here.post(reverse("account"), body).status_code == 302
    assert here.get(reverse("account")).status_code == 200
    assert elsewhere.get(reverse("account")).status_code == 302


def test_a_name_is_kept_as_written(scene, as_):
    as_(scene.cast.bola).post(reverse("account"), {"do": "describe", "name": "Bọ́lá", "interface_language": "en"})
    assert str(User.objects.get(username="bola")) == "Bọ́lá"


def test_who_comes_by_an_invitation_goes_on_in_the_language_they_read_it_in(scene, client):
    url = reverse("invitation", args=[scene.token])
    assert 'lang="ar" dir="rtl"' in client.get(url, headers={"accept-language": "ar,en;q=0.5"}).content.decode()
    client.post(url, {"username": "nia", "password": "five plain words in a row"}, headers={"accept-language": "ar,en;q=0.5"})
    assert User.objects.get(username="nia").interface_language == "ar"
    # Wherever they sign in, whatever the browser there says.
    assert 'lang="ar"' in client.get(reverse("home"), headers={"accept-language": "en"}).content.decode()
