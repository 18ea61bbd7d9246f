"""The contract of every task type, and of every way of answering: a new file is tested here without a new test."""

import json
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import QueryDict
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from annotation.aggregators import aggregators
from annotation.agreement import SCALES, agreement
from annotation.asks import asked_now
from annotation.inference import takes
from annotation.records import Answer
from annotation.task_types import task_types
from core.errors import Invalid
from core.hashing import canonical
from frontend.pages import asking, editor
from pipelines.answer_forms import answer_form, said
from pipelines.metrics import metrics
from tests.contracts.asked import CASES, Case

ALL = [pytest.param(case, id=name) for name, case in CASES.items()]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KNOWN = st.sampled_from(["chosen", "order", "ranks", "unit", "texts", "spans", "length", "start", "end", "label", "head", "type", "tail"])
NEARLY = st.dictionaries(KNOWN, JSON | st.dictionaries(KNOWN, JSON, max_size=3), max_size=4)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1, max_size=40).filter(str.strip)


@pytest.mark.parametrize("case", ALL)
def test_an_answer_is_read_labelled_compared_exported_and_right_beside_itself(case: Case):
    asked, payload = case.asked, case.sample()
    answer = asked.parse(json.loads(json.dumps(payload)), case.question)
    kept = asked.Payload.model_validate(json.loads(json.dumps(answer.model_dump(mode="json"))))
    assert asked.label_of(kept) == asked.label_of(answer) != ""
    assert asked.compared(kept) == asked.compared(answer) and all(isinstance(one, str) for one in asked.compared(answer).values())
    assert all(isinstance(cell, str | int | float | bool | None) for cell in asked.exported(answer).values()) and asked.exported(answer)
    assert asked.correct(answer, kept) == 1
    assert 0 <= asked.right_from <= 1


@pytest.mark.parametrize("case", ALL)
def test_it_goes_by_its_spec_and_back_as_the_database_keeps_it(case: Case):
    spec = json.loads(json.dumps(case.asked.spec(), sort_keys=True))  # jsonb keeps no order of keys
    again = task_types.build(spec)
    assert again == case.asked and again.asks(case.question) == case.asked.asks(case.question)


@pytest.mark.parametrize("case", ALL)
def test_nothing_answered_is_refused_in_words_beside_a_box_that_is_there(case: Case):
    asked, question = case.asked, case.question
    names = {f"answers.{ask.name}" for ask in asked.asks(question)} | {*case.kind["fields"], *asked.Payload.model_fields}
    blank = editor.payload(QueryDict(""), question, asked)
    needed = [ask for ask in asked_now(asked.asks(question), {}) if ask.required]
    try:
        asked.parse(blank, question)
        assert not needed and "content" not in blank, "nothing is an answer only where nothing is required"
    except Invalid as refused:
        assert refused.errors and set(refused.errors) <= names


@pytest.mark.parametrize("case", ALL)
@settings(max_examples=30, deadline=None)
@given(rubbish=JSON | NEARLY)
def test_rubbish_is_refused_and_never_breaks(case: Case, rubbish):
    asked, question, payload = case.asked, case.question, case.sample()
    for name in payload.get("answers", {"": None}):
        given_ = payload | {"answers": payload["answers"] | {name: rubbish}} if name else rubbish
        try:
            answer = asked.parse(given_, question)
        except Invalid as refused:
            assert refused.errors
        else:
            assert asked.label_of(answer) is not None and asked.compared(answer) is not None
            assert asked.exported(answer) is not None and asked.correct(answer, answer) == 1


@pytest.mark.parametrize("case", ALL)
def test_the_schema_of_each_question_takes_its_answer(case: Case):
    said = case.sample().get("answers", {})
    for ask in case.asked.asks(case.question):
        if ask.name in said:
            shape = ask.shape(case.question)
            Draft202012Validator.check_schema(shape)
            Draft202012Validator(shape).validate(said[ask.name])


