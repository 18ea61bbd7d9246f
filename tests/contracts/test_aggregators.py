"""The contract of every aggregator, whatever it takes: a new file is tested here without a new test."""

import random

import pytest

from annotation.aggregators import Aggregator, aggregators
from annotation.records import Answer

PEOPLE = ["Ada", "Bola", "Bisi", "Ẹ̀fẹ́", "陳"]
ANSWERS = {
    "labels": [("yes", None), ("no", None), ("不", None)],
    "numbers": [("1", None), ("4.5", None), ("-2e1", None)],
    "preferences": [
        ("left", {"left": "a", "right": "b"}),
        ("right", {"left": "a", "right": "b"}),
        ("tie", {"left": "a", "right": "b"}),
    ],
    "spans": [("s1", [[0, 5, "PER"]]), ("s2", [[3, 9, "PER"], [3, 9, "LOC"]]), ("s3", [])],
    "texts": [("t1", {"text": "Paka aliketi."}), ("t2", {"text": "Paka alikaa."}), ("t3", {"text": "Mbwa."})],
}
ALL = [pytest.param(plugin, id=name) for name, plugin in aggregators.all.items()]


def made(plugin: type[Aggregator]) -> Aggregator:
    return plugin(**plugin.example)


def crowd(takes: str, seed: int) -> list[Answer]:
    """Forty tasks with one to five answers of people who differ in weight."""
    chance, found = random.Random(seed), []
    for task in range(40):
        for person in chance.sample(PEOPLE, chance.randint(1, 5)):
            label, value = chance.choice(ANSWERS[takes])
            found.append(Answer(task, person, label, chance.choice([0.0, 0.1, 0.7, 1.0]), value))
    return found


@pytest.mark.parametrize("plugin", ALL)
def test_the_order_of_the_answers_changes_nothing_at_all(plugin):
    for seed in range(5):
        answers = crowd(plugin.takes, seed)
        turned = random.Random(seed).sample(answers, len(answers))
        assert made(plugin).aggregate(turned) == made(plugin).aggregate(answers)


@pytest.mark.parametrize("plugin", ALL)
def test_every_task_that_has_an_answer_gets_a_verdict_and_no_other(plugin):
    answers = crowd(plugin.takes, 0)
    verdicts = made(plugin).aggregate(iter(answers))
    assert set(verdicts) == {one.task for one in answers}
    assert all(0 <= one.confidence <= 1 for one in verdicts.values())
    assert all(isinstance(one.label, str) and one.label for one in verdicts.values())
    assert {type(one.agreed) for one in verdicts.values()} == {bool}


@pytest.mark.parametrize("plugin", ALL)
def test_a_distribution_sums_to_one_and_its_highest_is_the_confidence(plugin):
    for verdict in made(plugin).aggregate(crowd(plugin.takes, 1)).values():
        if any(verdict.distribution.values()):
            assert sum(verdict.distribution.values()) == pytest.approx(1)
            assert verdict.confidence == pytest.approx(max(verdict.distribution.values()))


@pytest.mark.parametrize("plugin", ALL)
def test_no_answers_are_no_verdicts(plugin):
    assert made(plugin).aggregate([]) == {}


@pytest.mark.parametrize("plugin", ALL)
def test_one_answer_is_a_verdict(plugin):
    label, value = ANSWERS[plugin.takes][0]
    [verdict] = made(plugin).aggregate([Answer(7, "Ada", label, value=value)]).values()
    assert verdict.label == label or float(verdict.label) == float(label)


@pytest.mark.parametrize("plugin", ALL)
def test_people_who_weigh_nothing_still_get_a_verdict(plugin):
    answers = [
        Answer(7, person, label, 0.0, value) for person, (label, value) in zip(PEOPLE, ANSWERS[plugin.takes], strict=False)
    ]
    assert set(made(plugin).aggregate(answers)) == {7}


@pytest.mark.parametrize("plugin", ALL)
def test_everybody_of_one_mind_is_agreed(plugin):
    label, value = ANSWERS[plugin.takes][0]
    answers = [Answer(task, person, label, 1.0, value) for task in range(9) for person in PEOPLE]
    verdicts = made(plugin).aggregate(answers)
    assert all(one.agreed for one in verdicts.values())
    assert {
        float(one.label) == float(label) if plugin.takes == "numbers" else one.label == label for one in verdicts.values()
    } == {True}
