"""Votes as arrays: which task, whose, which label, and who met whom where."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from annotation.records import Answer
from core.errors import Invalid
from core.told import told


@dataclass(frozen=True)
class Table:
    """Votes in order of task: for each its task, worker and label as numbers from 0; ``labels`` are sorted."""

    task: np.ndarray
    worker: np.ndarray
    label: np.ndarray
    labels: list[str]
    tasks: int

    @classmethod
    def of(cls, votes: Iterable[Answer]) -> "Table":
        """The table of some votes, whatever their order; `Invalid` when a worker answers a task twice."""
        rows = sorted((one.task, one.worker, one.label) for one in votes)
        for (task, worker, _one), (next_task, next_worker, _other) in zip(rows, rows[1:], strict=False):
            if (task, worker) == (next_task, next_worker):
                raise Invalid(told(
                    "Worker {worker} answers task {task} twice: agreement is between people.",
                    worker=worker, task=task,
                ))
        tasks, workers, labels = ([row[part] for row in rows] for part in range(3))
        numbered = [np.unique(np.array(part), return_inverse=True) for part in (tasks, workers)]
        known = sorted(set(labels))
        place = {label: number for number, label in enumerate(known)}
        label = np.array([place[one] for one in labels], dtype=int)
        return cls(numbered[0][1], numbered[1][1], label, known, len(numbered[0][0]))

    @cached_property
    def sizes(self) -> np.ndarray:
        """How many answers each task has."""
        return np.bincount(self.task, minlength=self.tasks)

    @cached_property
    def shared(self) -> int:
        """How many tasks have two answers or more: only they say anything of agreement."""
        return int((self.sizes >= 2).sum())

    @cached_property
    def counts(self) -> csr_array:
        """How often each task (row) has each label (column)."""
        return csr_array((np.ones(len(self.task)), (self.task, self.label)), shape=(self.tasks, len(self.labels)))

    @cached_property
    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """The votes of all pairs of people who answered the same task, as two arrays of numbers of votes."""
        first, second = [np.empty(0, int)], [np.empty(0, int)]
        for apart in range(1, int(self.sizes.max(initial=0))):
            met = np.flatnonzero(self.task[:-apart] == self.task[apart:])
            first.append(met)
            second.append(met + apart)
        return np.concatenate(first), np.concatenate(second)

    @cached_property
    def numbers(self) -> np.ndarray:
        """The labels as numbers; `Invalid` when one is none."""
        try:
            found = np.array([float(label) for label in self.labels])
        except ValueError as error:
            raise Invalid(told("Labels of an ordinal or interval scale are numbers: {error}.", error=error)) from error
        if not np.isfinite(found).all():
            raise Invalid("Labels of an ordinal or interval scale are finite numbers.")
        return found
