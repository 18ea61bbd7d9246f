"""Endpoints and their keys: kept sealed, for one origin, shown to nobody, opened for the job alone."""

import pytest

from core.errors import Conflict, Invalid, Missing, Refused
from core.models import Event
from pipelines.actions import endpoints
from pipelines.endpoints import resolve
from pipelines.models import Endpoint
from pipelines.outbound import Limits, checked
from tests.pipelines.outbound.test_client import serving
from tests.world import person

pytestmark = pytest.mark.django_db

KEY = "sk-canary-0123456789abcdef-wxyz"
URL = "https://93.184.216.34/v1"


@pytest.fixture
def endpoint(db) -> Endpoint:
    return endpoints.add("main", URL, key=KEY, requests_per_minute=60, by=None)


def events() -> str:
    return str(list(Event.objects.values()))


def test_a_key_is_kept_sealed_and_opened_for_the_job(endpoint):
    row = Endpoint.objects.values().get()
    assert KEY not in str(row) and row["key_end"] == "wxyz"
    access = resolve("main")
    assert (access.name, access.base_url, access.key, access.origin) == ("main", URL, KEY, "https://93.184.216.34")
    assert access.limits == Limits(60, None, None)
    assert KEY not in repr(access) and access.without_key(f"bad {KEY}!") == "bad [key]!"
    assert "add" in events() and KEY not in events()


def test_a_key_is_blacked_out_even_where_a_text_was_cut_off_within_it(endpoint):
    access = resolve("main")
    for cut in range(len(KEY) + 8):
        said = access.without_key(f"HTTP 401: no key {KEY} here"[: 17 + cut] + "… Try again.")
        assert KEY[:7] not in said and said.startswith("HTTP 401: no key ")


def test_a_short_key_shows_nothing(db):
    assert endpoints.add("short", URL, key="abcdef", by=None).key_shown == "…"


def test_a_server_that_asks_for_no_key_has_none(db):
    endpoints.add("open", URL, by=None)
    assert resolve("open").key == ""


def test_another_origin_needs_the_key_anew(endpoint):
    with pytest.raises(Invalid, match=r"belongs to https://93.184.216.34: for https://93.184.216.35"):
        endpoints.change(endpoint, base_url="https://93.184.216.35/v1", by=None)
    for same_host in ("https://93.184.216.34:8443/v1",):
        pytest.raises(Invalid, endpoints.change, endpoint, base_url=same_host, by=None)
    assert resolve("main").base_url == URL
    endpoints.change(endpoint, base_url="https://93.184.216.34/v2", by=None)
    assert resolve("main").key == KEY
    endpoints.change(endpoint, base_url="https://93.184.216.35/v1", key="sk-the-other-servers-key", by=None)
    assert resolve("main").key == "sk-the-other-servers-key"


@pytest.mark.parametrize("changed", [{"base_url": "https://93.184.216.35/v1"}, {"base_url": "http://93.184.216.34/v1"}])
def test_a_row_that_was_changed_by_hand_gives_no_key(endpoint, changed):
    Endpoint.objects.update(**changed)
    with pytest.raises(Conflict, match="cannot be opened"):
        resolve("main")


def test_a_key_moved_to_another_row_does_not_open(endpoint):
    endpoints.add("other", URL, key="sk-another-key-altogether", by=None)
    Endpoint.objects.filter(name="other").update(sealed_key=endpoint.sealed_key)
    with pytest.raises(Conflict, match="cannot be opened"):
        resolve("other")


