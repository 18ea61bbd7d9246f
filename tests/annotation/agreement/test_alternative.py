"""The alternative annotator test: its figures by hand, who passes it, and when it says nothing."""

import random
from math import sqrt

import pytest
from scipy import stats

from annotation.agreement.alternative import Alternative, alternative
from annotation.records import Answer


def people(labels: dict[str, list[str | None]]) -> list[Answer]:
    return [Answer(task, who, label) for who, given in labels.items() for task, label in enumerate(given) if label is not None]


def crowd(skill: float, *, model: float, tasks: int = 100, who: str = "abc", seed: int = 1) -> tuple[list[Answer], dict[int, str]]:
    """People and a model, each of whom is right with a probability, and else says anything."""
    dice = random.Random(seed)
    truth = [dice.choice("xyz") for _ in range(tasks)]

    def said(right: str, probability: float) -> str:
        return right if dice.random() < probability else dice.choice("xyz")

    votes = [Answer(task, person, said(right, skill)) for task, right in enumerate(truth) for person in who]
    return votes, {task: said(right, model) for task, right in enumerate(truth)}


def test_figures_are_those_of_the_definition():
    given = {"a": list("xxxxyyyyzz") * 4, "b": list("xxxyyyyyzx") * 4, "c": list("xxyxyyzyzz") * 4}
    model = dict(enumerate(list("xxxxyyyxzz") * 4))
    found = alternative(people(given), model, "nominal", epsilon=0.1)
    expected, ps = {}, []
    for person, own in given.items():
        others = [labels for name, labels in given.items() if name != person]
        f = [sum(model[at] == labels[at] for labels in others) / 2 for at in range(40)]
        h = [sum(own[at] == labels[at] for labels in others) / 2 for at in range(40)]
        apart = [(theirs >= mine) - (mine >= theirs) for mine, theirs in zip(f, h, strict=True)]
        mean = sum(apart) / 40
        deviation = sqrt(sum((one - mean) ** 2 for one in apart) / 39)
        ps.append(stats.t.cdf((mean - 0.1) / (deviation / sqrt(40)), 39))
        expected[person] = (sum(m >= t for m, t in zip(f, h, strict=True)) / 40, sum(t >= m for m, t in zip(f, h, strict=True)) / 40)
    for one in found.people:
        assert (one.model, one.own) == pytest.approx(expected[one.person])
    ranked = sorted(ps)
    harmonic = 1 + 1 / 2 + 1 / 3
    by = [min(ranked[later] * 3 * harmonic / (later + 1) for later in range(at, 3)) for at in range(3)]
    assert sorted(one.p for one in found.people) == pytest.approx([min(one, 1) for one in by])
    assert found.advantage == pytest.approx(sum(one[0] for one in expected.values()) / 3)


def test_a_model_better_than_people_passes_and_one_that_guesses_does_not():
    good, bad = (alternative(*crowd(0.7, model=skill), "nominal", epsilon=0.1) for skill in (0.95, 0.0))
    assert (good.winning_rate, good.passed) == (1.0, True)
    assert (bad.winning_rate, bad.passed) == (0.0, False)
    assert good.advantage > bad.advantage


def test_what_a_model_may_fall_short_of_experts_by_it_may_not_of_a_crowd():
    votes, model = crowd(0.85, model=0.8, tasks=300, seed=3)
    rates = [alternative(votes, model, "nominal", epsilon=epsilon).winning_rate for epsilon in (0, 0.1, 0.2)]
    assert rates == sorted(rates) and rates[0] < rates[-1]


def test_one_whom_the_others_never_met_is_no_part_of_it():
    votes, model = crowd(0.8, model=0.8)
    alone = Answer(1000, "d", "x")
    assert alternative([*votes, alone], model | {1000: "x"}, "nominal", epsilon=0.1) == alternative(votes, model, "nominal", epsilon=0.1)


def test_of_fewer_than_three_people_it_says_nothing_but_why():
    votes, model = crowd(0.8, model=0.9, who="ab")
    found = alternative(votes, model, "nominal", epsilon=0.1)
    assert found == Alternative(0.1, reason="2 people answered tasks in common that the model answered too; it takes 3.")
    assert (found.winning_rate, found.advantage, found.passed) == (None, None, None)


def test_on_fewer_than_thirty_tasks_it_is_wilcoxons_and_says_so():
    few, enough = (alternative(*crowd(0.8, model=0.9, tasks=tasks), "nominal", epsilon=0.1) for tasks in (29, 30))
    assert {one.test for one in few.people} == {"wilcoxon"} and few.reason.startswith("3 of 3 people share fewer than 30 tasks")
    assert {one.test for one in enough.people} == {"t"} and enough.reason == ""


def test_where_all_always_agree_nothing_varies_and_the_model_passes():
    votes = people({who: ["x"] * 40 for who in "abc"})
    assert alternative(votes, dict.fromkeys(range(40), "x"), "nominal", epsilon=0.1).winning_rate == 1
    assert alternative(votes, dict.fromkeys(range(40), "y"), "nominal", epsilon=0.1).winning_rate == 0


def test_a_near_number_is_nearer_than_a_far_one_and_a_near_text_than_a_far_one():
    numbers = people({"a": ["3"] * 30, "b": ["3"] * 30, "c": ["4"] * 30})
    near, far = (alternative(numbers, dict.fromkeys(range(30), value), "ordinal", epsilon=0) for value in ("3.2", "1"))
    assert near.advantage > far.advantage
    texts = people({"a": ["Paka aliketi."] * 30, "b": ["Paka aliketi."] * 30, "c": ["Paka alikaa."] * 30})
    near, far = (alternative(texts, dict.fromkeys(range(30), value), "text", epsilon=0) for value in ("Paka aliketi!", "Mbwa."))
    assert near.advantage > far.advantage
