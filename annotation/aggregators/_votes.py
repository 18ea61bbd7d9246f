"""Votes as one sparse matrix: what the models of labels are estimated from."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from annotation.records import Answer
from core.errors import Invalid
from core.told import told

LABELS = 1000
"""A model of more labels than this would be one of free texts, and larger than memory."""


@dataclass(frozen=True, slots=True)
class Votes:
    """Who gave which label to which task. Tasks, people and labels are sorted, so the order votes came in leaves no trace.

    ``matrix`` is tasks x (people * labels): in column ``person * len(labels) + label`` how often that person gave it.
    Both steps of an EM algorithm are one product with it: `matrix @ logs` sums over a task's votes, `matrix.T @ posterior`
    over those of a person.
    """

    tasks: np.ndarray
    people: list[str]
    labels: list[str]
    matrix: csr_array

    @property
    def shape(self) -> tuple[int, int]:
        """How many people and how many labels: a column of the matrix as two."""
        return len(self.people), len(self.labels)

    def shares(self) -> np.ndarray:
        """Tasks x labels: the share of a task's votes that each label has."""
        people, labels = self.shape
        counts = self.matrix @ np.tile(np.eye(labels), (people, 1))
        return counts / counts.sum(axis=1, keepdims=True)


def votes_of(answers: Iterable[Answer]) -> Votes:
    """The answers as a matrix, read once and not kept; `Invalid` when their labels are no closed set."""
    people: dict[str, int] = {}
    labels: dict[str, int] = {}
    task, person, label = array("q"), array("q"), array("q")
    for one in answers:
        task.append(one.task)
        person.append(people.setdefault(one.worker, len(people)))
        label.append(labels.setdefault(one.label, len(labels)))
    places = _sorted(people)[np.asarray(person)], _sorted(labels)[np.asarray(label)]
    return votes_from(np.asarray(task), *places, sorted(people), sorted(labels))


def votes_from(task: np.ndarray, person: np.ndarray, label: np.ndarray, people: list[str], labels: list[str]) -> Votes:
    """One vote at each place of three integer arrays: a task's id, a position in `people`, a position in `labels`."""
    if len(labels) > LABELS:
        raise Invalid(
            told(
                "There are {count:,} different labels, more than the {most:,} a model of labels can weigh: for "
                "texts choose text_centroid, for numbers mean or median.",
                count=len(labels), most=LABELS,
            )
        )
    tasks, row = np.unique(task, return_inverse=True)
    column = person * len(labels) + label
    shape = (len(tasks), len(people) * len(labels))
    return Votes(tasks, people, labels, csr_array((np.ones(len(row)), (row, column)), shape=shape))


def _sorted(codes: dict[str, int]) -> np.ndarray:
    """Code to the place its name has among the sorted names."""
    place = np.empty(len(codes), dtype=np.int64)
    place[[codes[name] for name in sorted(codes)]] = np.arange(len(codes))
    return place
