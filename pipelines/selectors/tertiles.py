"""Tertiles: three buckets of about the same size by what each item was judged to be worth."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from core.told import told
from pipelines.selectors import Choice, Entry, Reads, Selector, rejected

NAMES = ("low", "middle", "high")


class Tertiles(Selector):
    """Sorts items into low, middle and high by a score; equal scores are never torn apart. It may keep one bucket alone.

    The score is a judge's or a check's value on the present translations, a number field of the item, people's rating, or what models
    answered as annotators.
    """

    name: ClassVar[str] = "tertiles"
    label: ClassVar[str] = "Tertiles by judged usefulness"
    reads: ClassVar[tuple[Reads, ...]] = ("scores",)
    example: ClassVar[dict[str, Any]] = {"by": "judge_rubric", "keep": "high"}

    by: str = Field("judge_rubric", min_length=1, max_length=60)
    """A check or judge by name, “rating” for the experts' 1 to 5, a number field, or “campaign/question”: a number models answered there."""
    languages: list[str] = []
    """The score is the mean over these languages; none: over all."""
    keep: Literal["all", "low", "middle", "high"] = "all"
    """Which bucket is kept."""

    @property
    def wanted(self) -> list[str] | None:
        return self.languages or None

    def select(self, entries: Sequence[Entry]) -> list[Choice]:
        known = [entry.score for entry in entries if entry.score is not None]
        first, second = np.quantile(known, (1 / 3, 2 / 3)).tolist() if known else (0.0, 0.0)
        return [self._choice(entry.score, first, second) for entry in entries]

    def _choice(self, score: float | None, first: float, second: float) -> Choice:
        if score is None:
            return rejected(told("It has no score by {by}.", by=self.by), told("no score"))
        bucket = NAMES[(score > first) + (score > second)]
        if self.keep in ("all", bucket):
            return Choice(True, bucket)
        return rejected(told(
            "Its score by {by}, {score:.4g}, is in the {bucket} tertile.",
            by=self.by, score=score, bucket=bucket,
        ), bucket)
