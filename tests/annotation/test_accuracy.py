"""Accuracy on gold: the interval is Wilson's, and bad luck pauses nobody."""

import numpy as np
import pytest

from annotation.accuracy import passes, too_low, weight, wilson


@pytest.mark.parametrize(
    ("right", "graded", "low", "high"), [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (1, 29, 0.0061, 0.1718)]
)
def test_the_interval_is_the_one_newcombe_published(right, graded, low, high):
    """Newcombe (1998), Statistics in Medicine 17, table I, method 3."""
    found = wilson(right, graded)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_nothing_known_is_everything_possible_and_the_ends_stay_within_0_and_1():
    assert (wilson(0, 0).low, wilson(0, 0).high, wilson(0, 0).share) == (0, 1, 0)
    assert wilson(5, 5).high == 1 and wilson(0, 5).low == 0 and wilson(5, 5).low < 0.6


def test_nobody_is_paused_before_so_many_answers_nor_by_a_share_alone():
    assert not too_low(0, 9, below=0.6, after=10)
    assert too_low(0, 10, below=0.6, after=10)
    assert not too_low(5, 10, below=0.6, after=10)
    assert too_low(10, 30, below=0.6, after=10)


@pytest.mark.parametrize(("skill", "least", "most"), [(0.65, 0, 0.02), (0.6, 0, 0.07), (1 / 3, 0.99, 1)])
def test_looking_after_every_answer_pauses_few_who_are_good_enough_and_nearly_all_who_guess(skill, least, most):
    right = (np.random.default_rng(1).random((2000, 100)) < skill).cumsum(axis=1)
    rule = {"below": 0.6, "after": 10}
    paused = [any(too_low(int(one[n - 1]), n, **rule) for n in range(10, 101)) for one in right]
    assert least <= np.mean(paused) <= most


def test_a_vote_weighs_nothing_at_a_half_and_more_the_more_is_known():
    assert weight(0, 0) == weight(5, 10) == weight(0, 10) == 0
    assert 0 < weight(1, 1) < weight(9, 9) < weight(99, 99) < 1


def test_a_mark_that_is_reached_exactly_is_passed():
    assert passes(8, 10, 0.8) and not passes(7, 10, 0.8) and passes(3, 10, 0.3)


def test_the_interval_reaches_the_very_end_where_all_or_none_were_right():
    assert all(wilson(n, n).high == 1.0 and wilson(0, n).low == 0.0 for n in range(1, 60))
