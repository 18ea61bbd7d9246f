"""Dawid–Skene, MACE and GLAD against crowd-kit on the same votes, and against crowds whose truth is known."""

from collections.abc import Callable
from functools import partial

import crowdkit.aggregation as crowdkit
import numpy as np
import pandas as pd
import pytest

from annotation.aggregators import _votes, aggregators
from annotation.aggregators._labels import LabelModel
from annotation.aggregators._votes import votes_of
from annotation.records import Answer
from core.errors import Invalid

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:crowdkit")  # written for an older pandas

Cast = list[tuple[int, str, str]]
# One start, as ours: crowd-kit takes seconds for each of its ten, and they are alike.
THEIRS: dict[str, Callable] = {
    "dawid_skene": crowdkit.DawidSkene, "mace": partial(crowdkit.MACE, n_restarts=1), "glad": crowdkit.GLAD,
}  # fmt: skip
CROWDS = {  # tasks, people, labels, votes a task
    "many_of_few": (300, 40, 3, 5),
    "a_few_of_many": (60, 8, 5, 3),
    "two_labels": (80, 6, 2, 4),
    "one_vote_a_task": (40, 5, 3, 1),
    "one_person": (30, 1, 3, 1),
    "more_people_than_tasks": (7, 30, 4, 12),
    "everybody_everywhere": (50, 9, 6, 9),
}
SMALL: dict[str, Cast] = {
    "a_tie": [(1, "a", "x"), (1, "b", "y")],
    "a_tie_among_three": [(1, "a", "x"), (1, "b", "y"), (1, "c", "z"), (2, "a", "x"), (2, "b", "x"), (2, "c", "x")],
    "one_person_one_task": [(1, "a", "x"), (2, "a", "y")],
    "a_label_one_person_never_gives": [(1, "a", "x"), (1, "b", "x"), (2, "a", "x"), (2, "b", "y"), (3, "b", "y"), (3, "c", "y")],
    "labels_in_many_scripts": [
        (1, "a", "ndiyo ✓"),
        (1, "b", "ndiyo ✓"),
        (1, "c", "不"),
        (2, "a", "اردو"),
        (2, "b", "不"),
        (2, "c", "不"),
    ],
    "labels_that_only_look_alike": [
        (1, "a", "caf\u00e9"),
        (1, "b", "cafe\u0301"),
        (2, "a", "caf\u00e9"),
        (2, "b", "caf\u00e9"),
        (3, "c", ""),
    ],
    "somebody_answers_twice": [(1, "a", "x"), (1, "a", "x"), (1, "b", "y"), (2, "a", "y"), (2, "b", "y")],
}


def drawn(tasks: int, people: int, labels: int, votes: int, seed: int = 0, worst: float = 0.4) -> tuple[Cast, dict[int, str]]:
    """Votes of people who know a share of the tasks, from `worst` to 0.95, and otherwise guess; and the truth."""
    chance = np.random.default_rng(seed)
    skill, cast, truth = chance.uniform(worst, 0.95, people), [], {}
    for task in range(tasks):
        truth[task] = f"label {chance.integers(labels)}"
        for person in chance.choice(people, votes, replace=False):
            guess = f"label {chance.integers(labels)}"
            cast.append((task, f"person {person:02}", truth[task] if chance.random() < skill[person] else guess))
    return cast, truth


def renamed(cast: Cast) -> Cast:
    """The labels named in the order in which they come when sorted by person.

    crowd-kit's MACE keeps people and labels in order of appearance in one table and in order of name in another; only where
    both orders are the same does it count what was given.
    """
    cast = sorted(cast, key=lambda vote: (vote[1], vote[0]))
    names: dict[str, str] = {}
    for _, _, label in cast:
        names.setdefault(label, f"{len(names):02} {label}")
    return [(task, person, names[label]) for task, person, label in cast]


def answered(cast: Cast) -> list[Answer]:
    return [Answer(*vote) for vote in cast]


@pytest.fixture(scope="module", params=[*CROWDS, *SMALL])
def cast(request) -> Cast:
    return renamed(SMALL.get(request.param) or drawn(*CROWDS[request.param])[0])


@pytest.mark.parametrize("name", THEIRS)
def test_labels_and_probabilities_are_those_of_crowd_kit(name, cast):
    frame = pd.DataFrame(cast, columns=["task", "worker", "label"])
    theirs = THEIRS[name]().fit(frame).probas_
    ours = aggregators.build(name).aggregate(answered(cast))
    assert sorted(ours) == sorted(theirs.index)
    for task, verdict in ours.items():
        row = theirs.loc[task]
        assert verdict.distribution == pytest.approx(row.to_dict(), abs=1e-6)
        close = row[row > row.max() - 1e-9].index  # among equals crowd-kit takes the first to appear, or what rounding prefers
        assert verdict.label == min(close)


