"""Datasets, runs and releases over the REST API, and the document that describes all of it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from annotation.models import Item
from pipelines.models import Release, Run
from tests.frontend.callers import Caller, error
from tests.frontend.test_api import CALLS
from tests.world import task

pytestmark = pytest.mark.django_db


def test_one_sees_the_datasets_one_belongs_to(cast):
    assert [one["slug"] for one in Caller(cast.bola).get("datasets/").json()["datasets"]] == ["xnli"]
    assert [one["slug"] for one in Caller(cast.admin).get("datasets/").json()["datasets"]] == ["other", "xnli"]
    assert Caller(cast.zed).get("datasets/").json() == {"datasets": []}


def test_a_dataset_shows_its_schema_its_campaigns_and_its_progress(cast):
    bola, campaign = Caller(cast.bola), cast.campaign()
    for key in ("s1", "s2", "s3"):
        task(campaign, cast.drafted("The cat sat.", "Paka.", key=key))
    shown = bola.get("datasets/xnli/").json()
    assert set(shown["schema"]["kinds"]) == {"sentence", "pair", "question"}
    assert shown["campaigns"] == [{"id": campaign.pk, "slug": "post-edit", "name": campaign.name, "status": "live"}]
    assert shown["units"] == {"new": 0, "drafted": 3, "verified": 0, "rejected": 0}
    error(bola.get("datasets/other/"), 404)


def test_a_file_comes_in_as_a_run(cast, settings, tmp_path):
    settings.DRAGOMAN_HOME = tmp_path
    ada = Caller(cast.ada)
    lines = b'{"kind": "sentence", "key": "k", "text": "A"}\n'
    response = ada.upload("datasets/xnli/imports", file=SimpleUploadedFile("rows.jsonl", lines), split="dev")
    assert response.status_code == 201, response.content.decode()
    run = response.json()
    assert (run["job"]["name"], run["status"], run["summary"]["total"]) == ("import_file", "running", 1)
    assert ada.get(f"runs/{run['id']}").json()["result"]["rows"] == 0


def test_an_import_says_what_is_wrong_with_what_was_sent(cast):
    ada = Caller(cast.ada)
    file = {"file": SimpleUploadedFile("rows.csv", b"a,b\n")}
    assert error(ada.upload("datasets/xnli/imports"), 422)["fields"] == {"file": "is missing"}
    assert "nine" in error(ada.upload("datasets/xnli/imports", **file, format="nine"), 422)["message"]
    file["file"].seek(0)
    assert "params" in error(ada.upload("datasets/xnli/imports", **file, params="["), 422)["fields"]
    error(Caller(cast.bola).upload("datasets/xnli/imports", **file), 403)
    error(Caller(cast.zed).upload("datasets/xnli/imports", **file), 404)
    assert not Run.objects.exists() and not Item.objects.exists()


def test_drafting_is_a_run_and_reads_no_files_of_the_server(cast):
    cast.drafted("A.", "B.")
    ada = Caller(cast.ada)
    response = ada.post("datasets/xnli/runs", {"languages": ["sw"], "provider": "replay:demo"})
    assert response.status_code == 201, response.content.decode()
    assert response.json()["job"]["name"] == "draft"
    error(ada.post("datasets/xnli/runs", {"languages": ["sw"], "provider": "replay:/etc/passwd"}), 403)
    error(ada.post("datasets/xnli/runs", {"languages": [], "provider": "replay:demo"}), 422)
    error(Caller(cast.bola).post("datasets/xnli/runs", {"languages": ["sw"], "provider": "replay:demo"}), 403)
    pk = response.json()["id"]
    error(Caller(cast.bola).get(f"runs/{pk}"), 403)
    assert error(Caller(cast.olu).get(f"runs/{pk}"), 404) == error(Caller(cast.olu).get("runs/999999"), 404)


def test_a_release_is_frozen_at_once_and_built_by_a_run(cast):
    first, second = cast.drafted("A.", "B."), cast.drafted("C.", "D.")
    cast.pair(first.item, second.item)
    ada = Caller(cast.ada)
    wanted = {"version": "0.1.0", "languages": ["sw"], "minimum": "drafted"}
    response = ada.post("datasets/xnli/releases", wanted)
    assert response.status_code == 201, response.content.decode()
    assert response.json()["release"]["status"] == "frozen"
    assert Run.objects.get(pk=response.json()["run"]).job["name"] == "build"
    error(ada.post("datasets/xnli/releases", wanted), 409)
    error(ada.post("datasets/xnli/releases", wanted | {"version": "one"}), 422)
    error(Caller(cast.bola).post("datasets/xnli/releases", wanted), 403)


def test_a_published_release_is_everybodys_with_its_files_and_checksums(cast):
    made = Release.objects.create(dataset=cast.dataset, version="0.1.0")
    made.files.create(path="data/sw/test.jsonl", bytes=3, sha256="a" * 64)
    nobody, bola, ada = Client(), Caller(cast.bola).client, Caller(cast.ada).client
    where = "/api/datasets/xnli/releases"
    assert ada.get(f"{where}/0.1.0").status_code == 200
    for client in (nobody, bola):
        error(client.get(f"{where}/0.1.0"), 404)
    assert bola.get(where).json() == {"releases": []}
    Release.objects.update(status="published")
    for client in (nobody, bola, ada):
        [file] = client.get(f"{where}/0.1.0").json()["files"]
        assert (file["bytes"], file["sha256"]) == (3, "a" * 64)
        assert file["url"] == "http://testserver/d/xnli/releases/0.1.0/files/data/sw/test.jsonl"
        assert [one["version"] for one in client.get(where).json()["releases"]] == ["0.1.0"]


def test_the_schema_describes_every_call(db):
    text = Client().get("/api/schema").content.decode()
    for _, path, _ in CALLS:
        named = path.replace("{campaign}", "{id}").replace("xnli", "{slug}").replace("0.1.0", "{version}").replace("/1", "/{id}")
        assert f"/api/{named}:" in text
    assert "Idempotency-Key" in text
