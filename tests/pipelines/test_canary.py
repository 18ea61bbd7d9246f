"""A key is planted, a run has bad days with it, and then everything that can be read is searched for it."""

import base64
import json
import logging
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import serializers
from django.core.signals import got_request_exception
from django.test import Client
from django.urls import reverse
from django.views.debug import ExceptionReporter
from redis import Redis

from core import sealing
from core.embedded import client_url
from core.errors import Conflict
from core.models import ApiToken
from pipelines import asking
from pipelines.actions import drafts, endpoints, runs
from pipelines.models import Endpoint, Generation, Run
from pipelines.providers import provider
from tests import llm_server, world
from tests.llm_server import Rule, sentences
from tests.pipelines.outbound.test_client import serving

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "sk-canary-zq7Xv93hUe0Lr5Tt8Wn2"
TABLE = sentences(9)
TEXTS = list(TABLE)
PROVIDERS = ["openai:some-model"]
"""Specs that have the server asked with the key, from the environment or from an endpoint ``canary``."""
# A word of base64 long enough to hold a good part of the key.
PACKED = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")


@pytest.fixture
def server(monkeypatch, settings) -> Iterator[llm_server.Server]:
    monkeypatch.setattr(asking, "backoff", lambda failures, retry_after: 0.0)
    with llm_server.serving(llm_server.Script(table=dict(TABLE))) as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        settings.ENDPOINT_HOSTS = [f"127.0.0.1:{running.port}"]
        yield running


@pytest.fixture
def cast(server) -> world.World:
    made = world.world()
    for text in TEXTS:
        world.unit(made.sentence(text))
    endpoints.add("canary", server.url, key=KEY, by=made.admin)
    return made


def bad_days() -> list[Rule]:
    """Answers that hold the caller's own key, in every kind of failure the provider tells apart."""
    said = f"Incorrect API key provided: {KEY}."
    return [
        Rule(text="100", status=400, message=said, error_code="invalid_request_error", times=1),
        Rule(text="101", status=500, message=said, times=2),
        Rule(text="102", status=429, message=said, times=1),
        Rule(text="103", raw=f"<html>{said}</html>", content_type="text/html"),
        Rule(text="105", refusal=said),
        Rule(text="106", raw=json.dumps({"choices": [], "echo": said})),
        Rule(text="107", raw=json.dumps({"error": {"message": said}}), status=403, times=0),
        Rule(text="108", status=401, message=said, error_code="invalid_api_key"),
    ]


def rows() -> str:
    """Everything the database holds."""
    found = [row for model in apps.get_models() if model._meta.managed for row in model._base_manager.all()]
    decoded = [str(session.get_decoded()) for session in Session.objects.all()]
    return serializers.serialize("json", found, ensure_ascii=False) + "".join(decoded)


def redis_holds() -> bytes:
    """Every key of Redis and its value, of whatever type, with what is packed in base64 beside it: Celery's messages are."""
    found: list[bytes] = []
    with Redis.from_url(client_url(settings.REDIS_URL)) as redis:
        for name in redis.scan_iter(count=1000):
            read = {
                b"string": redis.get,
                b"list": lambda key: redis.lrange(key, 0, -1),
                b"set": redis.smembers,
                b"hash": redis.hgetall,
                b"zset": lambda key: redis.zrange(key, 0, -1, withscores=True),
                b"stream": redis.xrange,
            }
            found += [name, repr(read[redis.type(name)](name)).encode()]
    text = b"\n".join(found)
    return text + b"\n".join(base64.b64decode(word.rstrip(b"=") + b"==") for word in PACKED.findall(text))


def pages(cast: world.World, run: Run) -> str:
    """What managers and administrators are shown, and what the API answers."""
    shown = []
    for user in (cast.ada, cast.admin):
        client = Client(raise_request_exception=False)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        addresses = [reverse(name, args=[cast.dataset.slug]) for name in ("dataset", "runs", "units", "history", "draft", "imports")]
        addresses += [reverse("run", args=[cast.dataset.slug, run.pk]), reverse("home")]
        addresses += [reverse("endpoints"), reverse("endpoint", args=["canary"])] if user == cast.admin else []
        _, token = ApiToken.issue(user, name="robot", scopes=[name for name, _ in ApiToken.SCOPES])
        api = {"Authorization": f"Bearer {token}"}
        answers = [client.get(address) for address in addresses]
        answers += [Client().get(f"/api/{path}", headers=api) for path in (f"runs/{run.pk}", "datasets/", "datasets/xnli/")]
        assert all(answer.status_code == 200 for answer in answers), [answer.status_code for answer in answers]
        shown += [answer.content.decode() + str(answer.headers) for answer in answers]
    return "\n".join(shown)


