"""Keeping a secret in the database: sealed under the installation's secret key, for one use, which it cannot be put to another."""

import base64
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.views.decorators.debug import sensitive_variables

FORM = "v1:"
NONCE_BYTES = 12
# Never to be changed: it keeps what seals apart from whatever else the secret key is used for.
INFO = b"dragoman sealed secrets v1"


class Unsealable(Exception):
    """It was sealed under another secret key, for another use, or was tampered with: which of them cannot be told."""


@sensitive_variables()
def seal(text: str, *, use: str) -> str:
    """``text`` encrypted and authenticated (AES-256-GCM) under `SECRET_KEY`; it opens for the same ``use`` only."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(_key(settings.SECRET_KEY)).encrypt(nonce, text.encode(), use.encode())
    return FORM + base64.urlsafe_b64encode(nonce + sealed).decode()


@sensitive_variables()
def unseal(sealed: str, *, use: str) -> str:
    """What was sealed for this use, under the present secret key or one of `SECRET_KEY_FALLBACKS`; raises `Unsealable`."""
    try:
        data = base64.urlsafe_b64decode(sealed.removeprefix(FORM))
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            try:
                return AESGCM(_key(secret)).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], use.encode()).decode()
            except InvalidTag:
                continue
    except ValueError:  # too short, or not base64: no seal of ours
        pass
    raise Unsealable("This secret cannot be opened with the secret keys there are.")


@lru_cache(maxsize=8)
@sensitive_variables()
def _key(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=INFO).derive(secret.encode())
