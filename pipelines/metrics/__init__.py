"""How predictions are scored: one file a metric. The contract is `Metric`; `metrics` is the registry."""

from typing import ClassVar

import numpy as np

from core.plugins import Plugin, Registry


class Metric(Plugin):
    """One number between 0 and 100 from predictions and references."""

    for_labels: ClassVar[bool] = False
    """Whether its classes must mean the same in every row, as labels do and positions of options do not."""

    def score(self, predictions: np.ndarray, references: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Scores under many weightings at once, for a bootstrap without a loop over rows.

        ``predictions`` and ``references`` hold n label indices (-1: no readable answer); ``weights`` is r x n row counts.
        Returns r scores.
        """
        raise NotImplementedError(f"{self.name} scores nothing")


metrics: Registry[Metric] = Registry("metric", "pipelines.metrics", Metric)
