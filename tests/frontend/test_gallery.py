"""The gallery: every task type with an example to try, and the builder of custom ones."""

import pytest
import yaml
from django.urls import reverse

from annotation.asks import KINDS
from annotation.models import Assignment, Submission, Task
from annotation.task_types import task_types
from tests.contracts.asked import CASES

pytestmark = pytest.mark.django_db
SHOWN = sorted(name for name, one in task_types.all.items() if "annotate" in one.stages)
KIND = "fields: {text: {type: text, translate: true}}"


@pytest.fixture
def client(cast, as_):
    return as_(cast.bola)


def url(name: str) -> str:
    return reverse("gallery_type", args=[name])


def built(params: object, **changes: str) -> dict[str, str]:
    text = params if isinstance(params, str) else yaml.safe_dump(params)
    return {"params": text, "kind": KIND, "source": "text: Hello.", "target": "text: Hola.", "do": "build"} | changes


def test_it_names_every_task_type_an_annotator_can_meet(client):
    page = client.get(reverse("gallery")).content.decode()
    assert [name for name in SHOWN if url(name) not in page] == []


@pytest.mark.parametrize("name", SHOWN)
def test_each_example_is_there_to_try(client, name):
    answer = client.get(url(name))
    page = answer.content.decode()
    assert answer.status_code == 200, page[:2000]
    assert "Check the answer" in page
    plugin = task_types.get(name)
    first = next(value for value in plugin.example_source.values() if isinstance(value, str | list))
    assert not isinstance(first, str) or first.split()[0] in page or plugin.name == "dialogue_from_outline"


def test_an_answer_is_checked_and_what_would_be_kept_is_shown_and_nothing_is(client):
    page = client.post(url("survey"), {"do": "check", "answers.quality": "good", "answers.culture": "typical"}).content.decode()
    assert "This answer would be taken" in page and "culture: typical" in page
    page = client.post(url("survey"), {"do": "check", "answers.quality": "good"}).content.decode()
    assert "is missing: choose one" in page
    assert not (Task.objects.exists() or Assignment.objects.exists() or Submission.objects.exists())


def test_a_custom_type_is_built_and_tried(client):
    params = {"questions": [{"type": "rating", "name": "stars", "text": "How many stars?", "low": 1, "high": 3}]}
    page = client.post(url("custom"), built(params)).content.decode()
    assert "How many stars?" in page and "task_type:" in page
    page = client.post(url("custom"), built(params, do="check", **{"answers.stars": "3"})).content.decode()
    assert "This answer would be taken" in page and "stars: 3" in page


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.example["type"])
def test_a_question_of_each_kind_is_added_with_a_name_of_its_own(client, kind):
    params = {"questions": [kind.example]}
    page = client.post(url("custom"), built(params, do="add", ask=kind.example["type"])).content.decode()
    assert f"name: {kind.example['name']}_2" in page


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ("questions: [", "no YAML"),
        ("questions: []", "questions"),
        ("just words", "names with values"),
        ({"questions": [{"type": "rating", "name": "Stars", "text": "x"}]}, "questions.0.rating.name"),
        ({"questions": [{"type": "label", "name": "a", "text": "x", "options": ["y"]}], "fields": [{"name": "nope"}]}, "nope"),
        ({"questions": [{"type": "sorting", "name": "a", "text": "x"}]}, "sorting"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_what_was_written_stays(client, params, said):
    answer = client.post(url("custom"), built(params))
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page
    assert "Build your own from it" in page


def test_every_case_of_the_contract_can_be_built_here(client):
    for name, case in CASES.items():
        written = {"kind": case.kind, "source": case.question.source, "target": case.question.draft or {}}
        sent = built(case.asked.spec()["params"]) | {k: yaml.safe_dump(v, allow_unicode=True) for k, v in written.items()}
        assert client.post(url(case.asked.name), sent).status_code == 200, name
