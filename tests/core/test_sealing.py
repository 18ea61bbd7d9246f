"""Sealed secrets: what opens them, and what does not."""

import pytest

from core.sealing import Unsealable, seal, unseal

OLD, NEW, OTHER = ("old-" * 12, "new-" * 12, "other-" * 12)
USE = "endpoint:1:https://api.example.com"


@pytest.fixture(autouse=True)
def secret(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    return settings


def test_what_was_sealed_opens_for_its_use():
    sealed = seal("sk-canary ü", use=USE)
    assert unseal(sealed, use=USE) == "sk-canary ü"
    assert "canary" not in sealed and sealed != seal("sk-canary ü", use=USE)


@pytest.mark.parametrize("use", ["endpoint:1:https://evil.example.com", "endpoint:2:https://api.example.com", ""])
def test_it_opens_for_no_other_use(use):
    pytest.raises(Unsealable, unseal, seal("sk-canary", use=USE), use=use)


def test_a_former_secret_key_still_opens_it_and_a_foreign_one_does_not(secret):
    sealed = seal("sk-canary", use=USE)
    secret.SECRET_KEY = NEW
    pytest.raises(Unsealable, unseal, sealed, use=USE)
    secret.SECRET_KEY_FALLBACKS = [OTHER, OLD]
    assert unseal(sealed, use=USE) == "sk-canary"
    secret.SECRET_KEY_FALLBACKS = [OTHER]
    pytest.raises(Unsealable, unseal, sealed, use=USE)


def test_no_changed_character_is_overlooked():
    sealed = seal("sk-canary-1", use=USE)  # 39 bytes in all: base64 without a bit to spare
    for at in range(3, len(sealed)):
        broken = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
        pytest.raises(Unsealable, unseal, broken, use=USE)


@pytest.mark.parametrize("nothing", ["", "v1:", "v1:AAAA", "sk-canary", "v1:ü"])
def test_what_is_no_seal_is_not_opened(nothing):
    pytest.raises(Unsealable, unseal, nothing, use=USE)