def test_a_secret_key_is_changed_in_three_steps(endpoint, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another secret key of this house", [settings.SECRET_KEY]
    assert resolve("main").key == KEY
    assert endpoints.seal_anew(by=None) == 1
    settings.SECRET_KEY_FALLBACKS = []
    assert resolve("main").key == KEY


def test_a_retired_endpoint_forgets_its_key(endpoint):
    endpoints.retire(endpoint, by=None)
    assert Endpoint.objects.values_list("status", "sealed_key", "key_end").get() == ("retired", "", "")
    with pytest.raises(Conflict, match="main is retired"):
        resolve("main")
    for move in (
        lambda: endpoints.retire(endpoint, by=None),
        lambda: endpoints.replace_key(endpoint, KEY, by=None),
        lambda: endpoints.change(endpoint, base_url=URL, by=None),
        lambda: endpoints.add("main", URL, by=None),
    ):
        pytest.raises(Conflict, move)


def test_a_replaced_key_is_the_one_that_is_used(endpoint):
    endpoints.replace_key(endpoint, "sk-canary-the-second-key-7890", by=None)
    assert resolve("main").key == "sk-canary-the-second-key-7890"
    assert Event.objects.filter(verb="replace_key", data={"key": "…7890"}).exists()


def test_a_name_that_is_none_is_said(db):
    pytest.raises(Missing, resolve, "nothing")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"base_url": "http://93.184.216.34/v1"}, "base_url"),
        ({"base_url": "https://127.0.0.1/v1"}, "base_url"),
        ({"base_url": "https://user:secret@93.184.216.34/v1"}, "base_url"),
        ({"base_url": "https://93.184.216.34/v1?key=secret"}, "base_url"),
        ({"base_url": "https://93.184.216.34/" + "v" * 300}, "base_url"),
        ({"name": "not a slug"}, "name"),
        ({"name": ""}, "name"),
        ({"key": "two words"}, "key"),
        ({"key": "sk-canary\r\nX-Admin: 1"}, "key"),
        ({"key": "k" * 5000}, "key"),
        ({"requests_per_minute": 0}, "requests_per_minute"),
        ({"concurrency": 40_000}, "concurrency"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_without_the_secret(db, wrong, field):
    values = {"name": "new", "base_url": URL, "key": KEY} | wrong
    with pytest.raises(Invalid) as refused:
        endpoints.add(values.pop("name"), values.pop("base_url"), **values, by=None)
    assert list(refused.value.errors) == [field]
    assert "secret" not in str(refused.value) + str(refused.value.errors) and "canary" not in str(refused.value)
    assert not Endpoint.objects.exists()


def test_only_administrators_see_to_endpoints(endpoint):
    ada, admin = person("ada"), person("root", is_superuser=True)
    for act in (
        lambda by: endpoints.add("new", URL, by=by),
        lambda by: endpoints.change(endpoint, by=by),
        lambda by: endpoints.replace_key(endpoint, KEY, by=by),
        lambda by: endpoints.try_out(endpoint, by=by),
        lambda by: endpoints.seal_anew(by=by),
        lambda by: endpoints.retire(endpoint, by=by),
    ):
        with pytest.raises(Refused):
            act(ada)
    endpoints.replace_key(endpoint, KEY, by=admin)
    assert Event.objects.filter(actor=admin, verb="replace_key").exists()


def test_the_environments_own_endpoint_may_be_anywhere_and_nothing_else_there(monkeypatch, db):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    access = resolve()
    assert (access.name, access.base_url, access.key) == ("", "http://127.0.0.1:11434/v1", KEY)
    assert access.allow.holds("127.0.0.1", 11434) and not access.allow.holds("127.0.0.1", 6379)
    pytest.raises(Invalid, endpoints.add, "local", "http://127.0.0.1:11434/v1", by=None)


@pytest.mark.parametrize("wrong", ["http://user:secret@127.0.0.1:9/v1", "http://[::1", "http://host:99999", "models"])
def test_an_address_of_the_environment_that_is_none_is_said_when_it_is_asked(monkeypatch, wrong):
    monkeypatch.setenv("OPENAI_BASE_URL", wrong)
    with pytest.raises(Invalid) as refused:
        checked(resolve().base_url, allow=resolve().allow)
    assert "secret" not in str(refused.value)


MODELS = b'{"data": [{"id": "a"}, {"id": "b"}]}'


@pytest.mark.parametrize(
    ("answer", "ok", "says"),
    [
        ((200, {}, MODELS), True, "It answers, and has 2 models."),
        ((200, {}, b'{"data": [1]}'), True, "1 model."),
        ((401, {}, b"no key: " + KEY.encode()), False, "refuses the key (HTTP 401)"),
        ((404, {}, b"secret"), False, "no list of models (HTTP 404)"),
        ((302, {"Location": "http://127.0.0.1/secret"}, b""), False, "sends us elsewhere (HTTP 302)"),
        ((500, {}, b"secret"), False, "HTTP 500"),
        ((200, {}, b"<html>secret"), False, "not as an OpenAI-compatible server"),
        ((200, {}, b"[" * 100_000), False, "not as an OpenAI-compatible server"),
        ((200, {}, bytes(5 * 1024 * 1024)), False, "more than a list of models"),
    ],
)
def test_trying_an_endpoint_says_in_a_sentence_how_it_is(settings, db, answer, ok, says):
    with serving("127.0.0.1") as server:
        settings.ENDPOINT_HOSTS = [f"127.0.0.1:{server.port}"]
        server.answers["/v1/models"] = answer
        row = endpoints.add("local", f"{server.url}/v1", key=KEY, by=None)
        found = endpoints.try_out(row, by=None)
        assert server.asked[0][1]["authorization"] == f"Bearer {KEY}"
    assert found.ok is ok and says in found.text
    assert "secret" not in found.text and KEY not in found.text + events()


def test_an_endpoint_that_is_not_listed_any_more_is_not_asked(settings, db):
    with serving("127.0.0.1") as server:
        settings.ENDPOINT_HOSTS = ["127.0.0.1"]
        row = endpoints.add("local", f"{server.url}/v1", key=KEY, by=None)
        settings.ENDPOINT_HOSTS = []
        found = endpoints.try_out(row, by=None)
        assert not found.ok and "only connected to by https" in found.text and not server.asked


def test_nobody_at_its_address_is_said(settings, db):
    with serving("127.0.0.1") as server:
        settings.ENDPOINT_HOSTS = ["127.0.0.1"]
        row = endpoints.add("local", f"{server.url}/v1", by=None)
    assert endpoints.try_out(row, by=None).text == "No connection could be made."