@pytest.mark.parametrize("case", ALL)
def test_three_answers_are_concluded_by_its_aggregators_and_agreement_is_measured(case: Case):
    asked = case.asked
    given_ = [asked.parse(case.sample(seed), case.question) for seed in (1, 1, 2)]
    people = list(zip("abc", given_, strict=True))
    votes = [Answer(1, who, asked.label_of(one), value=asked.text(one)) for who, one in people]
    settler = aggregators.build(asked.aggregator)
    assert settler.settles, "a campaign settles by it, answer by answer"
    assert settler.aggregate(votes)[1].label in {one.label for one in votes}
    for question in asked.compared(given_[0]):
        by = aggregators.build(asked.concludes(question))
        cast = [
            Answer(1, who, asked.compared(one)[question], value=asked.value_of(one, question))
            for who, one in people if question in asked.compared(one)
        ]  # fmt: skip
        assert takes(by, asked, question), f"{by.name} does not take {question}"
        assert by.aggregate(cast)[1].label
        assert asked.scale_of(question) in SCALES and agreement(cast, asked.scale_of(question)).votes == len(cast)


@pytest.mark.parametrize("case", ALL)
def test_the_metric_it_names_is_one(case: Case):
    for named in (case.asked.metric, *(ask.metric for ask in case.asked.asks(case.question))):
        assert not named or named in metrics.all


@pytest.mark.parametrize("case", ALL)
def test_what_the_form_sends_is_read_as_the_answer_it_shows(case: Case):
    asked, question, payload = case.asked, case.question, case.sample()
    form = QueryDict(mutable=True)
    for one in asking.drawn(question, asked, payload.get("answers", {}), {}, seed=7):
        for name, value in sent(one):
            form.appendlist(name, value.replace("\n", "\r\n"))
    if "content" in asked.Payload.model_fields:
        blocks = editor.blocks(question, typed=payload.get("content"), earlier=None, errors={})
        form.update({cell.name: cell.text for block in blocks for row in [block.header, *block.rows] for cell in row})
    plain = {name: str(value) for name, value in payload.items() if name not in ("answers", "content")}
    form.update(plain)
    read = editor.payload(form, question, asked)
    assert asked.label_of(asked.parse(read, question)) == asked.label_of(asked.parse(payload, question))
    assert _unordered(read.get("answers")) == _unordered(payload.get("answers"))


def _unordered(answers: Any) -> Any:
    """The order they were shown in is the page's to draw."""
    return answers and {name: {**one, "order": 0} if isinstance(one, dict) and "order" in one else one for name, one in answers.items()}


def sent(one: asking.Drawn) -> list[tuple[str, str]]:
    """What a browser sends of a question as it stands on the page; of one that a script draws, its hidden field."""
    try:
        return Controls.of(render_to_string(one.template, {"one": one, "dataset": {"slug": "d"}}))
    except TemplateDoesNotExist:
        return [(one.name, one.as_json)]


class Controls(HTMLParser):
    """The successful controls of a form."""

    @classmethod
    def of(cls, html: str) -> list[tuple[str, str]]:
        reader = cls()
        reader.found, reader.open, reader.text, reader.options = [], "", None, []
        reader.feed(html)
        return reader.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "input" and has.get("name") and (has.get("type") not in ("radio", "checkbox") or "checked" in has):
            self.found.append((has["name"], has.get("value", "")))
        elif tag in ("textarea", "select"):
            self.open, self.text, self.options = has.get("name", ""), "", []
        elif tag == "option":
            self.options.append((has.get("value", ""), "selected" in has))

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.open:
            self.found.append((self.open, self.text.removeprefix("\n")))
        elif tag == "select" and self.open:
            chosen = [value for value, is_chosen in self.options if is_chosen] or [self.options[0][0]]
            self.found.append((self.open, chosen[0]))
        if tag in ("textarea", "select"):
            self.open, self.text = "", None