@pytest.mark.parametrize("name", THEIRS)
def test_a_model_knows_more_than_the_majority(name):
    cast, truth = drawn(400, 25, 3, 5, seed=1, worst=0.0)
    right = {
        one: sum(verdict.label == truth[task] for task, verdict in aggregators.build(one).aggregate(answered(cast)).items())
        for one in (name, "majority")
    }
    assert right[name] > right["majority"]


def fitted(name: str, cast: Cast) -> tuple[np.ndarray, list[str]]:
    aggregator, votes = aggregators.build(name), votes_of(answered(cast))
    assert isinstance(aggregator, LabelModel)
    return aggregator.fit(votes).people, votes.people


def spoiled(spam: Callable[[int], str]) -> Cast:
    """Nine people who are mostly right, and one who answers without looking."""
    chance, cast = np.random.default_rng(3), []
    for task in range(200):
        truth = f"label {chance.integers(3)}"
        cast += [(task, f"good {n}", truth if chance.random() < 0.85 else f"label {chance.integers(3)}") for n in range(9)]
        cast.append((task, "spammer", spam(task)))
    return cast


@pytest.mark.parametrize("name", ["mace", "glad"])
@pytest.mark.parametrize(
    "spam", [lambda task: "label 1", lambda task: f"label {task * 7 % 3}"], ids=["always_the_same", "at_random"]
)
def test_who_answers_without_looking_is_found_out(name, spam):
    ability, people = fitted(name, spoiled(spam))
    assert people[int(ability.argmin())] == "spammer"
    assert ability.min() < sorted(ability)[1] / 2


def test_a_confusion_matrix_says_who_takes_what_for_what():
    errors, people = fitted("dawid_skene", spoiled(lambda task: "label 1"))
    assert errors.shape == (10, 3, 3)
    assert errors.sum(axis=1) == pytest.approx(np.ones((10, 3)))
    assert errors[people.index("spammer")] == pytest.approx(np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]]))
    assert (errors[people.index("good 0")].diagonal() > 0.7).all()


@pytest.mark.parametrize("name", THEIRS)
def test_one_label_for_everything_is_certain(name):
    verdict = aggregators.build(name).aggregate([Answer(1, "a", "x"), Answer(1, "b", "x"), Answer(2, "a", "x")])[2]
    assert (verdict.label, verdict.confidence, verdict.agreed) == ("x", 1.0, True)


@pytest.mark.parametrize("name", THEIRS)
def test_a_tie_is_disputed_and_goes_to_the_label_that_sorts_first_but_for_the_chance_in_mace(name):
    answers = [Answer(1, "a", "y"), Answer(1, "b", "x"), Answer(2, "a", "x"), Answer(2, "b", "y")]
    verdicts = aggregators.build(name).aggregate(answers).values()
    assert not any(one.agreed for one in verdicts)
    assert name == "mace" or {one.label for one in verdicts} == {"x"}


@pytest.mark.parametrize("name", THEIRS)
def test_thousands_of_votes_on_one_task_do_not_vanish_into_zero(name):
    answers = [Answer(task, f"p{n}", "yes" if (n % 3 > 0) == (task == 1) else "no") for n in range(3000) for task in (1, 2)]
    verdict = aggregators.build(name).aggregate(answers)[1]
    assert verdict.label in ("yes", "no") and verdict.confidence > 0.99
    assert sum(verdict.distribution.values()) == pytest.approx(1)


@pytest.mark.parametrize("name", THEIRS)
def test_labels_that_are_no_closed_set_are_refused_with_what_to_choose_instead(name, monkeypatch):
    monkeypatch.setattr(_votes, "LABELS", 2)
    with pytest.raises(Invalid, match="3 different labels.*text_centroid"):
        aggregators.build(name).aggregate([Answer(1, "a", label) for label in "xyz"])


def test_more_starts_of_mace_keep_the_likeliest():
    answers = answered(drawn(40, 6, 4, 3, seed=5)[0])
    once, often = (aggregators.build({"name": "mace", "params": {"starts": starts}}).aggregate(answers) for starts in (1, 8))
    assert set(once) == set(often)
    assert any(once[task].confidence != often[task].confidence for task in once), "another start was likelier"
