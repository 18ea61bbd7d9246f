"""A crowd made up of honest people and of four ways to cheat, and the labels they would give; the same for the same seed."""

from dataclasses import dataclass

import numpy as np

CLASSES = 3
# Labels are not equally frequent; gold is, because whoever makes it chooses it.
FREQUENT = (0.5, 0.3, 0.2)
HONEST, RANDOM, ALWAYS_A, COPIES, RING = "honest", "random", "always A", "copies the machine", "ring"
RING_SIZE = 5
MACHINE = 0.7
DAY = 86_400.0
# Seconds a character: people differ, their answers more so, and who does not read is fast.
PACE = {HONEST: 0.2, RANDOM: 0.03, ALWAYS_A: 0.02, COPIES: 0.06, RING: 0.08}


@dataclass(frozen=True)
class Crowd:
    """``label[person, task]`` is what a person would say; the tasks after ``work`` are gold, and those after that a test's."""

    kind: np.ndarray
    truth: np.ndarray
    machine: np.ndarray
    label: np.ndarray
    seconds: np.ndarray
    characters: np.ndarray
    visits: np.ndarray
    """[person, n]: when a person comes for the n-th time, in seconds."""
    work: int
    gold: int

    @property
    def bad(self) -> np.ndarray:
        return self.kind != HONEST


def crowd(seed: int, *, people: int, tasks: int, gold: int, test: int, hurried: bool = True) -> Crowd:
    """One crowd: a tenth each guesses, always says A and copies the machine, five follow a careless leader, the rest is honest.

    An honest person has a skill of their own in each class, 0.8 in the middle and hardly ever under 0.6. Who cheats is
    faster than they, unless not `hurried`.
    """
    dice = np.random.default_rng(seed)
    tenth = max(1, people // 10)
    kinds = [RANDOM] * tenth + [ALWAYS_A] * tenth + [COPIES] * tenth + [RING] * RING_SIZE
    kind = dice.permutation(kinds + [HONEST] * (people - len(kinds)))
    truth = np.concatenate([dice.choice(CLASSES, tasks, p=FREQUENT), np.arange(gold + test) % CLASSES])
    machine = _flip(dice, truth, np.full(len(truth), MACHINE))
    characters = dice.integers(40, 240, len(truth)).astype(float)
    skill = dice.beta(16, 4, (people, CLASSES))
    label = _flip(dice, np.tile(truth, (people, 1)), skill[:, truth])
    label[kind == RANDOM] = dice.integers(CLASSES, size=(tenth, len(truth)))
    label[kind == ALWAYS_A] = 0
    label[kind == COPIES] = machine
    ring = np.flatnonzero(kind == RING)
    leader = _flip(dice, truth, np.full(len(truth), 0.45))
    label[ring] = np.where(dice.random((RING_SIZE, len(truth))) < 0.95, leader, label[ring])
    own = np.exp(dice.normal(0, 0.3, people)) * np.array([PACE[one if hurried else HONEST] for one in kind])
    seconds = own[:, None] * characters * np.exp(dice.normal(0, 0.4, label.shape))
    # Everybody comes as often; the ring comes together.
    visits = np.sort(dice.uniform(0, 10 * DAY, (people, 2 * len(truth))), axis=1)
    visits[ring] = visits[ring[0]] + dice.uniform(0, 600, (RING_SIZE, 1))
    return Crowd(kind, truth, machine, label, seconds, characters, visits, tasks, gold)


def _flip(dice: np.random.Generator, right: np.ndarray, skill: np.ndarray) -> np.ndarray:
    """The right labels, and with 1 − skill one of the wrong ones."""
    wrong = (right + dice.integers(1, CLASSES, right.shape)) % CLASSES
    return np.where(dice.random(right.shape) < skill, right, wrong)
