"""Batches for the other jobs that ask models: items made of items, and models put to a campaign's tasks."""
# ruff: noqa: F401, F811 (fixtures of other modules)

import json
from collections.abc import Iterator

import pytest

from annotation.models import Item
from core.errors import Invalid
from pipelines.actions import annotators, makings, runs
from pipelines.models import Generation, MachineSubmission, Run
from pipelines.providers import provider
from tests import llm_server
from tests.llm_server import Rule
from tests.pipelines.test_annotate import GOOD, surveyed
from tests.pipelines.test_batch_command import manage, runner
from tests.pipelines.test_batches import server, to_its_end
from tests.pipelines.test_make import QUERIES, cast, passages, says, start

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def answering(server) -> Iterator[llm_server.Server]:
    server.script.rules[:] = [Rule(content=json.dumps(GOOD | {"comment": ""}))]
    yield server


def test_items_are_made_by_a_batch_at_half_the_price_and_never_twice(server, cast):
    says(server, queries=QUERIES)
    passages(cast)
    run = to_its_end(start(cast, batching="send"))
    assert run.status == Run.Status.DONE and [len(one.lines) for one in server.desk.kept.values()] == [2]
    found = makings.result(run)
    assert (found.made, found.refused, runs.summary(run).total) == (6, 0, 2)
    assert {one.price["batch"] for one in Generation.objects.all()} == {"0.5"} and Item.objects.filter(kind="query").count() == 6
    again = to_its_end(start(cast, batching="send"))
    assert makings.result(again).there == 6 and len(server.desk.kept) == 1


def test_a_campaigns_tasks_are_put_to_a_model_by_a_batch(answering, cast):
    rows = surveyed(cast, 3)
    begun = annotators.start(rows[0].campaign, provider=provider("openai:some-model"), by=cast.ada, batching="send")
    assert not MachineSubmission.objects.exists()
    run = to_its_end(begun)
    assert run.status == Run.Status.DONE and [len(one.lines) for one in answering.desk.kept.values()] == [3]
    assert [one.task_id for one in MachineSubmission.objects.order_by("task")] == [row.pk for row in rows]
    assert MachineSubmission.objects.first().payload == GOOD | {"comment": ""}


def test_an_answer_that_cannot_be_taken_is_asked_for_anew_in_the_next_batch(answering, cast):
    rows = surveyed(cast, 2)
    bad = {"answers": {"quality": "splendid", "culture": "typical"}, "comment": ""}
    answering.script.rules.insert(0, Rule(text="Text 1.", content=json.dumps(bad), times=1))
    run = to_its_end(annotators.start(rows[0].campaign, provider=provider("openai:some-model"), by=cast.ada, batching="send"))
    assert run.status == Run.Status.DONE and MachineSubmission.objects.count() == 2
    assert [len(one.lines) for one in answering.desk.kept.values()] == [2, 1]


def test_it_is_written_for_a_runner_and_read_back(answering, cast, tmp_path):
    rows = surveyed(cast, 2)
    told = manage("annotate", "xnli", "survey", "--provider", "openai:some-model", "--write-batch", tmp_path)
    assert (told["answered"], len(told["files"]), len(told["batches"])) == (0, 1, 1) and not answering.asked
    manage("batch", "read", runner(answering, told["files"][0]))
    assert MachineSubmission.objects.filter(task__in=rows).count() == 2


def test_what_asks_no_model_and_who_takes_no_batches_is_refused_before_the_run(cast):
    passages(cast)
    with pytest.raises(Invalid, match="takes no batches"):
        start(cast, provider=provider("replay:demo"), batching="send")
    with pytest.raises(Invalid, match="takes no batches"):
        annotators.start(surveyed(cast)[0].campaign, provider=provider("replay:demo"), by=cast.ada, batching="send")
    assert not Run.objects.exists()
