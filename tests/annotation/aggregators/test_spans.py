"""Spans merged character by character, against the same done with sets of characters."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.aggregators import aggregators
from annotation.records import Answer
from core.errors import Invalid

union, intersection, majority = (
    aggregators.build({"name": "spans", "params": {"keep": keep}}) for keep in ("union", "intersection", "majority")
)
SPAN = st.builds(
    lambda start, length, label: [start, start + length, label], st.integers(0, 12), st.integers(1, 6), st.sampled_from("AB")
)
PEOPLE = st.lists(st.lists(SPAN, max_size=4), min_size=1, max_size=5)


def marked(*people: list, weights: list[float] | None = None) -> list[Answer]:
    return [Answer(1, f"p{n}", f"label {n}", (weights or [1.0] * len(people))[n], spans) for n, spans in enumerate(people)]


def characters(spans: list) -> set[tuple[int, str]]:
    return {(place, label) for start, end, label in spans for place in range(start, end)}


@given(PEOPLE)
def test_they_keep_the_characters_that_any_all_or_most_people_marked(people):
    sets = [characters(spans) for spans in people]
    held = {one: sum(one in own for own in sets) for one in set.union(*sets)}
    expected = {
        union: set(held),
        intersection: {one for one, number in held.items() if number == len(people)},
        majority: {one for one, number in held.items() if Fraction(number, len(people)) > Fraction(1, 2)},
    }
    for aggregator, kept in expected.items():
        verdict = aggregator.aggregate(marked(*people))[1]
        assert characters(verdict.value) == kept
        shares = [len(own & kept) / len(own | kept) if own | kept else 1.0 for own in sets]
        assert verdict.confidence == pytest.approx(sum(shares) / len(shares))


@given(PEOPLE)
def test_a_verdicts_spans_of_a_label_neither_touch_nor_overlap(people):
    value = union.aggregate(marked(*people))[1].value
    for label in "AB":
        own = sorted(span for span in value if span[2] == label)
        assert all(one[1] < other[0] for one, other in zip(own, own[1:], strict=False))


def test_stretches_that_touch_become_one_and_labels_stay_apart():
    verdict = union.aggregate(marked([[0, 3, "PER"], [3, 5, "PER"], [1, 4, "LOC"]]))[1]
    assert verdict.value == [[0, 5, "PER"], [1, 4, "LOC"]]


def test_half_of_the_people_are_no_majority():
    assert majority.aggregate(marked([[0, 3, "A"]], []))[1].value == []


def test_the_weight_decides_and_who_weighs_nothing_is_not_asked():
    people = [[0, 4, "A"]], [[2, 6, "A"]], [[9, 10, "A"]]
    assert majority.aggregate(marked(*people, weights=[0.9, 0.4, 0.1]))[1].value == [[0, 4, "A"]]
    assert intersection.aggregate(marked(*people, weights=[0.9, 0.4, 0.0]))[1].value == [[2, 4, "A"]]
    assert union.aggregate(marked(*people, weights=[0.9, 0.4, 0.0]))[1].value == [[0, 6, "A"]]


def test_a_verdict_that_somebody_gave_has_their_label_and_another_is_written_out():
    assert majority.aggregate(marked([[0, 2, "A"], [2, 3, "A"]], [[0, 3, "A"]], [[0, 9, "A"]]))[1].label == "label 0"
    assert union.aggregate(marked([[0, 2, "É"]], [[4, 5, "É"]]))[1].label == '[[0,2,"É"],[4,5,"É"]]'


def test_nothing_marked_by_anybody_is_agreement():
    verdict = majority.aggregate(marked([], []))[1]
    assert (verdict.value, verdict.confidence, verdict.agreed) == ([], 1.0, True)


@pytest.mark.parametrize(
    "value",
    [None, "PER", [[1, 1, "A"]], [[-1, 2, "A"]], [[3, 2, "A"]], [[0, 2]], [[0, 2, 7]], [[0.0, 2, "A"]], [[False, 2, "A"]]],
)
def test_what_is_no_list_of_spans_is_refused_with_task_and_person(value):
    with pytest.raises(Invalid, match="Task 1: the answer of p0"):
        union.aggregate(marked(value))
