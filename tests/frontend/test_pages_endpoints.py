"""The administrator's page of endpoints: keys go in and never come out."""

from django.urls import reverse

from core.models import Event
from pipelines.endpoints import resolve
from pipelines.models import Endpoint
from tests.pipelines.outbound.test_client import serving

KEY = "sk-canary-0123456789abcdef-wxyz"
NEW = {"do": "add", "name": "second", "base_url": "https://93.184.216.34/v1", "key": KEY, "tokens_per_minute": "90000"}
PAGE = "/endpoints/"


def test_an_endpoint_is_added_and_shows_the_end_of_its_key(scene, as_, page):
    admin = as_(scene.cast.admin)
    answer = admin.post(PAGE, NEW)
    assert answer.status_code == 302 and KEY not in str(answer.headers) + str(dict(admin.session))
    html = page(admin, "endpoints")
    assert "…wxyz" in html and KEY not in html and "second is added" in html
    assert resolve("second").key == KEY and resolve("second").limits.tokens_per_minute == 90_000


def test_what_is_wrong_stands_at_its_field_and_the_key_does_not_come_back(scene, as_):
    for wrong in ({"base_url": "http://127.0.0.1/v1"}, {"name": "main"}, {"name": "two words"}, {"concurrency": "99999"}):
        answer = as_(scene.cast.admin).post(PAGE, NEW | wrong)
        assert answer.status_code == 422 and KEY not in answer.content.decode()
    assert Endpoint.objects.count() == 1


def test_the_address_of_another_server_asks_for_the_key_anew(scene, as_, page):
    admin, url = as_(scene.cast.admin), reverse("endpoint", args=["main"])
    moved = {"base_url": "https://93.184.216.35/v1", "requests_per_minute": "60"}
    answer = admin.post(url, moved)
    assert answer.status_code == 422 and "belongs to https://93.184.216.34" in answer.content.decode()
    assert resolve("main").base_url == "https://93.184.216.34/v1"
    assert admin.post(url, moved | {"key": KEY}).status_code == 302
    assert (resolve("main").key, resolve("main").origin) == (KEY, "https://93.184.216.35")
    assert 'value="60"' in page(admin, "endpoint", "main") and KEY not in page(admin, "endpoint", "main")


def test_a_limit_that_is_emptied_is_none(scene, as_):
    admin, url = as_(scene.cast.admin), reverse("endpoint", args=["main"])
    admin.post(url, {"base_url": "https://93.184.216.34/v1", "concurrency": "8"})
    assert resolve("main").limits.concurrency == 8
    admin.post(url, {"base_url": "https://93.184.216.34/v1"})
    assert resolve("main").limits.concurrency is None and resolve("main").key == "sk-canary-of-the-scene"


def test_trying_an_endpoint_shows_a_sentence_of_ours(scene, as_, page, settings):
    with serving("127.0.0.1") as server:
        settings.ENDPOINT_HOSTS = [f"127.0.0.1:{server.port}"]
        server.answers["/v1/models"] = (401, {}, f"Incorrect API key provided: {KEY} <script>".encode())
        admin = as_(scene.cast.admin)
        admin.post(PAGE, NEW | {"base_url": f"{server.url}/v1"})
        admin.post(PAGE, {"do": "try", "name": "second"})
    html = page(admin, "endpoints")
    assert "second: It refuses the key (HTTP 401)." in html and "Incorrect" not in html and KEY not in html


def test_a_retired_endpoint_stays_listed_and_has_no_page(scene, as_, page):
    admin = as_(scene.cast.admin)
    admin.post(PAGE, {"do": "retire", "name": "main"})
    html = page(admin, "endpoints")
    assert "main is retired and its key forgotten" in html and reverse("endpoint", args=["main"]) not in html
    assert Endpoint.objects.get().sealed_key == ""
    assert admin.post(PAGE, {"do": "retire", "name": "nothing"}).status_code == 404


def test_the_page_asks_the_database_no_more_for_more_endpoints(scene, as_, page, django_assert_max_num_queries):
    admin = as_(scene.cast.admin)
    for number in range(20):
        Endpoint.objects.create(name=f"e{number}", base_url="https://93.184.216.34/v1", created_by=scene.cast.admin)
    page(admin, "endpoints")
    with django_assert_max_num_queries(4):
        page(admin, "endpoints")


def test_no_event_holds_a_key(scene, as_):
    admin = as_(scene.cast.admin)
    admin.post(PAGE, NEW)
    admin.post(reverse("endpoint", args=["second"]), {"base_url": NEW["base_url"], "key": KEY + "9"})
    told = list(Event.objects.filter(subject__startswith="endpoint:").values_list("verb", flat=True))
    assert told == ["add", "add", "change"] and KEY not in str(list(Event.objects.values()))
