"""Estimates with their intervals: a measure is a sum over tasks and what follows from it, so resampled tasks are weights on the summands.

The interval is the percentile interval of Efron (1979); tasks are what is drawn, for the answers to one task hang together.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack

from annotation.agreement.table import Table
from core.told import told

RESAMPLES = 1000
SEED = 12345
# Resamples at a time: so many that NumPy is busy, and fewer where weights and sums would take more than so many numbers.
BLOCK = 50
ROOM = 5_000_000
ROUNDING = 1e-9
SIGNATURE = f"ci:95|boot:{RESAMPLES}|seed:{SEED}|resampled:tasks"
"""What is said of every interval."""
ALONE = told("no task has answers of two people")
FEW = told("too few tasks for an interval")
BIASED = told("no interval, for resamples come out all to one side: people share too few tasks with each other")


@dataclass(frozen=True)
class Measure:
    """``parts`` has a row of summands for each task; ``value`` makes the measure of their sums, NaN where it is undefined.

    ``value`` takes an array of any number of sums, one in each column, and gives as many values; ``undefined`` says why there may be none.
    """

    parts: csr_array
    value: Callable[[np.ndarray], np.ndarray]
    undefined: str = ALONE


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval; no value where the measure is undefined, and ``reason`` says why."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""


def estimates(measures: dict[str, Measure], table: Table) -> dict[str, Estimate]:
    """Each measure on all tasks, and its interval on the same resamples for all of them."""
    if not table.shared:
        return {name: Estimate(None, reason=ALONE) for name in measures}
    # Summands in rows and resamples in columns: the product then runs along memory.
    parts = hstack([measure.parts for measure in measures.values()], format="csr").T.tocsr()
    ends = np.cumsum([measure.parts.shape[1] for measure in measures.values()])[:-1]

    def values(weights: np.ndarray) -> list[np.ndarray]:
        with np.errstate(invalid="ignore", divide="ignore"):
            sums = np.split(parts @ weights, ends)
            return [measure.value(one) for measure, one in zip(measures.values(), sums, strict=True)]

    whole = values(np.ones((table.tasks, 1)))
    if table.shared == 1:  # then resamples say nothing: every one is the same, or empty
        return {name: _estimate(float(one[0]), np.empty(0), measures[name].undefined) for name, one in zip(measures, whole, strict=True)}
    blocks = _weights(table.tasks, min(BLOCK, ROOM // sum(parts.shape) or 1))
    drawn = [np.concatenate(one) for one in zip(*map(values, blocks), strict=True)]
    return {
        name: _estimate(float(one[0]), resampled, measure.undefined)
        for (name, measure), one, resampled in zip(measures.items(), whole, drawn, strict=True)
    }


def _estimate(value: float, drawn: np.ndarray, undefined: str) -> Estimate:
    if np.isnan(value):
        return Estimate(None, reason=undefined)
    defined = drawn[~np.isnan(drawn)]
    if len(defined) < max(len(drawn) / 2, 1):
        return Estimate(value, reason=FEW)
    low, high = np.percentile(defined, [2.5, 97.5])
    # A kappa of few tasks is biased, a resampled one twice: an interval beside its own value would say more than is known.
    if not low - ROUNDING <= value <= high + ROUNDING:
        return Estimate(value, reason=BIASED)
    return Estimate(value, float(low), float(high))


def _weights(tasks: int, block: int) -> Iterator[np.ndarray]:
    """How often each task (row) is drawn in each resample (column), a block of resamples at a time; whatever its size, the same ones."""
    random = np.random.default_rng(SEED)
    for start in range(0, RESAMPLES, block):
        width = min(block, RESAMPLES - start)
        drawn = random.integers(tasks, size=(width, tasks)).T * width + np.arange(width)
        yield np.bincount(drawn.ravel(), minlength=tasks * width).reshape(tasks, width).astype(float)
