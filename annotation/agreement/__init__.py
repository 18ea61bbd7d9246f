"""How much people agree: measures of agreement on (task, worker, label) votes, each with a bootstrap interval, beside each other.

Beside each other, because none says all of it. Raw agreement flatters where one label is frequent; the kappas and alpha fall to
zero there though people hardly ever differ (Feinstein and Cicchetti 1990, "High agreement but low kappa"); AC1 does not.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from annotation.agreement.bootstrap import Estimate, Measure, estimates
from annotation.agreement.categories import ac1, alpha_interval, alpha_nominal, alpha_ordinal, cohen, fleiss, raw
from annotation.agreement.spans import alpha_u, character_f1, character_iou
from annotation.agreement.table import Table
from annotation.agreement.texts import chrf
from annotation.records import Answer
from core.told import told

__all__ = ["HEADLINE", "NAMES", "SCALES", "Agreement", "Estimate", "agreement"]

NAMES = {
    "raw": told("Raw agreement"),
    "cohen": told("Cohen's κ"),
    "fleiss": told("Fleiss' κ"),
    "alpha": told("Krippendorff's α"),
    "ac1": told("Gwet's AC1"),
    "alpha_u": told("Unitised α"),
    "iou": told("Character IoU"),
    "f1": told("Character F1"),
    "identical": told("Identical texts"),
    "chrf": told("chrF between texts"),
}
"""What each measure is called. All are at most 1, which is perfect agreement."""

SCALES: dict[str, dict[str, Callable[[Table], Measure]]] = {
    "nominal": {"raw": raw, "cohen": cohen, "fleiss": fleiss, "alpha": alpha_nominal, "ac1": ac1},
    "ordinal": {"raw": raw, "cohen": cohen, "fleiss": fleiss, "alpha": alpha_ordinal, "ac1": ac1},
    "interval": {"raw": raw, "alpha": alpha_interval},
    "spans": {"raw": raw, "alpha_u": alpha_u, "iou": character_iou, "f1": character_f1},
    "text": {"identical": raw, "chrf": chrf},
}
"""For each scale a task type may answer on, the measures that mean something there."""


@dataclass(frozen=True)
class Agreement:
    """The measures of some votes by name, and what they rest on. ``shared`` tasks have answers of two people or more."""

    tasks: int
    shared: int
    votes: int
    people: int
    measures: dict[str, Estimate]


HEADLINE = frozenset({"raw", "alpha", "alpha_u", "identical"})
"""The measures to begin with, two of a scale at most: how often people give the same answer, and that beyond chance."""


def agreement(votes: Iterable[Answer], scale: str = "nominal", *, only: Collection[str] = frozenset(NAMES)) -> Agreement:
    """Every measure of the scale, or those in `only`, with its 95 % interval; the same votes in any order give the same numbers.

    Labels are: any text on a nominal scale; numbers on an ordinal or interval one; spans as `annotation.agreement.spans`
    reads them; the texts themselves for "text". `Invalid` when one is not, or when a worker answers a task twice.
    """
    table = Table.of(votes)
    measures = {name: measure(table) for name, measure in SCALES[scale].items() if name in only}
    return Agreement(
        tasks=table.tasks,
        shared=table.shared,
        votes=len(table.task),
        people=len(set(table.worker.tolist())),
        measures=estimates(measures, table),
    )
