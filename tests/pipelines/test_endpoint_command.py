"""`manage.py endpoint`: keys come by standard input or a variable, and go nowhere else."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from pipelines.endpoints import resolve
from pipelines.models import Endpoint

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "sk-canary-0123456789abcdef-wxyz"
URL = "https://93.184.216.34/v1"


@pytest.fixture
def typed(monkeypatch):
    """Puts a text on standard input."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def told(*args: str, **options) -> dict:
    out = io.StringIO()
    call_command("endpoint", *args, **options, json=True, stdout=out, stderr=out)
    assert KEY not in out.getvalue()
    return json.loads(out.getvalue().splitlines()[-1])


def test_a_key_comes_by_standard_input(typed):
    typed(f"{KEY}\n")
    assert told("add", "main", base_url=URL, tokens_per_minute=1000)["key"] == "…wxyz"
    assert resolve("main").key == KEY and resolve("main").limits.tokens_per_minute == 1000


def test_a_key_comes_by_a_variable_of_the_environment(monkeypatch):
    monkeypatch.setenv("MY_KEY", KEY)
    told("add", "main", base_url=URL, key_env="MY_KEY")
    assert resolve("main").key == KEY
    assert told("list")["endpoints"][0]["base_url"] == URL


def test_a_change_keeps_the_key_unless_one_is_given(typed):
    typed(KEY)
    told("add", "main", base_url=URL)
    typed("sk-another-key-than-that-one\n")
    told("change", "main", concurrency=4)
    assert (resolve("main").key, resolve("main").limits.concurrency) == (KEY, 4)
    told("change", "main", key_stdin=True)
    assert resolve("main").key == "sk-another-key-than-that-one"


def test_a_key_is_replaced_and_an_endpoint_retired(typed):
    told("add", "main", base_url=URL, no_key=True)
    typed(KEY)
    assert told("key", "main")["key"] == "…wxyz"
    assert told("seal")["sealed"] == 1
    assert told("retire", "main")["status"] == "retired"


@pytest.mark.parametrize(
    ("args", "options", "says"),
    [
        (["add", "main"], {}, "--base-url"),
        (["add", "main"], {"base_url": URL}, "No key came"),
        (["add", "main"], {"base_url": URL, "key_env": "NOT_SET"}, "NOT_SET is not set"),
        (["add"], {"base_url": URL}, "Name the endpoint"),
        (["try", "main"], {}, "no endpoint main"),
    ],
)
def test_what_is_missing_is_said(typed, args, options, says):
    typed("")
    with pytest.raises(CommandError, match=says):
        told(*args, **options)
    assert not Endpoint.objects.exists()


def test_a_key_is_no_argument():
    with pytest.raises(CommandError, match="--key could match"):
        call_command("endpoint", "add", "main", "--base-url", URL, "--key", KEY)
