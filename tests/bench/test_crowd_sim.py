"""The simulated crowd: the same for the same seed, the defences are production's own, and each can be switched off."""

import numpy as np
import pytest

from bench import crowd_sim
from bench._crowd import crowd

SMALL = {"people": 30, "tasks": 300, "gold": 30}


@pytest.fixture(scope="module")
def one():
    return crowd(1, **SMALL, test=20)


def test_the_same_seed_makes_the_same_crowd_and_another_seed_another(one):
    again, other = crowd(1, **SMALL, test=20), crowd(2, **SMALL, test=20)
    assert np.array_equal(one.label, again.label) and np.array_equal(one.visits, again.visits)
    assert not np.array_equal(one.label, other.label)


def test_the_crowd_is_made_of_what_it_says(one):
    kinds, counts = np.unique(one.kind, return_counts=True)
    assert dict(zip(kinds.tolist(), counts.tolist(), strict=True)) == {
        "honest": 16, "random": 3, "always A": 3, "copies the machine": 3, "ring": 5
    }  # fmt: skip
    right = (one.label == one.truth).mean(axis=1)
    assert right[one.kind == "honest"].min() > 0.6 and right[one.kind == "random"].max() < 0.45
    assert (one.label[one.kind == "copies the machine"] == one.machine).all()


def test_without_a_defence_nobody_is_stopped_and_every_task_is_answered(one):
    done = crowd_sim.work(one, frozenset())
    assert not done.stopped and len(done.answers) == 300 * crowd_sim.OVERLAP and not done.unpaid
    assert len({(person, task) for person, task, _at in done.answers}) == len(done.answers)


def test_with_every_defence_cheats_are_stopped_and_the_labels_are_better(one):
    bare = crowd_sim._figures(crowd_sim.work(one, frozenset()), "majority")
    kept = crowd_sim._figures(crowd_sim.work(one, frozenset({"gold", "test", "signals"})), "majority")
    assert kept["caught"] > 0.7 and kept["accuracy"] > bare["accuracy"] + 0.03 and bare["caught"] == 0


def test_the_workload_gives_a_row_for_each_defence_it_can_run():
    told: list[str] = []
    found = crowd_sim.run(told.append, **SMALL, seeds=1)
    names = [row["defence"] for row in found["rows"]]
    assert names[0] == "none" and "gold and pause" in names and len(told) == len(crowd_sim.DEFENCES)
    assert found["table"].count("\n") == len(names) + 1
    assert all(0 <= value <= 1 for row in found["rows"] for key, value in row.items() if key not in ("defence", "answers_a_task"))
