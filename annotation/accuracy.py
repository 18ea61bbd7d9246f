"""How accurate a person is on gold: the interval around a share of right answers, and when it is too low beyond doubt."""

from dataclasses import dataclass
from math import sqrt

# The interval that pages show.
SHOWN = 1.959964
# The interval that pauses: 99 %. The rule looks after every graded answer, and who is looked at often is unlucky once. Simulated
# for bounds of 0.6 to 0.8: of people exactly at the bound the interval that is shown would pause one in six within a hundred
# graded answers, this one 5 %, and 1 % of those five points above it; who guesses among three is out after 10 to 18.
PAUSES = 2.575829


@dataclass(frozen=True)
class Accuracy:
    """So many right of so many graded, with the ends of the interval, all between 0 and 1."""

    right: int
    graded: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.right / self.graded if self.graded else 0.0


def wilson(right: int, graded: int, z: float = SHOWN) -> Accuracy:
    """The share with Wilson's score interval (1927), which stays within 0 and 1 and means something at 0 of 5 and at 5 of 5 too.

    Without a graded answer the interval is all there is: 0 to 1.
    """
    if not graded:
        return Accuracy(0, 0, 0.0, 1.0)
    share, squared = right / graded, z * z
    centre = (share + squared / (2 * graded)) / (1 + squared / graded)
    half = z * sqrt(share * (1 - share) / graded + squared / (4 * graded * graded)) / (1 + squared / graded)
    # At both ends the bound is exact; computed it is off by the last digit.
    return Accuracy(right, graded, max(0.0, centre - half) if right else 0.0, min(1.0, centre + half) if right < graded else 1.0)


def weight(right: int, graded: int) -> float:
    """What a vote counts, 0 to 1: how far the accuracy, begun with one right and one wrong answer, is above a half."""
    return max(0.0, 2 * (right + 1) / (graded + 2) - 1)


def too_low(right: int, graded: int, *, below: float, after: int) -> bool:
    """Whether a person is to be paused: at least `after` graded answers, and even the interval's upper end is under the bound."""
    return graded >= after and wilson(right, graded, PAUSES).high < below


def passes(right: int, asked: int, mark: float) -> bool:
    """Whether a test is passed; what was skipped counts among `asked`, as not right."""
    return right >= mark * asked - 1e-9
