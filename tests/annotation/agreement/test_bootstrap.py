"""Intervals: tasks are resampled, by weights on what each task adds, the same at every look."""

import numpy as np
import pytest

from annotation.agreement import SCALES, agreement, bootstrap
from annotation.agreement.table import Table
from annotation.records import Answer
from tests.annotation.agreement.votes import KRIPPENDORFF, at_random, estimates, of_raters


@pytest.mark.parametrize("scale", ["nominal", "ordinal", "interval"])
def test_weights_on_tasks_give_what_a_list_with_those_tasks_repeated_gives(scale):
    """What makes the bootstrap fast changes nothing: a task drawn three times is the task three times in the list."""
    votes = at_random(7, tasks=60, people=3)
    table = Table.of(votes)
    weights = np.random.default_rng(1).integers(0, 4, size=table.tasks)
    numbered = [(vote, Answer(vote.task * 10 + copy, vote.worker, vote.label)) for vote in votes for copy in range(4)]
    repeated = Table.of(copy for vote, copy in numbered if copy.task % 10 < weights[vote.task])
    assert set(repeated.labels) == set(table.labels)
    for name, measure in SCALES[scale].items():
        weighted, spelled_out = measure(table), measure(repeated)
        expected = spelled_out.value(spelled_out.parts.sum(0)[:, None])
        assert weighted.value(weighted.parts.T @ weights[:, None].astype(float)) == pytest.approx(expected), name


def test_an_interval_holds_the_value_and_is_the_same_at_every_look():
    first, again = (estimates(at_random(5, tasks=300), "ordinal") for _look in range(2))
    assert first == again
    for name, one in first.items():
        assert one.low < one.value < one.high, name


@pytest.mark.parametrize("block", [1, 7, 1000])
def test_how_many_resamples_are_worked_on_at_a_time_changes_nothing(monkeypatch, block):
    first = estimates(at_random(5), "ordinal")
    monkeypatch.setattr(bootstrap, "BLOCK", block)
    assert estimates(at_random(5), "ordinal") == first


def test_more_tasks_make_the_interval_narrower():
    few, many = (estimates(at_random(5, tasks=tasks))["alpha"] for tasks in (50, 800))
    assert many.high - many.low < (few.high - few.low) / 2


def test_ninety_five_of_a_hundred_intervals_hold_the_truth():
    """Two people who agree on a coin's side with probability 0.7: raw agreement's intervals hold 0.7 about 95 times in 100."""
    dice = np.random.default_rng(3)
    held = 0
    for _study in range(60):
        one = dice.integers(0, 2, size=150)
        other = np.where(dice.random(150) < 0.7, one, 1 - one)
        found = estimates(of_raters({"a": one.tolist(), "b": other.tolist()}))["raw"]
        held += found.low <= 0.7 <= found.high
    assert 51 <= held <= 60


def test_an_interval_of_one_task_is_not_given():
    found = agreement([Answer(1, "a", "x"), Answer(1, "b", "y")]).measures["raw"]
    assert (found.value, found.low, found.high) == (0, None, None)
    assert found.reason == "too few tasks for an interval"


def test_an_interval_that_would_not_hold_its_own_value_is_not_given():
    """Kappas of pairs who met a dozen times are too low, resampled ones lower still; with many pairs the interval misses the value."""
    found = estimates(at_random(1, tasks=12000, people=60))
    assert (found["cohen"].low, found["cohen"].high) == (None, None)
    assert "people share too few tasks with each other" in found["cohen"].reason
    assert found["fleiss"].low < found["fleiss"].value < found["fleiss"].high
    closer = estimates(at_random(1, tasks=4000, people=6))["cohen"]
    assert closer.low < closer.value < closer.high, "the control: few people who meet often"


def test_another_seed_gives_another_interval_but_the_same_value(monkeypatch):
    first = estimates(of_raters(KRIPPENDORFF))["alpha"]
    monkeypatch.setattr(bootstrap, "SEED", 2)
    other = estimates(of_raters(KRIPPENDORFF))["alpha"]
    assert other.value == first.value
    assert (other.low, other.high) != (first.low, first.high)


def test_what_is_said_of_an_interval_names_what_was_drawn_how_often_and_from_which_seed():
    assert bootstrap.SIGNATURE == "ci:95|boot:1000|seed:12345|resampled:tasks"
