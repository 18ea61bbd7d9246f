"""The secret that signs sessions: from the environment, or, for the embedded default only, made once and kept."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

NAME = "DRAGOMAN_SECRET_KEY"
SHORTEST = 32
HOW = 'python -c "import secrets; print(secrets.token_urlsafe(48))"'
# What people copy from documentation, with or without decoration.
WELL_KNOWN = ("change-me", "changeme", "change_me", "django-insecure", "secret-key", "your-secret", "example")


def secret_key(home: Path, may_generate: bool) -> str:
    """The key of this installation; refuses to go on without a good one."""
    key = os.environ.get(NAME, "").strip()
    if not key and may_generate:
        key = _kept(home / "secret.key")
    problem = weakness(key)
    if problem:
        raise ImproperlyConfigured(f"{NAME} {problem}; set it to the output of: {HOW}")
    return key


def weakness(key: str) -> str:
    """What is wrong with a key, as the end of a sentence; empty when nothing is."""
    if not key:
        return "is not set"
    if any(known in key.lower() for known in WELL_KNOWN):
        return "is a value from a documentation, which everybody knows"
    if len(key) < SHORTEST:
        return f"is shorter than {SHORTEST} characters"
    if len(set(key)) < 8:
        return "repeats the same few characters"
    return ""


def _kept(file: Path) -> str:
    """The key in `file`, made at first use; of two processes that make it at once, one wins and both read the same."""
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            _write_once(file, secrets.token_urlsafe(48))
        return file.read_text().strip()
    except OSError as problem:
        raise ImproperlyConfigured(
            f"Cannot keep a secret key in {file} ({problem.strerror}): "
            "set DRAGOMAN_HOME to a folder that this user may write to."
        ) from None


def _write_once(file: Path, text: str) -> None:
    """Write a whole file that only its owner may read; does nothing when it has come to exist meanwhile."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(text + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