@settings(max_examples=60, deadline=None)
@given(text=TEXT)
@pytest.mark.parametrize("name", ["localise", "free_writing", "preference_rationale", "document_discrepancy", "dialogue_from_outline"])
def test_no_text_that_people_write_is_ever_changed(name, text):
    case = CASES[name]
    payload = json.loads(json.dumps(case.sample()))
    places = 0
    for value, at in _texts(payload):
        if isinstance(at, str) and at in ("text", "rationale", "before", "why") or isinstance(at, int) and name.startswith("dialogue"):
            value[at], places = text, places + 1
    payload["answers"].pop("slots", None)  # they are places in another text
    assert places
    answer = case.asked.parse(payload, case.question)
    assert Counter(map(str, _leaves(answer.model_dump()))) >= Counter({text: places})


def _texts(value: Any) -> list[tuple[Any, Any]]:
    parts = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    return [(value, at) for at, one in parts if isinstance(one, str)] + [found for _, one in parts for found in _texts(one)]


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict | list):
        return [leaf for one in (value.values() if isinstance(value, dict) else value) for leaf in _leaves(one)]
    return [value]


def test_a_condition_is_asked_only_where_it_holds():
    case = CASES["sentence_error"]
    assert case.asked.parse({"answers": {"flag": "no"}}, case.question)
    with pytest.raises(Invalid, match="answers.correction is missing"):
        case.asked.parse({"answers": {"flag": "yes"}}, case.question)
    with pytest.raises(Invalid, match="answers.correction answers no question"):
        case.asked.parse({"answers": {"flag": "no", "correction": "x"}}, case.question)


def test_a_box_that_was_left_alone_is_no_answer_to_what_is_not_asked():
    case = CASES["sentence_error"]
    nothing = '{"unit":"code point","texts":{"target.text":{"length":34,"spans":[]}}}'
    form = QueryDict(mutable=True)
    form.update({"answers.flag": "no", "answers.where": nothing, "answers.correction": ""})
    assert editor.payload(form, case.question, case.asked) == {"answers": {"flag": "no"}}
    form["answers.correction"] = "typed"
    with pytest.raises(Invalid, match="answers.correction answers no question"):
        case.asked.parse(editor.payload(form, case.question, case.asked), case.question)


def test_mqm_costs_what_its_errors_cost_together():
    case = CASES["error_spans-0"]
    spans = [
        {"start": at, "end": at + 1, "label": "grammar", "attributes": {"severity": one}}
        for at, one in enumerate(["minor", "minor", "major", "critical"])
    ]
    marked = {"unit": "code point", "texts": {"target.text": {"length": len(case.target["text"]), "spans": spans}}}
    answer = case.asked.parse({"answers": {"errors": marked}}, case.question)
    assert case.asked.exported(answer)["mqm"] == 32 and case.asked.exported(answer)["errors.count"] == 4


@pytest.mark.parametrize(
    ("syntax", "text", "why"),
    [
        ("python", "def f(:\n  pass", "line 1"),
        ("python", "x = 1\n  y = 2", "line 2"),
        ("python", "(" * 5000, "Python"),
        ("json", '{"a": 1,}', "line 1"),
        ("json", "[" * 9000, "JSON"),
        ("brackets", "f(\n  [1, 2)\n", "line 2"),
        ("brackets", "while (x) {", "never closed"),
    ],
)
def test_code_that_cannot_be_read_is_refused_with_its_line_and_nothing_is_run(syntax, text, why):
    asked = task_types.build({"name": "code", "params": {"syntax": syntax}})
    with pytest.raises(Invalid, match=why):
        asked.parse({"answers": {"code": text}}, CASES["code"].question)


@pytest.mark.parametrize(("syntax", "text"), [("brackets", 'print(")")  // (fine)\n'), ("python", "raise SystemExit\n"), ("json", "{}")])
def test_code_that_can_be_read_is_taken(syntax, text):
    asked = task_types.build({"name": "code", "params": {"syntax": syntax}})
    assert asked.parse({"answers": {"code": text}}, CASES["code"].question).answers["code"] == text


