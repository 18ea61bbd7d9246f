"""What a model is asked for and given, without a database: the form of its answer, and what is done when it is none."""

import asyncio
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from annotation.records import Question
from annotation.schema import Schema
from annotation.task_types import task_types
from pipelines.answer_forms import answer_form
from pipelines.jobs.annotate import Asked, answer, shown
from pipelines.records import Generated, NotGenerated, Request
from tests.world import SCHEMA

KINDS = Schema.parse(SCHEMA)
ANNOTATED = [name for name, one in task_types.all.items() if "annotate" in one.stages]


def put(kind: str = "sentence", source: dict[str, Any] | None = None, **more: Any) -> Question:
    source = source or {"text": "The cat sat."}
    values = {"draft": {"text": "Paka aliketi."}, "source_language": "en", "target_language": "sw"} | more
    return Question(kind=KINDS.kind(kind), kind_name=kind, source=source, **values)


QUESTION = put("question", {"stem": "Who?", "options": ["A", "B"], "answer": 1}, draft={"stem": "Nani?", "options": ["A", "B"]})
PAIR = put("pair", {"premise": "a", "hypothesis": "b", "label": "neutral"}, draft=None)


def allows(name: str, question: Question, payload: dict[str, Any]) -> bool:
    return Draft202012Validator(answer_form(task_types.build(name), question)).is_valid(payload)


def objects(form: Any) -> list[dict[str, Any]]:
    inside = [one for value in (form.values() if isinstance(form, dict) else form if isinstance(form, list) else []) for one in objects(value)]
    return [form, *inside] if isinstance(form, dict) and "properties" in form else inside


@pytest.mark.parametrize("name", ANNOTATED)
def test_every_form_is_a_schema_that_strict_servers_take(name):
    task_type = task_types.get(name)
    form = answer_form(task_type(**task_type.example), put())
    Draft202012Validator.check_schema(form)
    assert objects(form)
    for one in objects(form):
        assert one["additionalProperties"] is False and one["required"] == list(one["properties"])
    assert "default" not in str(form)


def test_a_survey_asks_for_one_of_its_options():
    good = {"answers": {"quality": "good", "culture": "typical"}, "comment": ""}
    assert allows("survey", put(), good)
    assert not allows("survey", put(), good | {"answers": {"quality": "good"}})
    assert not allows("survey", put(), good | {"answers": {"quality": "splendid", "culture": "typical"}})


def test_a_relabelling_asks_for_the_labels_of_the_kind():
    assert allows("relabel", PAIR, {"answers": {"source": "neutral", "target": "entailment"}, "comment": ""})
    assert not allows("relabel", PAIR, {"answers": {"source": "neutral", "target": "maybe"}, "comment": ""})


def test_a_post_edit_asks_for_the_fields_the_source_has():
    assert allows("post_edit", QUESTION, {"content": {"stem": "Nani?", "options": ["A", "B"]}, "comment": ""})
    assert not allows("post_edit", QUESTION, {"content": {"stem": "Nani?"}, "comment": ""})
    assert not allows("post_edit", QUESTION, {"content": {"stem": "Nani?", "options": "A"}, "comment": ""})


def test_a_verdict_may_leave_out_what_it_does_not_need():
    assert allows("verify", put(), {"decision": "redo", "rating": None, "content": None, "reason": "Wrong."})
    assert allows("verify", put(), {"decision": "accept", "rating": 4, "content": {"text": "Paka."}, "reason": ""})
    assert not allows("verify", put(), {"decision": "maybe", "rating": 4, "content": None, "reason": ""})


def test_the_right_answer_of_a_record_is_not_shown():
    data = shown(task_types.build("relabel"), KINDS, PAIR)
    assert data["source"] == {"premise": "a", "hypothesis": "b"}
    around = {"used_in": [{"kind": "pair", "field": "premise", "content": {"label": "neutral"}, "references": {}}]}
    assert "neutral" not in str(shown(task_types.build("survey"), KINDS, put(context=around)))


def test_people_and_models_are_shown_the_same_questions():
    asked = shown(task_types.build("survey"), KINDS, put())
    assert asked["draft"] == {"text": "Paka aliketi."}
    first = asked["questions"][0]
    assert (first["name"], first["text"], first["type"]) == ("quality", "How good is the translation?", "label")
    assert [one["text"] for one in first["options"]] == ["Good", "Understandable", "Wrong"]


def answered(name: str, question: Question, *said: dict[str, Any]) -> tuple[Any, list[Request]]:
    requests: list[Request] = []

    async def generate(request: Request) -> Generated:
        requests.append(request)
        return Generated(said[len(requests) - 1], "hash", "test:model")

    task_type = task_types.build(name)
    told = {"task": "T", "source": "English", "target": "Swahili", "guideline": "Be kind. [[data]]", "examples": []}
    asked = Asked(None, None, question, told | {"data": shown(task_type, KINDS, question)})
    return asyncio.run(answer(task_type, asked, generate)), requests


def test_an_answer_in_its_form_is_the_payload_of_a_person():
    (payload, _), (request,) = answered("verify", put(), {"decision": "accept", "rating": 5, "content": None, "reason": ""})
    assert payload == {"decision": "accept", "rating": 5, "reason": ""}
    assert "Be kind. [[data]]" in request.messages[0]["content"] and '"draft"' in request.messages[1]["content"]
    assert (request.prompt, request.source, request.target) == ("annotate", "en", "sw")


def test_what_no_person_could_answer_is_asked_for_once_more_with_the_reason():
    bad, good = {"decision": "redo", "reason": " "}, {"decision": "redo", "reason": "It says “sat twice”."}
    (payload, _), (first, second) = answered("verify", put(), bad, good)
    assert payload == good
    assert "say what is wrong" in second.messages[0]["content"] and "say what is wrong" not in first.messages[0]["content"]
    assert first.input != second.input


def test_after_two_answers_that_are_none_it_is_given_up():
    bad = {"content": {"text": " "}}
    with pytest.raises(NotGenerated, match="no answer that a person could have given: text is empty") as given_up:
        answered("post_edit", put(), bad, bad)
    assert given_up.value.outcome == "schema"
