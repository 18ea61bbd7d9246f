"""Bradley–Terry: which of two is better, from preferences and from how the two fared against others."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np
from pydantic import PositiveFloat, PositiveInt

from annotation.aggregators import Aggregator, Share, Takes
from annotation.aggregators._models import bradley_terry
from annotation.aggregators._shares import by_task
from annotation.records import Answer, Verdict
from core.errors import Invalid
from core.told import told

# Of two that are both bad neither wins.
SCORE = {"left": 1.0, "tie": 0.5, "both_bad": 0.5, "right": 0.0}
EVEN = 1e-9
Pair = tuple[Any, Any]


class BradleyTerry(Aggregator):
    """The side more likely preferred: each candidate has one strength in all its tasks; ``prior`` wins go to both of a pair.

    A label is ``left``, ``right``, ``tie`` or ``both_bad`` (half a win each). ``value`` names the candidates, ``{"left": "gpt", "right":
    "human"}``; without it the two sides of a task meet nowhere else. Sides belong to the task: whoever shows them the other way
    round turns the answer back. A verdict's ``value`` is the two strengths, which can be compared within one call.
    """

    name: ClassVar[str] = "bradley_terry"
    label: ClassVar[str] = "Bradley–Terry (preferences)"
    takes: ClassVar[Takes] = "preferences"
    prior: PositiveFloat = 0.5
    iterations: PositiveInt = 1000
    tolerance: float = 1e-10
    threshold: Share = 0.5

    def aggregate(self, answers: Iterable[Answer]) -> dict[int, Verdict]:
        tasks = by_task(answers)
        pairs = {task: _sides(task, votes) for task, votes in tasks.items()}
        strengths = self._strengths(tasks, pairs)
        return {task: self._conclude(*(strengths[side] for side in pair)) for task, pair in pairs.items()}

    def _strengths(self, tasks: dict[int, list[Answer]], pairs: dict[int, Pair]) -> dict[Any, float]:
        """Each candidate's strength, from all the tasks in which it stood."""
        met: dict[Pair, list[float]] = defaultdict(lambda: [self.prior, self.prior])
        for task, votes in tasks.items():
            wins = met[pairs[task]]
            for one in votes:
                wins[0] += one.weight * SCORE[one.label]
                wins[1] += one.weight * (1 - SCORE[one.label])
        names = sorted({side for pair in met for side in pair}, key=repr)
        number = {name: place for place, name in enumerate(names)}
        left, right = np.array([[number[side] for side in pair] for pair in met], dtype=np.int64).reshape(-1, 2).T
        wins, losses = np.array(list(met.values())).reshape(-1, 2).T
        found = bradley_terry(left, right, wins, losses, iterations=self.iterations, tolerance=self.tolerance) if names else []
        return dict(zip(names, map(float, found), strict=True))

    def _conclude(self, left: float, right: float) -> Verdict:
        chance = left / (left + right)
        label = "tie" if abs(chance - 0.5) < EVEN else "left" if chance > 0.5 else "right"
        confidence = max(chance, 1 - chance)
        chances = {"left": chance, "right": 1 - chance}
        return Verdict(label, confidence, label != "tie" and confidence > self.threshold, {"left": left, "right": right}, chances)


def _sides(task: int, votes: list[Answer]) -> Pair:
    """Who stood left and who right; `Invalid` when the answers do not say the same, or say neither left, right nor tie."""
    for one in votes:
        if one.label not in SCORE:
            raise Invalid(told(
                "Task {task}: {worker} answered {answer!r}; a preference is left, right or tie.",
                task=task, worker=one.worker, answer=one.label[:40],
            ))
    values = [one.value for one in votes]
    if any(value != values[0] for value in values):
        raise Invalid(
            told(
                "Task {task}: its answers do not name the same two sides; turn them to the task's own before they are counted.",
                task=task,
            )
        )
    return (values[0]["left"], values[0]["right"]) if values[0] else ((task, "left"), (task, "right"))
