"""Counting heads, or what they weigh: the verdict that most of the weight is behind."""

from collections import defaultdict
from collections.abc import Iterable
from math import fsum

from annotation.records import Answer, Verdict


def by_task(answers: Iterable[Answer]) -> dict[int, list[Answer]]:
    """Task id to its answers, tasks and answers in one order whatever order they came in."""
    found: dict[int, list[Answer]] = defaultdict(list)
    for answer in answers:
        found[answer.task].append(answer)
    return {task: sorted(found[task], key=lambda one: (one.worker, one.label, one.weight)) for task in sorted(found)}


def heaviest(votes: Iterable[tuple[str, float]], threshold: float) -> Verdict:
    """The label with the most weight, on a tie the one that sorts first; agreed above `threshold` of all the weight.

    The distribution is each label's share. Where nothing weighs anything, the confidence is 0 and nobody agreed.
    """
    weights: dict[str, list[float]] = defaultdict(list)
    for label, weight in votes:
        weights[label].append(weight)
    sums = {label: fsum(weights[label]) for label in sorted(weights)}  # fsum: the same sum in any order
    total = fsum(sums.values()) or 1.0
    label = max(sums, key=sums.__getitem__)  # the first of equals
    share = sums[label] / total
    return Verdict(label, share, share > threshold, distribution={one: held / total for one, held in sums.items()})
