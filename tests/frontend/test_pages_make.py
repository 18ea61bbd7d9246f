"""The page of what machines can make: every step with a line, a form of its own parameters, and what came of it on the run's page."""

import pytest
from django.urls import reverse

from annotation.actions import making
from annotation.models import Item, Unit
from pipelines.actions import makings
from pipelines.models import Run, RunItem
from tests.world import unit

pytestmark = pytest.mark.django_db


def test_every_step_that_makes_items_is_named_with_what_it_does(cast, as_, page):
    text = page(as_(cast.ada), "make", "xnli")
    for name, step in makings.makers().items():
        assert f'href="?step={name}"' in text and step.label in text


@pytest.mark.parametrize("name", makings.makers())
def test_the_form_has_the_steps_own_parameters(cast, as_, name):
    text = as_(cast.ada).get(reverse("make", args=["xnli"]), {"step": name}).content.decode()
    for parameter in makings.makers()[name].model_fields:
        assert f'name="{parameter}"' in text
    asks = makings.makers()[name](**makings.makers()[name].example).asks_models
    assert ('name="provider"' in text) == asks


def test_a_step_that_is_none_is_not_found(cast, as_):
    assert as_(cast.ada).get(reverse("make", args=["xnli"]), {"step": "numbers"}).status_code == 404


def test_what_is_wrong_stands_at_its_field(cast, as_):
    sent = {"languages": ["sw"], "source": "sentence", "kind": "question", "text": "source", "provider": "replay:demo", "n": "0"}
    address = reverse("make", args=["xnli"]) + "?step=generate_queries"
    answer = as_(cast.ada).post(address, sent)
    assert answer.status_code == 422 and "greater than or equal to 1" in answer.content.decode()
    answer = as_(cast.ada).post(address, sent | {"n": "2"})
    assert answer.status_code == 422 and "no field of these names" in answer.content.decode()
    assert not Run.objects.exists()


def test_a_form_starts_a_run_with_the_parameters_and_goes_to_its_page(cast, as_):
    sent = {"languages": ["sw", "en"], "source": "sentence", "kind": "question", "text": "source", "provider": "replay:demo"}
    sent |= {"exemplars": "- {passage: A., summary: A., question: Which}"}
    sent |= {"fields_of_kind": "query = stem\nsummary = options"}
    answer = as_(cast.ada).post(reverse("make", args=["xnli"]) + "?step=summarise_then_ask", sent)
    assert answer.status_code == 422 and "Nothing would fill answer" in answer.content.decode()
    sent |= {"kind": "sentence", "fields_of_kind": "query = text"}
    answer = as_(cast.ada).post(reverse("make", args=["xnli"]) + "?step=summarise_then_ask", sent)
    run = Run.objects.get()
    assert answer.url == reverse("run", args=["xnli", run.pk])
    params = run.job["params"]
    assert (params["languages"], params["fields"]) == (["sw", "en"], {"query": "text"})
    assert params["step"]["params"]["exemplars"] == [{"passage": "A.", "summary": "A.", "question": "Which"}]


def test_the_runs_page_says_what_was_made_and_what_was_refused(cast, as_, page):
    source = cast.sentence("The cat sat.", "s9")
    run = Run.objects.create(dataset=cast.dataset, job={"name": "make", "params": {}}, status="done")
    result = {"made": 7, "there": 2, "refused": ["Query 3 is <empty>."], "refusals": 1}
    RunItem.objects.create(run=run, status="done", payload={"item": source.pk, "language": "sw"}, result=result)
    text = page(as_(cast.ada), "run", "xnli", run.pk)
    assert "Query 3 is &lt;empty&gt;." in text and "s9" in text and "<dd>7</dd>" in text and "There already" in text


def test_a_unit_says_what_it_was_made_from_and_its_source_what_was_made_of_it(cast, as_, page):
    source = cast.sentence("The cat sat.", "s9")
    before = unit(source, "sw")
    twin = making.NewItem("sentence", "s9+x", {"text": "Paka."}, "test", "sw", "made", source.pk, {"step": "localise|v:1"})
    making.add(cast.dataset, [twin], by=None)
    after = Unit.objects.get(item=Item.objects.get(key="s9+x"))
    text = page(as_(cast.ada), "unit", "xnli", after.pk)
    assert "Made from sentence: s9" in text and reverse("unit", args=["xnli", before.pk]) in text and "localise|v:1" in text
    assert "s9+x" in page(as_(cast.ada), "unit", "xnli", before.pk)
