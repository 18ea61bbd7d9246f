"""Imports and runs: what the machines do, looked at by a manager."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pipelines.models import Rejection, Run, RunItem

pytestmark = pytest.mark.django_db


def test_each_format_has_a_form_of_its_own_parameters(cast, as_, page):
    client = as_(cast.ada)
    assert 'name="mapping"' in page(client, "imports", "xnli", format="csv")
    assert 'name="train_share"' in page(client, "imports", "xnli", format="xnli")
    assert 'name="mapping"' not in page(client, "imports", "xnli")


def test_a_file_comes_in_with_its_columns_mapped(cast, as_, settings, tmp_path):
    settings.DRAGOMAN_HOME = tmp_path
    file = SimpleUploadedFile("rows.csv", b"id,english\n1,The cat sat.\n")
    body = {"file": file, "split": "test", "kind": "sentence", "mapping": "id = key\nenglish = text\n", "quoted": "on"}
    response = as_(cast.ada).post(reverse("imports", args=["xnli"]) + "?format=csv", body)
    run = Run.objects.get()
    assert response.headers["Location"] == reverse("run", args=["xnli", run.pk])
    assert run.job["params"]["file_name"] == "rows.csv"
    assert run.job["params"]["importer"]["params"]["mapping"] == {"id": "key", "english": "text"}


@pytest.mark.parametrize(
    ("content", "mapping", "reason"),
    [
        (b"", "", "empty"),
        (b"id,english\n1,x\n", "id key", "line 1: write column = field"),
        (b"id,english\n1,x\n", "id = key\nenglish = poem", "no field of sentence"),
    ],
)
def test_a_file_that_cannot_come_in_is_refused_with_the_reason(cast, as_, settings, tmp_path, content, mapping, reason):
    settings.DRAGOMAN_HOME = tmp_path
    body = {"file": SimpleUploadedFile("rows.csv", content), "split": "test", "kind": "sentence", "mapping": mapping}
    response = as_(cast.ada).post(reverse("imports", args=["xnli"]) + "?format=csv", body)
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert not Run.objects.exists()


def test_a_file_over_the_limit_is_sent_to_the_command_line(cast, as_, settings):
    settings.MAX_UPLOAD_BYTES = 10
    body = {"file": SimpleUploadedFile("rows.jsonl", b"x" * 11), "split": "test"}
    response = as_(cast.ada).post(reverse("imports", args=["xnli"]), body)
    assert response.status_code == 422
    assert "manage.py import_items" in response.content.decode()


def imported(cast, **changes) -> Run:
    job = {"name": "import_file", "version": "1", "params": {"file_name": "rows.csv"}}
    run = Run.objects.create(dataset=cast.dataset, job=job, **changes)
    result = {"rows": 3, "accepted": 1, "rejected": 2, "created": 1}
    RunItem.objects.create(run=run, status="done", result=result)
    Rejection.objects.create(run=run, line=2, field="label", reason="unknown label 'x'")
    Rejection.objects.create(run=run, line=3, field="", reason="=1+1 is no row")
    return run


def test_an_import_shows_its_rows_and_its_errors(cast, as_, page):
    run = imported(cast, status="done")
    text = page(as_(cast.ada), "run", "xnli", run.pk)
    assert "Rows read" in text and "unknown label &#x27;x&#x27;" in text
    assert reverse("run_errors", args=["xnli", run.pk]) in page(as_(cast.ada), "imports", "xnli")


def test_the_error_list_is_a_table_no_spreadsheet_runs(cast, as_):
    run = imported(cast, status="done")
    response = as_(cast.ada).get(reverse("run_errors", args=["xnli", run.pk]))
    assert response.headers["Content-Disposition"] == f'attachment; filename="xnli-run-{run.pk}-errors.csv"'
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert rows == [["line", "field", "reason"], ["2", "label", "unknown label 'x'"], ["3", "", "'=1+1 is no row"]]


def test_a_run_shows_what_it_gave_up_and_why(scene, as_, page):
    RunItem.objects.create(run=scene.run, status="done")
    RunItem.objects.create(run=scene.run, status="dead", error_class="auth", error="The key was refused.")
    text = page(as_(scene.cast.ada), "run", "xnli", scene.run.pk)
    assert "The key was refused." in text and "auth" in text
    response = as_(scene.cast.ada).get(reverse("run_errors", args=["xnli", scene.run.pk]))
    assert b"The key was refused." in b"".join(response.streaming_content)


def test_a_running_run_fetches_its_progress_and_a_finished_one_does_not(scene, as_, page):
    client = as_(scene.cast.ada)
    url = reverse("run", args=["xnli", scene.run.pk])
    assert f'hx-get="{url}"' in page(client, "run", "xnli", scene.run.pk)
    piece = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "hx-get" in piece and "<html" not in piece
    Run.flow.move(scene.run, "finish")
    assert "hx-get" not in page(client, "run", "xnli", scene.run.pk)
    assert client.get(url, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_a_run_is_cancelled_and_goes_on(scene, as_):
    client, url = as_(scene.cast.ada), reverse("run", args=["xnli", scene.run.pk])
    client.post(url, {"do": "cancel"})
    assert Run.objects.get(pk=scene.run.pk).status == "cancelled"
    client.post(url, {"do": "resume"})
    assert Run.objects.get(pk=scene.run.pk).status == "running"


def test_a_run_of_another_dataset_is_not_there(scene, as_):
    assert as_(scene.cast.olu).get(reverse("run", args=["other", scene.run.pk])).status_code == 404


def test_drafting_starts_from_the_page(scene, as_, page):
    body = {"languages": ["sw"], "provider": "replay:demo", "existing": "check", "limit": "5"}
    response = as_(scene.cast.ada).post(reverse("draft", args=["xnli"]), body)
    assert response.status_code == 302, response.content.decode()
    assert Run.objects.filter(job__name="draft").count() == 2


@pytest.mark.parametrize("provider", ["nobody", "openai", "openai:", ""])
def test_a_provider_that_is_none_is_refused_at_its_field(scene, as_, provider):
    body = {"languages": ["sw"], "provider": provider, "existing": "check"}
    response = as_(scene.cast.ada).post(reverse("draft", args=["xnli"]), body)
    assert response.status_code == 422
    assert Run.objects.count() == 1


def test_what_the_drafts_are_judged_by_is_chosen_on_the_page(scene, as_, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    judged = {"judge": "replay:demo", "judges": ["judge_rubric", "judge_mqm"], "same_judge": "on", "embedder": "openai_embeddings:e5"}
    body = {"languages": ["sw"], "provider": "replay:demo", "existing": "check", "percentile": "20", "audit": "10", **judged}
    response = as_(scene.cast.ada).post(reverse("draft", args=["xnli"]), body)
    assert response.status_code == 302, response.content.decode()
    params = Run.objects.latest("pk").job["params"]
    assert params["steps"][-1] == {"name": "route", "params": {"threshold": 45.0, "percentile": 20, "audit": 0.1}}
    assert params["steps"][-4:-1] == ["embedding", "judge_rubric", "judge_mqm"]
    assert (params["judge"]["name"], params["embedder"]["name"]) == ("replay", "openai_embeddings") and params["same_judge"]


def test_what_is_left_empty_is_as_it_is_without_a_page(scene, as_):
    body = {"languages": ["sw"], "provider": "replay:demo", "existing": "check", "threshold": "", "audit": ""}
    as_(scene.cast.ada).post(reverse("draft", args=["xnli"]), body)
    assert Run.objects.latest("pk").job["params"]["steps"][-1]["params"] == {"threshold": 45.0, "percentile": None, "audit": 0.05}


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"judges": ["judge_rubric"]}, "Say above which provider judges."),
        ({"judge": "replay:demo"}, "Say by what the judge judges."),
        ({"judge": "replay:demo", "judges": ["judge_rubric"]}, "replay recorded:demo would judge its own translations"),
        ({"judge": "nobody:x", "judges": ["judge_rubric"]}, "No provider &#x27;nobody&#x27;"),
        ({"percentile": "120"}, "less than or equal to 100"),
    ],
)
def test_judges_that_cannot_judge_are_refused_where_they_are_named(scene, as_, wishes, said):
    body = {"languages": ["sw"], "provider": "replay:demo", "existing": "check", **wishes}
    response = as_(scene.cast.ada).post(reverse("draft", args=["xnli"]), body)
    html = response.content.decode()
    assert response.status_code == 422 and said in html and html.count("errorlist") == 1 and '<details class="field" open>' in html
    assert Run.objects.count() == 1


def test_a_page_opens_no_transcript_by_its_path(scene, as_):
    body = {"languages": ["sw"], "provider": "replay:/etc/passwd", "existing": "check"}
    assert as_(scene.cast.ada).post(reverse("draft", args=["xnli"]), body).status_code == 403
    assert Run.objects.count() == 1


def test_a_run_says_how_many_requests_wait_in_which_batch_since_when_and_until_when(scene, as_, page):
    item = RunItem.objects.create(run=scene.run, stage=1)
    until = datetime(2031, 5, 17, 9, 30, tzinfo=UTC)
    known = {"requests": 1234, "answered": 56, "remote_id": "batch_abc<", "status": "running", "sent": until - timedelta(days=1), "until": until}
    batch = scene.run.batches.create(item=item, provider={}, name="n", **known)
    RunItem.objects.create(run=scene.run, waits_for=batch)
    text = page(as_(scene.cast.ada), "run", "xnli", scene.run.pk)
    assert "Waiting in batches" in text and "1,234" in text and "batch_abc&lt;" in text and "2031-05-17" in text and "2031-05-16" in text


def test_a_provider_without_batches_is_refused_at_the_tick_box(scene, as_):
    body = {"languages": ["sw"], "provider": "replay:demo", "existing": "check", "batching": "on"}
    response = as_(scene.cast.ada).post(reverse("draft", args=["xnli"]), body)
    assert response.status_code == 422 and "is not for this provider" in response.content.decode()
