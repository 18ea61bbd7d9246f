"""GLAD: how able each person is and how easy each task, estimated together with the labels."""

from typing import ClassVar

from pydantic import PositiveInt

from annotation.aggregators._labels import LabelModel
from annotation.aggregators._models import Fit, glad
from annotation.aggregators._votes import Votes


class Glad(LabelModel):
    """One ability for each person, one ease for each task; agreed when the label's probability is above ``threshold``."""

    name: ClassVar[str] = "glad"
    label: ClassVar[str] = "GLAD"
    iterations: PositiveInt = 100
    tolerance: float = 1e-5

    def fit(self, votes: Votes) -> Fit:
        return glad(votes, iterations=self.iterations, tolerance=self.tolerance)
