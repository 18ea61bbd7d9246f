"""Preferences: strengths against crowd-kit and against the likelihood itself, and what a tie or a missing name means."""

import crowdkit.aggregation as crowdkit
import numpy as np
import pandas as pd
import pytest

from annotation.aggregators import aggregators
from annotation.aggregators._models import bradley_terry
from annotation.records import Answer
from core.errors import Invalid

plain = aggregators.build({"name": "bradley_terry", "params": {"prior": 1e-12}})
usual = aggregators.build("bradley_terry")


def compared(seed: int, candidates: int = 6, number: int = 200) -> list[tuple[str, str, str]]:
    """Left, right, winner: stronger ones win more often, and everybody wins once against the next."""
    chance, names = np.random.default_rng(seed), [f"system {n}" for n in range(candidates)]
    found = [(one, other, one) for one, other in zip(names, names[1:] + names[:1], strict=True)]
    for _ in range(number):
        a, b = chance.choice(candidates, 2, replace=False)
        found.append((names[a], names[b], names[a] if chance.random() < (a + 1) / (a + b + 2) else names[b]))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_strengths_are_those_of_crowd_kit(seed):
    games = compared(seed)
    # 1.4.2 compares an array with itself and stops after its second step, but for a tolerance of 0.
    theirs = crowdkit.BradleyTerry(n_iter=3000, tol=0).fit_predict(pd.DataFrame(games, columns=["left", "right", "label"]))
    answers = [
        Answer(task, "Ada", "left" if winner == left else "right", value={"left": left, "right": right})
        for task, (left, right, winner) in enumerate(games)
    ]
    verdicts = plain.aggregate(answers)
    for task, (left, right, _) in enumerate(games):
        chance = theirs[left] / (theirs[left] + theirs[right])
        assert verdicts[task].distribution == pytest.approx({"left": chance, "right": 1 - chance}, abs=1e-6)
        assert verdicts[task].value == pytest.approx({"left": theirs[left], "right": theirs[right]}, abs=1e-6)
        assert verdicts[task].label == ("left" if chance > 0.5 else "right")


def test_at_the_strengths_found_nobody_wins_more_or_less_than_expected():
    left, right = np.triu_indices(5, 1)
    wins, losses = np.random.default_rng(0).integers(1, 9, size=(2, 10)).astype(float)
    s = bradley_terry(left, right, wins, losses, iterations=1000, tolerance=1e-12)
    expected = (wins + losses) * s[left] / (s[left] + s[right])
    surplus = np.bincount(left, wins - expected, 5) - np.bincount(right, wins - expected, 5)
    assert surplus == pytest.approx(np.zeros(5), abs=1e-8)
    assert s.sum() == pytest.approx(1)


def test_what_is_known_from_elsewhere_decides_a_pair():
    def met(task: int, left: str, right: str, *labels: str) -> list[Answer]:
        return [Answer(task, f"p{n}", label, value={"left": left, "right": right}) for n, label in enumerate(labels)]

    answers = (
        met(1, "human", "machine", *["left"] * 5) + met(2, "machine", "draft", *["left"] * 5) + met(3, "draft", "human", "tie")
    )
    assert usual.aggregate(answers)[3].label == "right"


def test_a_tie_is_half_a_win_each():
    one = usual.aggregate([Answer(1, "a", "tie"), Answer(1, "b", "tie")])[1]
    other = usual.aggregate([Answer(1, "a", "left"), Answer(1, "b", "right")])[1]
    assert one == other
    assert (one.label, one.confidence, one.agreed) == ("tie", 0.5, False)


def test_without_names_the_sides_of_a_task_meet_nowhere_else():
    verdicts = usual.aggregate([Answer(1, "a", "left"), Answer(2, "a", "right"), Answer(2, "b", "right")])
    assert [(one.label, round(one.confidence, 6)) for one in verdicts.values()] == [("left", 0.75), ("right", round(2.5 / 3, 6))]


def test_somebody_who_weighs_less_counts_less():
    verdict = usual.aggregate([Answer(1, "a", "left", 0.2), Answer(1, "b", "right", 0.9)])[1]
    assert (verdict.label, verdict.confidence) == ("right", pytest.approx(1.4 / 2.1))


def test_who_always_won_is_strong_and_not_infinitely_so():
    answers = [Answer(1, f"p{n}", "left", value={"left": "a", "right": "b"}) for n in range(50)]
    assert 0.9 < usual.aggregate(answers)[1].confidence < 1


@pytest.mark.parametrize("label", ["LEFT", "both", "", "a"])
def test_what_is_no_preference_is_refused(label):
    with pytest.raises(Invalid, match="a preference is left, right or tie"):
        usual.aggregate([Answer(1, "Bola", label)])


@pytest.mark.parametrize("other", [{"left": "b", "right": "a"}, None])
def test_answers_that_name_other_sides_than_the_rest_are_refused(other):
    with pytest.raises(Invalid, match="Task 1: .* same two sides"):
        usual.aggregate([Answer(1, "a", "left", value={"left": "a", "right": "b"}), Answer(1, "b", "left", value=other)])
