"""The secret key: made once for the embedded default, demanded everywhere else."""

import stat
import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from core.secrets import NAME, secret_key

GOOD = "k3Jx-0pQzT9_vB7nLw2sYd8RfHc5MgUa4e6i"


@pytest.fixture(autouse=True)
def no_key_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)


def test_the_environments_key_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(NAME, f"{GOOD}\n")  # as `cat file` leaves it
    assert secret_key(tmp_path, may_generate=False) == GOOD
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("", "is not set"),
        ("change-me", "everybody knows"),
        ("please-Change-Me-before-you-go-to-production", "everybody knows"),
        ("django-insecure-9w8e7f6g5h4j3k2l1m0n9b8v7c6x5z", "everybody knows"),
        ("k3Jx-0pQzT9_vB7nLw2", "shorter than 32"),
        ("ab" * 20, "same few characters"),
    ],
)
def test_a_bad_key_is_refused_in_one_sentence_that_says_what_to_do(
    key: str, reason: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(NAME, key)
    with pytest.raises(ImproperlyConfigured) as refused:
        secret_key(tmp_path, may_generate=False)
    text = str(refused.value)
    assert reason in text and "secrets.token_urlsafe" in text and "\n" not in text
    assert not key or key not in text  # a refused key is still somebody's secret


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    key = secret_key(home, may_generate=True)
    assert len(key) >= 32
    assert secret_key(home, may_generate=True) == key
    assert stat.S_IMODE((home / "secret.key").stat().st_mode) == 0o600
    assert [file.name for file in home.iterdir()] == ["secret.key"]


def test_processes_that_make_it_at_once_agree(tmp_path: Path) -> None:
    keys: list[str] = []
    start = threading.Barrier(8)

    def make() -> None:
        start.wait()
        keys.append(secret_key(tmp_path, may_generate=True))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8 and len(set(keys)) == 1


def test_a_home_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(ImproperlyConfigured, match="set DRAGOMAN_HOME"):
        secret_key(tmp_path / "home", may_generate=True)
