"""Accuracy: the share of rows answered right; a row without a readable answer is answered wrong."""

from typing import ClassVar

import numpy as np

from pipelines.metrics import Metric


class Accuracy(Metric):
    """Right answers in a hundred rows."""

    name: ClassVar[str] = "accuracy"
    label: ClassVar[str] = "Accuracy"

    def score(self, predictions: np.ndarray, references: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return 100 * (weights @ (predictions == references)) / weights.sum(axis=1)
