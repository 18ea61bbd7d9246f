"""What people can be asked: answers are read and judged, and never changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.records import Question
from annotation.schema import Schema
from annotation.task_types import task_types
from core.errors import Invalid
from tests.world import SCHEMA

KINDS = Schema.parse(SCHEMA).kinds
post_edit, verify = task_types.build("post_edit"), task_types.build("verify")


def asked(kind: str = "sentence", draft: dict | None = None, **source) -> Question:
    return Question(
        kind=KINDS[kind],
        kind_name=kind,
        source=source or {"text": "The cat sat."},
        draft=draft,
        source_language="en",
        target_language="sw",
    )


DRAFTED = asked(draft={"text": "Paka aliketi."})


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1).filter(str.strip))
def test_a_text_comes_out_of_an_answer_as_it_went_in(text):
    answer = post_edit.parse({"content": {"text": text}}, DRAFTED)
    assert post_edit.text(answer) == {"text": text}


def test_spaces_around_a_text_and_its_normal_form_are_kept():
    text = "  cafe\u0301\u200f \n"
    answer = verify.parse({"decision": "accept", "rating": 4, "content": {"text": text}}, DRAFTED)
    assert verify.text(answer)["text"] == text


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"text": ""}, "text is empty"),
        ({"text": " \t\u00a0\n"}, "text is empty"),
        ({}, "text is missing"),
        ({"text": 7}, "text must be text, not int"),
        ({"text": "Paka.", "label": "neutral"}, "label is no translatable field of this kind"),
        ({"text": "a\x00b"}, "NUL"),
        ({"text": "a\ud800b"}, "surrogate"),
    ],
)
def test_what_is_no_translation_is_refused_with_field_and_reason(content, problem):
    with pytest.raises(Invalid, match=problem):
        post_edit.parse({"content": content}, DRAFTED)


def test_a_question_keeps_as_many_options_as_its_source():
    question = asked("question", stem="Which?", options=["a", "b"], answer=0)
    with pytest.raises(Invalid, match="options has 1 entries where the source has 2"):
        post_edit.parse({"content": {"stem": "Ipi?", "options": ["a"]}}, question)


@pytest.mark.parametrize("payload", [None, [], "text", {}, {"content": "text"}, {"content": {"text": "x"}, "status": "verified"}])
def test_an_answer_of_another_shape_is_refused(payload):
    with pytest.raises(Invalid):
        post_edit.parse(payload, DRAFTED)


def test_equal_texts_have_equal_labels_whatever_the_comment():
    one = post_edit.parse({"content": {"text": "Paka."}, "comment": "short"}, DRAFTED)
    two = post_edit.parse({"content": {"text": "Paka."}}, DRAFTED)
    other = post_edit.parse({"content": {"text": "Paka"}}, DRAFTED)
    assert post_edit.label_of(one) == post_edit.label_of(two) != post_edit.label_of(other)


def test_accepting_needs_a_rating_from_one_to_five():
    for rating in (None, 0, 6):
        with pytest.raises(Invalid, match="rating"):
            verify.parse({"decision": "accept", "rating": rating}, DRAFTED)


@pytest.mark.parametrize("decision", ["redo", "reject"])
def test_sending_back_and_rejecting_need_a_reason(decision):
    with pytest.raises(Invalid, match="reason is missing"):
        verify.parse({"decision": decision, "reason": " "}, DRAFTED)
    answer = verify.parse({"decision": decision, "reason": "The “not” is gone."}, DRAFTED)
    assert (verify.outcome(answer), verify.reason(answer)) == (decision, "The “not” is gone.")
    assert verify.text(answer) is None


def test_nobody_accepts_a_text_that_is_not_there():
    with pytest.raises(Invalid, match="no text to accept"):
        verify.parse({"decision": "accept", "rating": 5}, asked())


def test_a_record_without_a_text_of_its_own_is_accepted_as_it_is():
    pair = asked("pair", premise="s1", hypothesis="s2", label="neutral")
    assert verify.text(verify.parse({"decision": "accept", "rating": 5}, pair)) is None


def test_an_edit_that_is_no_translation_is_not_accepted():
    with pytest.raises(Invalid, match="text is empty"):
        verify.parse({"decision": "accept", "rating": 5, "content": {"text": ""}}, DRAFTED)
