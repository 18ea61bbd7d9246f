"""MACE: tells people who know from people who spam, and learns each spammer's habit."""

from typing import ClassVar

from pydantic import PositiveInt

from annotation.aggregators._labels import LabelModel
from annotation.aggregators._models import Fit, mace
from annotation.aggregators._votes import Votes


class Mace(LabelModel):
    """One competence and one habit for each person; the likeliest of some ``starts``; agreed above ``threshold``.

    Starts are drawn from the seeds 0, 1, …, which also decides a perfect tie. crowd-kit repeats seed 0 however many it makes,
    so one start is its result.
    """

    name: ClassVar[str] = "mace"
    label: ClassVar[str] = "MACE"
    iterations: PositiveInt = 50
    starts: PositiveInt = 1

    def fit(self, votes: Votes) -> Fit:
        return mace(votes, iterations=self.iterations, starts=self.starts)
