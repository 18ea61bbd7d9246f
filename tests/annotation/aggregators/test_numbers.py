"""Mean and median of ratings."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.aggregators import aggregators
from annotation.records import Answer
from core.errors import Invalid

mean, median = aggregators.build("mean"), aggregators.build("median")


def rated(*ratings: float, weights: list[float] | None = None) -> list[Answer]:
    return [Answer(1, f"p{n}", str(one), (weights or [1.0] * len(ratings))[n]) for n, one in enumerate(ratings)]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=12), st.sampled_from([1.0, 0.1, 0.3, 0.7]))
def test_where_all_weigh_the_same_they_are_the_mean_and_median_of_statistics(ratings, weight):
    answers = rated(*ratings, weights=[weight] * len(ratings))
    assert mean.aggregate(answers)[1].value == pytest.approx(statistics.mean(ratings))
    assert median.aggregate(answers)[1].value == statistics.median(ratings)


def test_a_weight_pulls_the_mean_and_outweighs_the_middle():
    answers = rated(1, 2, 5, weights=[0.1, 0.1, 0.8])
    assert mean.aggregate(answers)[1].value == pytest.approx(4.3)
    assert median.aggregate(answers)[1].value == 5


def test_one_wild_rating_moves_the_mean_and_not_the_median():
    answers = rated(4, 4, 5, 1000)
    assert (mean.aggregate(answers)[1].label, median.aggregate(answers)[1].label) == ("253.25", "4.5")
    assert (mean.aggregate(answers)[1].agreed, median.aggregate(answers)[1].agreed) == (False, True)


def test_people_agree_when_most_of_them_are_near():
    verdict = mean.aggregate(rated(1, 1, 5, 5))[1]
    assert (verdict.label, verdict.confidence, verdict.agreed) == ("3", 0.0, False)
    verdict = mean.aggregate(rated(4, 5))[1]
    assert (verdict.label, verdict.value, verdict.confidence, verdict.agreed) == ("4.5", 4.5, 1.0, True)


@pytest.mark.parametrize("label", ["good", "", "nan", "inf", "3,5", "4 of 5"])
@pytest.mark.parametrize("aggregator", [mean, median], ids=["mean", "median"])
def test_what_is_no_number_is_refused_with_task_and_person(aggregator, label):
    with pytest.raises(Invalid, match="Task 8: the answer .* of Bola is no number"):
        aggregator.aggregate([Answer(8, "Ada", "3"), Answer(8, "Bola", label)])
