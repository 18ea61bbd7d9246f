"""Agreement on texts: how alike what two people wrote is."""

import unicodedata
from functools import lru_cache

import numpy as np
from sacrebleu.metrics import CHRF
from scipy.sparse import csr_array

from annotation.agreement.bootstrap import Measure
from annotation.agreement.table import Table

# F1 in place of chrF's F2: between two people neither text is the reference, so neither recall nor precision comes first.
CHRF1 = CHRF(beta=1)


def chrf(table: Table) -> Measure:
    """The mean chrF (Popović 2015, by sacreBLEU, with beta 1) of the pairs of texts of a task, averaged over tasks, 0 to 1."""
    first, second = table.pairs
    task = table.task[first]
    alike = [_alike(table.labels[one], table.labels[other]) for one, other in zip(table.label[first], table.label[second], strict=True)]
    pairs = np.bincount(task, minlength=table.tasks)
    mean = np.bincount(task, weights=alike, minlength=table.tasks) / np.maximum(pairs, 1)
    return Measure(csr_array(np.column_stack([mean, pairs > 0])), lambda sums: sums[0] / sums[1])


def _alike(one: str, other: str) -> float:
    return 1.0 if one == other else _scored(*sorted((one, other)))


# The same pair is asked for over all weeks and in its own.
@lru_cache(maxsize=50_000)
def _scored(one: str, other: str) -> float:
    # The same letters in another Unicode form would score 0.
    mine, theirs = (unicodedata.normalize("NFC", text) for text in (one, other))
    return CHRF1.sentence_score(mine, [theirs]).score / 100
