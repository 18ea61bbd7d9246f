"""What the models of labels share: votes in, the most probable label of each task out."""

from collections.abc import Iterable

import numpy as np

from annotation.aggregators import Aggregator, Share
from annotation.aggregators._models import Fit
from annotation.aggregators._votes import Votes, votes_of
from annotation.records import Answer, Verdict

EVEN = 1e-9
"""Probabilities closer than this are a tie: they differ by rounding, which is no reason for a label."""


class LabelModel(Aggregator):
    """An aggregator whose verdicts are the probabilities of a model fitted to all answers at once.

    What a person weighs does not count: the model finds out by itself how good they are.
    """

    threshold: Share = 0.8

    def fit(self, votes: Votes) -> Fit:
        """The model, fitted to at least one vote."""
        raise NotImplementedError(f"{self.name} fits nothing")

    def aggregate(self, answers: Iterable[Answer]) -> dict[int, Verdict]:
        votes = votes_of(answers)
        return verdicts(votes, self.fit(votes).posterior, self.threshold) if votes.labels else {}


def verdicts(votes: Votes, posterior: np.ndarray, threshold: Share) -> dict[int, Verdict]:
    """The most probable label of each task, on a tie the one that sorts first; agreed when it is above `threshold`."""
    best = (posterior > posterior.max(axis=1, keepdims=True) - EVEN).argmax(axis=1).tolist()
    found = {}
    for task, top, row in zip(votes.tasks.tolist(), best, posterior.tolist(), strict=True):
        found[task] = Verdict(votes.labels[top], row[top], row[top] > threshold, None, dict(zip(votes.labels, row, strict=True)))
    return found