def test_slots_are_places_in_what_the_same_person_wrote():
    case = CASES["dialogue_from_outline"]
    turns = ["Sí, a las ocho.", "No."]
    slot = {"start": 4, "end": 14, "label": "slot"}

    def answer(place: str, length: int) -> dict[str, Any]:
        marked = {"unit": "code point", "texts": {place: {"length": length, "spans": [slot]}}}
        return {"answers": {"turns": turns, "slots": marked}}

    assert case.asked.parse(answer("answers.turns.0", len(turns[0])), case.question)
    wrong = {("answers.turns.1", 3): "within the 3", ("answers.turns.0", 3): "in a text of 3", ("answers.turns.2", 3): "no text here"}
    for (place, length), why in wrong.items():
        with pytest.raises(Invalid, match=why):
            case.asked.parse(answer(place, length), case.question)


@pytest.mark.parametrize("name", ["table_qa", "math", "multiple_choice", "label", "relabel", "pair_label"])
def test_the_right_answer_is_concealed(name):
    case = CASES[name]
    kind = case.question.kind.model_copy(update={"answer": case.question.kind.answer or next(iter(case.kind["fields"]))})
    if not kind.fields[kind.answer].translate or name in ("table_qa", "math"):
        assert kind.answer in case.asked.conceals(kind)


@pytest.mark.parametrize(
    ("questions", "place"),
    [
        ([{"type": "label", "name": "Bad name", "text": "?", "options": ["a"]}], "questions.0.label.name"),
        ([{"type": "lable", "name": "a", "text": "?"}], "questions.0"),
        ([{"name": "a", "text": "?"}], "questions.0"),
        ([{"type": "rating", "name": "a", "text": "?", "low": 5, "high": 1}], "questions.0.rating"),
        ([{"type": "label", "name": "a", "text": "?", "options": ["x", "x"]}], "questions.0.label"),
        ([{"type": "spans", "name": "a", "text": "?", "over": ["text"], "labels": ["x"]}], "questions.0.spans.over.0"),
        ([{"type": "text", "name": "a", "text": "?", "colour": "red"}], "questions.0.text.colour"),
        ([{"type": "text", "name": "a", "text": "?"}] * 2, "two questions a"),
        ([{"type": "text", "name": "a", "text": "?", "when": {"b": "x"}}], "a looks at b, which is no question before it"),
        (
            [{"type": "label", "name": "a", "text": "?", "options": ["x", "y"]}, {"type": "text", "name": "b", "text": "?", "when": {"a": "z"}}],
            "b is asked when a is 'z', which is none of x, y",
        ),
        ([{"type": "relations", "name": "r", "text": "?", "spans": "s", "types": ["t"]}], "r looks at s"),
        ([], "questions"),
    ],
)
def test_a_custom_type_that_is_none_is_refused_with_the_place(questions, place):
    with pytest.raises(Invalid) as refused:
        task_types.build({"name": "custom", "params": {"questions": questions}})
    assert place in str(refused.value)


def test_a_label_is_the_same_whatever_the_order_of_keys_the_database_gives_back():
    case = CASES["custom-everything"]
    answer = case.asked.parse(case.sample(), case.question)
    turned = json.loads(canonical(answer.model_dump(mode="json")))
    assert case.asked.label_of(case.asked.Payload.model_validate(turned)) == case.asked.label_of(answer)


@pytest.mark.parametrize("case", ALL)
def test_what_people_may_answer_a_model_may_answer_in_the_form_it_is_asked_for(case: Case):
    """Every property is there, null where a person leaves it out; without the nulls it is a person's payload again."""
    form = answer_form(case.asked, case.question)
    full = _in_full(json.loads(json.dumps(case.sample())), form)
    Draft202012Validator(form).validate(full)
    case.asked.parse(said(full), case.question)


def _in_full(payload: Any, form: dict[str, Any]) -> Any:
    """The payload as a strict server has a model write it."""
    form = next((one for one in form.get("anyOf", ()) if one != {"type": "null"}), form)
    if isinstance(payload, dict) and "properties" in form:
        return {name: _in_full(payload.get(name), its) for name, its in form["properties"].items()} | {
            name: one for name, one in payload.items() if name not in form["properties"]
        }
    return [_in_full(one, form.get("items", {})) for one in payload] if isinstance(payload, list) else payload
