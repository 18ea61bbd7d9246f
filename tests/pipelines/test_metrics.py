"""Metrics and their intervals: the numbers of scikit-learn, and intervals that know which rows hang together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from pipelines.metrics import metrics
from pipelines.scoring import estimate

ACCURACY, MACRO_F1 = metrics.build("accuracy"), metrics.build("macro_f1")
ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=60)


def once(metric, predictions, references):
    return metric.score(np.array(predictions), np.array(references), np.ones((1, len(references))))[0]


@given(ROWS)
def test_the_scores_are_scikit_learns(rows):
    predictions, references = zip(*rows, strict=True)
    assert once(ACCURACY, predictions, references) == pytest.approx(100 * accuracy_score(references, predictions))
    expected = f1_score(references, predictions, average="macro", zero_division=0)
    assert once(MACRO_F1, predictions, references) == pytest.approx(100 * expected)


@given(ROWS, st.data())
def test_a_row_of_weight_two_counts_as_two_rows_and_one_of_weight_zero_as_none(rows, data):
    counts = data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)).filter(any))
    predictions, references = map(np.array, zip(*rows, strict=True))
    for metric in (ACCURACY, MACRO_F1):
        weighted = metric.score(predictions, references, np.array([counts], float))[0]
        assert weighted == pytest.approx(once(metric, np.repeat(predictions, counts), np.repeat(references, counts)))


def test_no_readable_answer_is_wrong_and_no_label_of_its_own():
    predictions, references = [-1, 0, 1, -1], [0, 0, 1, 1]
    assert once(ACCURACY, predictions, references) == 50
    expected = f1_score(references, predictions, labels=[0, 1], average="macro")
    assert once(MACRO_F1, predictions, references) == pytest.approx(100 * expected)


def test_nothing_readable_at_all_scores_zero():
    assert once(ACCURACY, [-1, -1], [0, 1]) == once(MACRO_F1, [-1, -1], [0, 1]) == 0


def correlated(seed: int, clusters: int = 60, size: int = 5) -> tuple[np.ndarray, list[str]]:
    """Rows right or wrong by the cluster: whoever understands the premise gets all of its rows right."""
    easy = np.random.default_rng(seed).random(clusters) < 0.6
    return np.repeat(easy.astype(int), size), [str(number) for number in range(clusters) for _ in range(size)]


def width(found) -> float:
    return found.high - found.low


def test_an_interval_over_clusters_is_wider_where_rows_of_a_cluster_stand_and_fall_together():
    right, clusters = correlated(1)
    ones = np.ones(len(right), int)
    clustered = estimate(ACCURACY, right, ones, clusters)
    naive = estimate(ACCURACY, right, ones, [str(number) for number in range(len(right))])
    assert clustered.value == naive.value
    assert width(clustered) > 1.8 * width(naive)  # the square root of five, about


def test_clustered_intervals_hold_the_truth_nineteen_times_in_twenty_and_naive_ones_do_not():
    held = {"clustered": 0, "naive": 0}
    for seed in range(100):
        right, clusters = correlated(seed)
        ones = np.ones(len(right), int)
        for name, groups in (("clustered", clusters), ("naive", [str(number) for number in range(len(right))])):
            found = estimate(ACCURACY, right, ones, groups)
            held[name] += found.low <= 60 <= found.high
    assert held["clustered"] >= 88
    assert held["naive"] <= 75


def test_the_same_predictions_have_the_same_interval():
    right, clusters = correlated(2)
    ones = np.ones(len(right), int)
    assert estimate(MACRO_F1, right, ones, clusters) == estimate(MACRO_F1, right, ones, clusters)


def test_an_interval_agrees_with_one_resampled_row_by_row():
    """The counts and the matrix, against the textbook's loop."""
    random = np.random.default_rng(5)
    predictions, references = random.integers(0, 3, 240), random.integers(0, 3, 240)
    groups = np.repeat(np.arange(80), 3)
    rows = [np.flatnonzero(groups == number) for number in range(80)]
    scores = []
    for _ in range(1000):
        drawn = np.concatenate([rows[number] for number in random.integers(0, 80, 80)])
        scores.append(100 * f1_score(references[drawn], predictions[drawn], average="macro"))
    found = estimate(MACRO_F1, predictions, references, groups.astype(str))
    assert [found.low, found.high] == pytest.approx(np.percentile(scores, [2.5, 97.5]), abs=1.0)
