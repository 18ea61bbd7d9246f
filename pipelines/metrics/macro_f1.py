"""Macro-F1: the F1 of each label, averaged with equal weight, so that a rare label counts as much as a frequent one."""

from typing import ClassVar

import numpy as np

from pipelines.metrics import Metric


class MacroF1(Metric):
    """The mean over the labels among predictions or references, as in scikit-learn; no answer is no label."""

    name: ClassVar[str] = "macro_f1"
    label: ClassVar[str] = "Macro-F1"
    for_labels: ClassVar[bool] = True

    def score(self, predictions: np.ndarray, references: np.ndarray, weights: np.ndarray) -> np.ndarray:
        labels = np.arange(max(predictions.max(), references.max()) + 1)
        predicted = predictions[:, None] == labels
        right = references[:, None] == labels
        # Two for a hit and one for each miss on either side: F1 is the share of hits in that sum.
        both = weights @ (2 * (predicted & right))
        total = weights @ (predicted.astype(int) + right)
        f1 = np.divide(both, total, out=np.zeros(both.shape), where=total > 0)
        return 100 * f1.sum(axis=1) / (total > 0).sum(axis=1)
