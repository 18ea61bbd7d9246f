"""A metric's value with its interval, by a bootstrap over source texts, whose rows stand or fall together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.metrics import Metric

RESAMPLES = 1000
SEED = 12345
BLOCK = 50
SIGNATURE = f"ci:95|boot:{RESAMPLES}|seed:{SEED}|cluster:source"
"""What every score's signature says of its interval."""


@dataclass(frozen=True)
class Estimate:
    """A score between 0 and 100 with its 95 % percentile interval, and how many rows and source texts it comes from."""

    value: float
    low: float
    high: float
    n: int
    clusters: int


def estimate(metric: Metric, predictions: np.ndarray, references: np.ndarray, clusters: Sequence[str]) -> Estimate:
    """The metric over all rows, and its interval from resampled clusters."""
    names, member = np.unique(np.asarray(clusters), return_inverse=True)
    value = metric.score(predictions, references, np.ones((1, len(predictions))))[0]
    drawn = np.concatenate([metric.score(predictions, references, w) for w in _weights(len(names), member)])
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(float(value), float(low), float(high), len(predictions), len(names))


def _weights(clusters: int, member: np.ndarray) -> Iterator[np.ndarray]:
    """How often each row is drawn, a block of resamples at a time so that memory stays small."""
    random = np.random.default_rng(SEED)
    even = np.full(clusters, 1 / clusters)
    for _ in range(RESAMPLES // BLOCK):
        yield random.multinomial(clusters, even, size=BLOCK)[:, member].astype(float)
