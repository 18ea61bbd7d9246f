"""Importing from an address: through the gate, bounded, and the run tells where it came from."""

import hashlib
import io
import json
import logging

import pytest
from django.core.management import CommandError, call_command

from annotation.actions import datasets
from annotation.models import Dataset, Item
from core.errors import Invalid, Refused
from pipelines.actions import imports, runs
from pipelines.importers import importers
from pipelines.jobs.import_file import upload_path
from pipelines.models import Run
from tests.pipelines.outbound.test_client import serving
from tests.world import SCHEMA, person, world

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = b"".join(b'{"kind": "sentence", "key": "k%d", "text": "Sentence %d."}\n' % (n, n) for n in range(5))
JSONL = importers.build("jsonl")


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.DRAGOMAN_HOME = tmp_path
    return tmp_path


@pytest.fixture
def dataset():
    return datasets.create(slug="rows", name="Rows", schema=SCHEMA, languages=["sw"], by=None)


@pytest.fixture
def server(settings):
    with serving("127.0.0.1") as running:
        settings.IMPORT_HOSTS = [f"127.0.0.1:{running.port}"]
        running.answers["/data/rows.jsonl?signature=secret"] = (200, {"ETag": '"v7"', "Content-Type": "text/html"}, ROWS)
        yield running


def test_a_file_comes_in_from_its_address_and_the_run_tells_from_where(server, dataset, home):
    run = imports.start_from_url(dataset, f"{server.url}/data/rows.jsonl?signature=secret", importer=JSONL, by=None)
    runs.work_here(run)
    told = run.job["params"]
    assert (told["file_name"], told["source_etag"]) == ("rows.jsonl", '"v7"')
    assert told["source_url"] == f"{server.url}/data/rows.jsonl?…" and "secret" not in json.dumps(run.job)
    assert told["sha256"] == hashlib.sha256(ROWS).hexdigest()
    assert upload_path(told["sha256"]).read_bytes() == ROWS
    assert Item.objects.filter(dataset=dataset).count() == 5
    assert [path.name for path in upload_path("").iterdir()] == [told["sha256"]]


def test_a_model_server_the_operator_listed_is_no_place_to_import_from(server, dataset, settings):
    settings.IMPORT_HOSTS, settings.ENDPOINT_HOSTS = [], settings.IMPORT_HOSTS
    with pytest.raises(Invalid, match="only connected to by https"):
        imports.start_from_url(dataset, f"{server.url}/data/rows.jsonl", importer=JSONL, by=None)
    assert not server.asked


def test_only_a_manager_lets_the_server_fetch(server, dataset):
    with pytest.raises(Refused):
        imports.start_from_url(dataset, f"{server.url}/data/rows.jsonl", importer=JSONL, by=person("zed"))
    assert not server.asked


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((200, {}, b""), "nothing in the file"),
        ((404, {}, b"secret"), "HTTP 404"),
        ((200, {}, bytes(2000)), "longer than"),
    ],
)
def test_what_cannot_come_in_leaves_nothing_behind(server, dataset, settings, answer, says):
    settings.MAX_UPLOAD_BYTES = 1000
    server.answers["/a"] = answer
    with pytest.raises(Invalid, match=says) as refused:
        imports.start_from_url(dataset, f"{server.url}/a", importer=JSONL, by=None)
    assert "secret" not in str(refused.value)
    assert not Run.objects.exists() and not list(upload_path("").iterdir())


def test_the_command_takes_an_address_and_makes_the_dataset(server, tmp_path):
    schema = tmp_path / "schema.yaml"
    schema.write_text(json.dumps(SCHEMA))
    out = io.StringIO()
    url = f"{server.url}/data/rows.jsonl?signature=secret"
    call_command("import_items", "made", url, "--format", "jsonl", "--schema", str(schema), "--json", stdout=out, stderr=out)
    assert json.loads(out.getvalue().splitlines()[-1])["accepted"] == 5
    assert Dataset.objects.get().slug == "made"


def test_an_address_that_is_refused_makes_no_dataset(tmp_path):
    schema = tmp_path / "schema.yaml"
    schema.write_text(json.dumps(SCHEMA))
    with pytest.raises(CommandError, match="not public"):
        call_command("import_items", "made", "https://169.254.169.254/latest/", "--format", "jsonl", "--schema", str(schema))
    assert not Dataset.objects.exists()


def test_the_page_fetches_a_file_or_says_at_the_address_why_not(server, client, caplog):
    caplog.set_level(logging.DEBUG)
    cast = world()
    client.force_login(cast.ada, backend="django.contrib.auth.backends.ModelBackend")
    good = {"split": "test", "url": f"{server.url}/data/rows.jsonl?signature=secret"}
    answer = client.post("/d/xnli/imports/", good)
    run = Run.objects.get()
    assert answer.headers["Location"] == f"/d/xnli/runs/{run.pk}/" and run.created_by == cast.ada
    html = client.get(answer.headers["Location"]).content.decode()
    assert f"{server.url}/data/rows.jsonl?…" in html and "signature" not in html
    for url, says in (
        ("http://127.0.0.1:1/", "only connected to by https"),
        ("https://user:hidden@example.com/", "no user name or password"),
        (f"{server.url}/nothing-like-it?signature=secret", "There is nothing"),
    ):
        server.answers["/nothing-like-it?signature=secret"] = (200, {}, b"")
        answer = client.post("/d/xnli/imports/", good | {"url": url})
        assert answer.status_code == 422 and says in answer.content.decode()
    for both in ({}, {"url": good["url"], "file": io.BytesIO(ROWS)}):
        assert client.post("/d/xnli/imports/", {"split": "test"} | both).status_code == 422
    assert Run.objects.count() == 1
    assert "signature" not in caplog.text and "hidden" not in caplog.text
