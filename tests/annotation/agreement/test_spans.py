"""Agreement on spans: Krippendorff's worked example, characters in common, and texts nobody marked."""

import json

import pytest

from annotation.agreement import agreement
from annotation.records import Answer
from core.errors import Invalid

# Krippendorff (2004), "Measuring the reliability of qualitative text analysis data": begin and length of what two observers
# marked with two codes in a text that runs from 150 to 450.
OBSERVERS = {
    "c": ([(225, 70), (370, 30)], [(220, 80), (355, 20), (400, 20)]),
    "k": ([(180, 60), (300, 50)], [(180, 60), (300, 50)]),
}


def label(spans: list[list], length: int = 300) -> str:
    return json.dumps({"length": length, "spans": spans})


def measured(*answers: list[list], length: int = 300) -> dict:
    """The values for one text and what each person marked in it."""
    votes = [Answer(1, f"w{number}", label(spans, length)) for number, spans in enumerate(answers)]
    return {name: one.value for name, one in agreement(votes, "spans").measures.items()}


def observed(*codes: str) -> list[list[list]]:
    return [
        [[begin - 150, begin - 150 + size, code] for code in codes for begin, size in OBSERVERS[code][observer]] for observer in range(2)
    ]


@pytest.mark.parametrize(("codes", "published"), [("c", 0.7286), ("k", 1.0), ("ck", 0.8587)])
def test_unitised_alpha_is_what_krippendorff_computes_for_two_observers(codes, published):
    # He rounds Do and De to four places on the way: 1 - .0144 / .0532 and, of both codes, 1 - .0144 / .1022.
    assert measured(*observed(*codes))["alpha_u"] == pytest.approx(published, abs=0.00006)


def test_characters_in_common_are_counted_by_pair():
    found = measured([[0, 10]], [[5, 15]])
    assert found["iou"] == pytest.approx(5 / 15)
    assert found["f1"] == pytest.approx(2 * 5 / 20)
    three = measured([[0, 10]], [[5, 15]], [[0, 10]])
    assert three["iou"] == pytest.approx((5 / 15 + 1 + 5 / 15) / 3)


def test_the_same_characters_under_another_category_are_not_in_common():
    assert measured([[0, 10, "name"]], [[0, 10, "place"]])["iou"] == 0


def test_identical_spans_agree_perfectly_and_distant_ones_do_worse_than_near_ones():
    same, near, far = (measured([[100, 120]], [[start, start + 20]]) for start in (100, 110, 250))
    assert same == {"raw": 1, "alpha_u": 1, "iou": 1, "f1": 1}
    assert 1 > near["alpha_u"] > far["alpha_u"]
    assert far["iou"] == 0


def test_who_marks_nothing_agrees_with_who_marks_nothing_but_there_is_no_alpha():
    votes = [Answer(1, worker, label([])) for worker in "ab"]
    found = agreement(votes, "spans").measures
    assert found["iou"].value == found["f1"].value == 1
    assert found["alpha_u"].value is None
    assert found["alpha_u"].reason == "nobody marked anything in a text that two people read"
    assert measured([], [[0, 10]])["f1"] == 0


def test_spans_that_touch_or_overlap_are_one():
    assert measured([[0, 5], [5, 10]], [[0, 10]])["alpha_u"] == 1
    assert measured([[0, 7], [3, 10]], [[0, 10]])["alpha_u"] == 1


def test_a_whole_text_marked_has_no_gap():
    assert measured([[0, 300]], [[0, 300]])["iou"] == 1


def test_of_several_texts_the_longer_weighs_more():
    def both(long: list[list], short: list[list]) -> float:
        votes = [Answer(1, "a", label([[0, 50]], 1000)), Answer(1, "b", label(long, 1000))]
        votes += [Answer(2, "a", label([[0, 5]], 100)), Answer(2, "b", label(short, 100))]
        return agreement(votes, "spans").measures["alpha_u"].value

    assert both([[0, 50]], [[50, 55]]) > both([[500, 550]], [[0, 5]])


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("yes", "is no label of spans"),
        ('{"length": 10}', "is no label of spans"),
        (label([[5, 5]]), "not within a text of 300 characters"),
        (label([[290, 301]]), "not within a text of 300 characters"),
        (label([[0, 5]], length=299), "two lengths"),
    ],
)
def test_a_label_that_is_no_span_of_the_text_is_refused(wrong, why):
    with pytest.raises(Invalid, match=why):
        agreement([Answer(1, "a", label([[0, 5]])), Answer(1, "b", wrong)], "spans")
