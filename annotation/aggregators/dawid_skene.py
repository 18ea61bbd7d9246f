"""Dawid–Skene: how each person confuses the labels is estimated together with the labels themselves."""

from typing import ClassVar

from pydantic import PositiveInt

from annotation.aggregators._labels import LabelModel
from annotation.aggregators._models import Fit, dawid_skene
from annotation.aggregators._votes import Votes


class DawidSkene(LabelModel):
    """A confusion matrix for each person; agreed when the label's probability is above ``threshold``."""

    name: ClassVar[str] = "dawid_skene"
    label: ClassVar[str] = "Dawid–Skene"
    iterations: PositiveInt = 100
    tolerance: float = 1e-5

    def fit(self, votes: Votes) -> Fit:
        return dawid_skene(votes, iterations=self.iterations, tolerance=self.tolerance)