@pytest.mark.parametrize("spec", PROVIDERS)
def test_a_planted_key_is_found_nowhere(server, cast, caplog, capfd, spec):
    caplog.set_level(logging.DEBUG)
    server.script.rules += bad_days()
    run = runs.work_here(drafts.start(cast.dataset, languages=["sw"], provider=provider(spec), by=cast.ada))
    outcomes = set(Generation.objects.values_list("outcome", flat=True))
    assert {"bad_request", "transient", "schema", "refusal", "auth"} <= outcomes
    assert run.status == Run.Status.STOPPED and run.message
    searched = {
        "the database": rows(),
        "Redis": redis_holds().decode(errors="replace"),
        "the logs": caplog.text,
        "pages and API": pages(cast, run),
        "standard output": "".join(capfd.readouterr()),
    }
    assert not [place for place, text in searched.items() if KEY in text]
    # Nor a good part of it: what was cut off within the key would not be blacked out.
    assert not [place for place, text in searched.items() if KEY[:20] in text or KEY[-20:] in text]


def test_a_key_the_model_itself_says_is_found_nowhere(server, cast):
    server.script.rules.append(Rule(content=f"Your key is {KEY}."))
    runs.work_here(drafts.start(cast.dataset, languages=["sw"], provider=provider(PROVIDERS[0]), limit=1, by=cast.ada))
    assert "schema" in set(Generation.objects.values_list("outcome", flat=True))
    assert KEY not in rows()


def test_the_search_would_find_it(server, cast, caplog):
    """The control: the same key where it must not be, in each of the places."""
    run = Run.objects.create(dataset=cast.dataset, job={"name": "draft", "version": "1", "params": {}}, message=f"bad {KEY}")
    logging.getLogger("any").warning("asked with %s", KEY)
    with Redis.from_url(client_url(settings.REDIS_URL)) as redis:
        name = "a-message-of-the-canary"
        redis.lpush(name, json.dumps({"body": base64.b64encode(json.dumps([[KEY], {}]).encode()).decode()}))
        try:
            assert KEY.encode() in redis_holds()
        finally:
            redis.delete(name)
    assert KEY in rows() and KEY in caplog.text and KEY in pages(cast, run)


def test_the_server_was_asked_with_it(settings, db):
    """The other control: it is the planted key that travels."""
    with serving("127.0.0.1") as heard:
        settings.ENDPOINT_HOSTS = [f"127.0.0.1:{heard.port}"]
        row = endpoints.add("heard", f"{heard.url}/v1", key=KEY, by=None)
        endpoints.try_out(row, by=None)
    assert heard.asked[0][1]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("bad", ["key", "base_url"])
def test_an_error_page_shows_no_key(cast, settings, bad):
    settings.DEBUG = True
    client = Client(raise_request_exception=False)
    client.force_login(cast.admin, backend="django.contrib.auth.backends.ModelBackend")
    wrong: dict[str, Any] = {"do": "add", "name": "new", "base_url": "https://93.184.216.34/v1", "key": KEY}
    wrong |= {"key": KEY + " x"} if bad == "key" else {"base_url": "gopher://x/"}
    answer = client.post(reverse("endpoints"), wrong)
    assert answer.status_code == 422 and KEY not in answer.content.decode()


def test_a_crash_tells_an_error_reporter_no_key(cast, monkeypatch):
    """What Django's reporter, and those made after it, would send of the frames and the form."""
    reports: list[str] = []

    def report(request: Any, **_: Any) -> None:
        reports.append(ExceptionReporter(request, *sys.exc_info()).get_traceback_html())

    got_request_exception.connect(report)
    try:
        for within in ((Endpoint, "save"), (sealing, "AESGCM")):
            with monkeypatch.context() as patch:
                patch.setattr(*within, lambda *_, **__: 1 / 0)
                client = Client(raise_request_exception=False)
                client.force_login(cast.admin, backend="django.contrib.auth.backends.ModelBackend")
                sent = {"do": "add", "name": "new", "base_url": "https://93.184.216.34/v1", "key": KEY}
                assert client.post(reverse("endpoints"), sent).status_code == 500
    finally:
        got_request_exception.disconnect(report)
    assert len(reports) == 2 and all("ZeroDivisionError" in one and "93.184.216.34" in one for one in reports)
    assert not any(KEY in one for one in reports)


def test_a_key_that_cannot_be_opened_stops_with_a_sentence(cast, settings):
    settings.SECRET_KEY = "another secret key of this house, long enough"
    with pytest.raises(Conflict) as said:
        endpoints.try_out(Endpoint.objects.get(), by=None)
    assert KEY not in str(said.value)
