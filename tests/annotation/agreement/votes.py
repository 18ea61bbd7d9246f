"""Votes for the tests of agreement, and published data with the numbers their authors give."""

import random

from annotation.agreement import Estimate, agreement
from annotation.records import Answer

_ = None
# Krippendorff (2011), "Computing Krippendorff's alpha-reliability", section C: four observers, twelve units, missing values.
# Gwet (2014) works the same data through for the other coefficients (dataset cac.raw4raters of his R package irrCAC).
KRIPPENDORFF = {
    "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    "C": [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
}
# Fleiss (1971), table 1: thirty patients, six psychiatrists each, five diagnoses; how often each was given.
FLEISS = """
0 0 0 6 0|0 3 0 0 3|0 1 4 0 1|0 0 0 0 6|0 3 0 3 0|2 0 4 0 0|0 0 4 0 2|2 0 3 1 0|2 0 0 4 0|0 0 0 0 6
1 0 0 5 0|1 1 0 4 0|0 3 3 0 0|1 0 0 5 0|0 2 0 3 1|0 0 5 0 1|3 0 0 1 2|5 1 0 0 0|0 2 0 4 0|1 0 2 0 3
0 0 0 0 6|0 1 0 5 0|0 2 0 1 3|2 0 0 4 0|1 0 0 4 1|0 5 0 1 0|4 0 0 0 2|0 2 0 4 0|1 0 5 0 0|0 0 0 0 6
"""
# Cohen (1960), table 1: two judges, two hundred cases, three diagnoses.
COHEN = [[88, 10, 2], [14, 40, 6], [18, 10, 12]]
# Gwet (2014), two abstractors and a hundred women in an emergency room (dataset cont3x3abstractors of irrCAC).
ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]


def of_raters(rows: dict[str, list]) -> list[Answer]:
    """Votes from one row for each rater, with None where a task was not answered."""
    return [
        Answer(task, rater, str(label)) for rater, labels in rows.items() for task, label in enumerate(labels) if label is not None
    ]


def of_counts(text: str) -> list[Answer]:
    """Votes from how often each label was given, a task in each group."""
    tasks = [list(map(int, one.split())) for line in text.split("\n") if line for one in line.split("|")]
    return of_raters_of_tasks([[label for label, count in enumerate(counts) for _one in range(count)] for counts in tasks])


def of_table(table: list[list[int]]) -> list[Answer]:
    """Votes of two raters from their table of how often the one said this and the other that."""
    cells = [(one, other) for one, row in enumerate(table) for other, count in enumerate(row) for _n in range(count)]
    return of_raters_of_tasks([list(cell) for cell in cells])


def of_raters_of_tasks(tasks: list[list]) -> list[Answer]:
    """Votes from the labels of each task; the first are all of one rater, the second of another."""
    return [Answer(task, f"r{rater}", str(label)) for task, labels in enumerate(tasks) for rater, label in enumerate(labels)]


def at_random(seed: int, *, tasks: int = 40, people: int = 6, labels: int = 4, skill: float = 0.6) -> list[Answer]:
    """Votes of a crowd in which each task has one to four answers, each right with the probability `skill`."""
    dice = random.Random(seed)
    votes = []
    for task in range(tasks):
        truth = dice.randrange(labels)
        for worker in dice.sample(range(people), dice.randint(1, min(4, people))):
            label = truth if dice.random() < skill else dice.randrange(labels)
            votes.append(Answer(task, f"w{worker}", str(label)))
    return votes


def values(votes: list[Answer], scale: str = "nominal") -> dict[str, float | None]:
    return {name: one.value for name, one in estimates(votes, scale).items()}


def estimates(votes: list[Answer], scale: str = "nominal") -> dict[str, Estimate]:
    return agreement(votes, scale).measures
