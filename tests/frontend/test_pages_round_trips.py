"""The pages of what machines can do: the round-trip report with its chart and table, and the rules on a run's page."""

import pytest
from django.urls import reverse

from annotation.models import Finding
from pipelines.models import Run, RunItem
from tests.world import task

pytestmark = pytest.mark.django_db


def reported(cast, scores, **changes):
    params = {"provider": {"name": "replay", "params": {"transcript": "demo"}}}
    values = {"dataset": cast.dataset, "job": {"name": "round_trip_report", "params": params}, "status": "done"} | changes
    run = Run.objects.create(**values)
    for tag, numbers in scores.items():
        for number in numbers:
            found = {"chrf": number, "bleu": number / 2, "ter": 100 - number, "signatures": dict.fromkeys(("chrf", "bleu", "ter"), "s1g")}
            RunItem.objects.create(run=run, status="done", result={"language": tag, "recorded": True} | found)
    return run


def test_an_empty_page_says_how_to_begin(cast, as_, page):
    text = page(as_(cast.ada), "round_trips", "xnli")
    assert "No report yet" in text and 'name="n"' in text and 'name="languages"' in text


def test_every_metric_has_a_chart_and_a_table_of_the_same_numbers(cast, as_, page):
    reported(cast, {"sw": [10, 20, 30, 40, 50], "my": [60, 70, 80]})
    text = page(as_(cast.ada), "round_trips", "xnli")
    assert text.count("<svg class=\"chart boxes\"") == 6  # by language and by family, three metrics
    assert text.count('role="img"') >= 6 and "Swahili (sw)" in text and "Bantu" in text and "Sino-Tibetan" in text
    assert "30.0" in text and "s1g" in text and "played back" in text
    assert text.index("Swahili (sw)") < text.index("Burmese (my)")  # the weakest first


def test_a_bar_stands_where_its_number_is(cast, as_, page):
    reported(cast, {"sw": [0, 25, 50, 75, 100]})
    text = page(as_(cast.ada), "round_trips", "xnli")
    # The axis goes from 170 to 990: quartiles 25, 50, 75 stand at 375, 580 and 785.
    assert 'class="quartiles" x="375.0"' in text and 'width="410.0"' in text and 'x1="580.0"' in text


def test_an_earlier_report_can_be_looked_at_and_a_strange_one_is_not_there(cast, as_, page):
    first, _ = reported(cast, {"sw": [10]}), reported(cast, {"my": [90]})
    client = as_(cast.ada)
    assert "Burmese (my)</text>" in page(client, "round_trips", "xnli")
    assert "Swahili (sw)</text>" in page(client, "round_trips", "xnli", run=str(first.pk))
    assert client.get(reverse("round_trips", args=["xnli"]), {"run": "999999"}).status_code == 404


def test_the_form_starts_a_run_and_a_wrong_one_says_why(cast, as_):
    client, address = as_(cast.ada), reverse("round_trips", args=["xnli"])
    response = client.post(address, {"languages": ["sw"], "provider": "replay:demo", "n": "3"})
    run = Run.objects.get()
    assert response.headers["Location"] == reverse("run", args=["xnli", run.pk])
    assert (run.job["name"], run.job["params"]["n"]) == ("round_trip_report", 3)
    assert client.post(address, {"languages": ["sw"], "provider": "nobody", "n": "3"}).status_code == 422


def test_the_number_of_queries_does_not_grow_with_the_languages(cast, as_, django_assert_max_num_queries):
    reported(cast, {tag: [50, 60] for tag in ("sw", "my", "zu", "fr", "de", "am", "hi", "ta", "fi", "tr")})
    client = as_(cast.ada)
    with django_assert_max_num_queries(15):
        client.get(reverse("round_trips", args=["xnli"]))


def test_a_finished_drafting_shows_its_rules_and_a_running_one_does_not(cast, as_, page):
    unit = cast.drafted("The cat sat.", "Paka aliketi.")
    Finding.objects.create(translation=unit.current, check_name="numbers", verdict="fail", signature="n")
    job = {"name": "draft", "params": {"provider": {"name": "replay", "params": {"transcript": "demo"}}, "languages": ["sw"]}}
    run = Run.objects.create(dataset=cast.dataset, job=job, status="done")
    RunItem.objects.create(run=run, status="done", result={"route": "people", "translation": unit.current_id})
    unit.status = "rejected"
    unit.save()
    task(cast.campaign(), unit, status="rejected")
    text = page(as_(cast.ada), "run", "xnli", run.pk)
    assert "What the rules found" in text and "1 / 1" in text and "100" in text
    Run.objects.update(status="running")
    assert "What the rules found" not in page(as_(cast.ada), "run", "xnli", run.pk)
