"""A schema says what a valid record is, and what a translation of it may look like."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotation.schema import Schema
from core.errors import Invalid

QUESTION = Schema.parse(
    {
        "kinds": {
            "table": {"fields": {"rows": {"type": "table", "translate": True}}},
            "question": {
                "fields": {
                    "table": {"type": "ref", "kind": "table", "required": False},
                    "stem": {"type": "text", "translate": True},
                    "options": {"type": "list", "translate": True},
                    "answer": {"type": "choice", "of": "options"},
                },
                "answer": "answer",
            },
        }
    }
)
SOURCE = {"stem": "How many?", "options": ["one", "two"], "answer": 1}


def test_a_record_of_the_schema_has_no_problems():
    assert QUESTION.kind("question").problems(SOURCE) == {}


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        ({"stem": None}, "stem", "missing"),
        ({"stem": " \t"}, "stem", "empty"),
        ({"stem": "a\x00b"}, "stem", "NUL"),
        ({"stem": "a\ud800"}, "stem", "surrogate"),
        ({"stem": 7}, "stem", "must be text"),
        ({"options": []}, "options", "at least one"),
        ({"options": ["one", ""]}, "options", "2. entry"),
        ({"answer": 2}, "answer", "there are 2 options"),
        ({"answer": True}, "answer", "index"),
        ({"answer": -1}, "answer", "counted from 0"),
        ({"colour": "red"}, "colour", "no field"),
    ],
)
def test_a_wrong_value_is_named_with_its_field_and_reason(change, field, why):
    assert why in QUESTION.kind("question").problems({**SOURCE, **change})[field]


def test_a_translation_has_the_source_s_fields_in_the_source_s_shape():
    kind = QUESTION.kind("question")
    assert kind.translation_problems(SOURCE, {"stem": "Ngapi?", "options": ["moja", "mbili"]}) == {}
    assert "3 entries where the source has 2" in kind.translation_problems(
        SOURCE, {"stem": "Ngapi?", "options": ["moja", "mbili", "tatu"]}
    )["options"]
    assert kind.translation_problems(SOURCE, {"stem": "Ngapi?"})["options"] == "is missing"
    assert "answer" in kind.translation_problems(SOURCE, {"stem": "N", "options": ["a", "b"], "answer": 0})


MARKED = Schema.parse(
    {
        "kinds": {
            "note": {
                "fields": {
                    "text": {"type": "text", "translate": True},
                    "people": {"type": "spans", "of": "text"},
                    "source": {"type": "string", "required": False},
                    "sides": {"type": "spans", "of": "text", "labels": ["L", "R"], "required": False},
                }
            }
        }
    }
).kind("note")
ADA = {"start": 0, "end": 3, "label": "PER"}


@pytest.mark.parametrize(
    ("spans", "why"),
    [
        ([ADA], ""),
        ([], ""),
        ([{"start": 0, "end": 7, "label": "all"}], ""),
        ("0-3", "list of places"),
        ([{"start": 0, "end": 3}], "start, end and label"),
        ([ADA, {**ADA, "end": 8}], "2. entry must lie within the 7 characters of text"),
        ([{**ADA, "start": 3}], "must lie within"),
        ([{**ADA, "start": -1}], "must lie within"),
        ([{**ADA, "start": True}], "must lie within"),
        ([{**ADA, "label": " "}], "label that is empty"),
        ([{**ADA, "extra": 1}], "nothing else"),
    ],
)
def test_spans_are_places_in_their_text_in_code_points(spans, why):
    found = MARKED.problems({"text": "Ada 😀ကိ", "people": spans})
    assert why in found["people"] if why else found == {}


def test_spans_have_the_labels_their_field_names():
    found = MARKED.problems({"text": "Ada", "people": [ADA], "sides": [ADA]})
    assert "must be one of L, R" in found["sides"]


@pytest.mark.parametrize("of", [None, "nowhere", "source"])
def test_spans_are_of_a_text_of_their_kind(of):
    with pytest.raises(Invalid, match="of"):
        Schema.parse(
            {
                "kinds": {
                    "n": {"fields": {"source": {"type": "string"}, "at": {"type": "spans", **({"of": of} if of else {})}}}
                }
            }
        )


def test_a_translation_has_as_many_spans_of_each_label_or_none():
    source = {"text": "Ada", "people": [ADA]}
    assert MARKED.translation_problems(source, {"text": "Aida"}) == {}
    assert MARKED.translation_problems(source, {"text": "Aida", "people": [{**ADA, "end": 4}]}) == {}
    for wrong in ([], [ADA, ADA], [{**ADA, "label": "LOC"}], [{**ADA, "end": 5}]):
        assert "people" in MARKED.translation_problems(source, {"text": "Aida", "people": wrong})
    assert "people" in MARKED.translation_problems({"text": "Ada", "people": None}, {"text": "A", "people": []})


def test_spans_stay_with_a_text_that_stays():
    before = {"text": "Aida", "people": [ADA]}
    assert MARKED.carrying({"text": "Aida"}, before) == before
    assert MARKED.carrying({"text": "Ada"}, before) == {"text": "Ada"}


def test_a_table_keeps_its_columns():
    kind = QUESTION.kind("table")
    assert "1 columns" in kind.translation_problems({"rows": [["a", "b"]]}, {"rows": [["a"]]})["rows"]


def test_only_what_nobody_points_at_is_released():
    assert QUESTION.released == ["question"]


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"kinds": {"pair": {"fields": {"a": {"type": "ref", "kind": "nowhere"}}}}}, "nowhere"),
        ({"kinds": {"pair": {"fields": {"a": {"type": "ref"}}}}}, "must say its kind"),
        ({"kinds": {"pair": {"fields": {"a": {"type": "label"}}}}}, "must say its labels"),
        ({"kinds": {"pair": {"fields": {"a": {"type": "number", "translate": True}}}}}, "cannot be translated"),
        ({"kinds": {"pair": {"fields": {}, "answer": "a"}}}, "no field of it"),
        ({"kinds": {"pair": {"fields": {"a": {"type": "text", "colour": 1}}}}}, "colour"),
        ([], "valid dictionary"),
    ],
)
def test_a_schema_that_makes_no_sense_is_refused_with_the_place(schema, why):
    with pytest.raises(Invalid, match=why):
        Schema.parse(schema)


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20) | st.integers(),
    lambda one: st.lists(one, max_size=3),
    max_leaves=5,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["stem", "options", "answer", "table", "x"]), VALUES))
def test_any_record_is_judged_and_none_crashes_the_judge(record):
    problems = QUESTION.kind("question").problems(record)
    assert all(isinstance(why, str) and why for why in problems.values())
    if not problems:
        assert isinstance(record["stem"], str) and isinstance(record["options"], list)
