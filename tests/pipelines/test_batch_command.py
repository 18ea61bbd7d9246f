"""`manage.py batch` and `draft --write-batch`: requests that go to a model by hand, and come back in a file."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from pipelines.models import Generation, Run
from tests import llm_server
from tests.llm_batches import Day
from tests.pipelines.test_batches import TABLE, TEXTS, cast, paid, server, texts_of  # noqa: F401
from tests.pipelines.test_draft import sentence_units

pytestmark = pytest.mark.django_db(transaction=True)


def manage(*line: object) -> dict[str, Any]:
    out = StringIO()
    call_command(*map(str, line), "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue().splitlines()[-1])


def drafted(*more: object) -> dict[str, Any]:
    return manage("draft", "xnli", "--lang", "sw", "--provider", "openai:some-model", "--audit", 0, *more)


def runner(served: llm_server.Server, file: str, *, leave_out: int = 0) -> Path:
    """What vLLM's batch runner makes of a file: a line for each request, in its form."""
    answers = Path(file).with_suffix(".answers")
    with answers.open("w") as out:
        for line in map(json.loads, Path(file).read_text().splitlines()[leave_out:]):
            assert (line["method"], line["url"], line["body"]["model"]) == ("POST", "/v1/chat/completions", "some-model")
            status, body = served.answer_to(None, line["body"])
            response = {"status_code": status, "request_id": "vllm-1", "body": json.loads(body)}
            out.write(json.dumps({"id": "vllm-1", "custom_id": line["custom_id"], "response": response, "error": None}) + "\n")
    return answers


def test_a_drafting_goes_to_a_model_by_hand_and_comes_back(server, cast, tmp_path):  # noqa: F811
    made = sentence_units(cast)
    told = drafted("--write-batch", tmp_path)
    assert len(told["files"]) == 1 and not server.asked and not server.desk.files
    assert Generation.objects.filter(outcome="pending").count() == 12
    read = manage("batch", "read", runner(server, told["files"][0], leave_out=2))
    assert read["read"][0]["answered"] == 10 and read["read"][0]["missing"] == 2
    while read["files"]:
        read = manage("batch", "read", runner(server, read["files"][0]))
    assert Run.objects.get().status == "done" and texts_of(made) == TABLE and set(paid(server).values()) == {1}


def test_a_file_is_read_once_and_another_is_refused(server, cast, tmp_path):  # noqa: F811
    sentence_units(cast, TEXTS[:2])
    answers = runner(server, drafted("--write-batch", tmp_path)["files"][0])
    manage("batch", "read", answers)
    for file, why in ((answers, "answers no request"), (tmp_path / "none", "no file")):
        with pytest.raises(CommandError, match=why):
            manage("batch", "read", file)


def test_a_file_can_be_written_again_and_is_the_same(server, cast, tmp_path):  # noqa: F811
    sentence_units(cast, TEXTS[:3])
    told = drafted("--write-batch", tmp_path / "one")
    again = manage("batch", "write", told["run"], tmp_path / "two")
    assert Path(again["files"][0]).read_bytes() == Path(told["files"][0]).read_bytes()


def test_batches_are_listed_polled_and_cancelled_without_workers(server, cast):  # noqa: F811
    server.script.days = [Day(seconds=3600)]
    made = sentence_units(cast, TEXTS[:3])
    told = drafted("--batch")
    (one,) = manage("batch", "list")["batches"]
    assert (one["batch"], one["status"], one["requests"], one["at_endpoint"]) == (told["batches"][0], "running", 3, "batch_1")
    assert len(manage("batch", "poll")["batches"]) == 1
    server.desk.kept["batch_1"].day.seconds = 0
    while manage("batch", "poll")["batches"]:
        pass
    assert Run.objects.get().status == "done" and all(texts_of(made).values())
    with pytest.raises(CommandError, match="no run 999"):
        manage("batch", "cancel", 999)


def test_a_cancelled_runs_batches_are_cancelled_at_the_endpoint(server, cast):  # noqa: F811
    server.script.days = [Day(seconds=3600)]
    sentence_units(cast, TEXTS[:3])
    told = drafted("--batch")
    assert manage("batch", "cancel", told["run"])["batches"] == []
    assert server.desk.kept["batch_1"].status == "cancelled"
