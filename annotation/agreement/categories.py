"""Agreement on labels: raw, Cohen's and Fleiss' kappa, Gwet's AC1, and Krippendorff's alpha on three scales."""

import numpy as np
from scipy.sparse import csr_array, diags_array, hstack

from annotation.agreement.bootstrap import ALONE, Measure
from annotation.agreement.table import Table
from core.told import told

SAME = told("everybody gave the same label, so chance explains all agreement")
# Below it a pair's kappa is all noise, and that of a pair with one task can only be 0 or undefined.
SHARED = 10
APART = told("no two people answered {shared} tasks in common with more than one label", shared=SHARED)


def raw(table: Table) -> Measure:
    """The share of pairs of answers to a task that are equal, averaged over the tasks that have a pair.

    Fleiss (1971), "Measuring nominal scale agreement among many raters", equations 1 and 2.
    """
    return Measure(_agreed(table), lambda sums: sums[0] / sums[1], ALONE)


def fleiss(table: Table) -> Measure:
    """Fleiss' (1971) kappa: (Pa - Pe) / (1 - Pe), Pe the sum of the squared mean shares of the labels.

    For tasks with different numbers of answers as in Gwet (2014), "Handbook of inter-rater reliability", 4th edition,
    chapter 2: Pa over the tasks with two answers or more, the shares over all tasks, each task weighing the same.
    """
    return Measure(_agreed_and_shares(table), lambda sums: _corrected(sums, (_shares(sums) ** 2).sum(0)), SAME)


def ac1(table: Table) -> Measure:
    """Gwet's AC1: as `fleiss`, but with Pe = sum of p (1 - p) / (q - 1) over the q labels that occur; 1 where only one does.

    Gwet (2008), "Computing inter-rater reliability and its variance in the presence of high agreement", section 4.
    """
    others = max(len(table.labels) - 1, 1)

    def value(sums: np.ndarray) -> np.ndarray:
        shares = _shares(sums)
        return _corrected(sums, (shares * (1 - shares)).sum(0) / others)

    return Measure(_agreed_and_shares(table), value, ALONE)


def cohen(table: Table) -> Measure:
    """Cohen's (1960) kappa, "A coefficient of agreement for nominal scales": that of two people with their own label shares.

    Of more people the mean over pairs (Light 1971), each weighing by the tasks both answered, for in a crowd that differs;
    pairs with fewer than ten tasks in common, and pairs whose kappa is undefined, are left out. Kappas of few tasks are too
    low, and those of resampled tasks lower still: where pairs of a large crowd seldom meet, read `fleiss`.
    """
    first, second = table.pairs
    meeting, size = _meetings(table)
    kept = size[meeting] >= SHARED
    _names, meeting = np.unique(meeting[kept], return_inverse=True)
    first, second, pairs = first[kept], second[kept], len(_names)
    # A cell is a pair of people and a label: how often the one gave it, how often the other.
    width = max(len(table.labels), 1)
    cells, cell = np.unique(
        np.concatenate([meeting * width + table.label[first], meeting * width + table.label[second]]), return_inverse=True
    )
    by_one, by_other = np.split(cell, 2)
    starts = np.searchsorted(cells, np.arange(pairs) * width)
    task, same = table.task[first], (table.label[first] == table.label[second]).astype(float)
    columns = [(meeting, np.ones(len(task)), pairs), (meeting, same, pairs)]
    columns += [(one, np.ones(len(task)), len(cells)) for one in (by_one, by_other)]
    parts = hstack([csr_array((weight, (task, at)), shape=(table.tasks, n)) for at, weight, n in columns], format="csr")

    def value(sums: np.ndarray) -> np.ndarray:
        if not pairs:
            return np.full(sums.shape[1], np.nan)
        met, agreed, one, other = np.split(sums, [pairs, 2 * pairs, 2 * pairs + len(cells)])
        chance = np.add.reduceat(one * other, starts) / met**2
        kappa = _over_chance(agreed / met, chance)
        weight = np.where(np.isnan(kappa), 0, met)
        return (np.nan_to_num(kappa) * weight).sum(0) / weight.sum(0)

    return Measure(parts, value, APART)


def alpha_nominal(table: Table) -> Measure:
    """Krippendorff's alpha, 1 - Do / De, where two labels are the same or not.

    Krippendorff (2011), "Computing Krippendorff's alpha-reliability", section C; tasks with one answer do not count.
    """
    paired = _paired(table)
    apart = _per_pair(table, table.sizes**2.0 - (paired**2).sum(1))
    return Measure(_joined(apart, paired), lambda sums: _alpha(sums[0], sums[1:].sum(0), (sums[1:] ** 2).sum(0)), SAME)


def alpha_interval(table: Table) -> Measure:
    """Krippendorff's alpha where two labels are as far apart as the square of their difference (2011, section D)."""
    paired = _paired(table)
    # From the mean, so that large numbers with small differences keep their digits.
    x = table.numbers - table.numbers.mean() if len(table.labels) else table.numbers
    total, squares = paired @ x, paired @ x**2
    apart = _per_pair(table, 2 * (table.sizes * squares - total**2))

    def value(sums: np.ndarray) -> np.ndarray:
        apart, n, total, squares = sums
        expected = 2 * (n * squares - total**2)
        return 1 - (n - 1) * apart / np.where(expected > 1e-9 * n, expected, np.nan)

    return Measure(csr_array(np.column_stack([apart, paired.sum(1), total, squares])), value, SAME)


def alpha_ordinal(table: Table) -> Measure:
    """Krippendorff's alpha where two labels are as far apart as the square of the answers ranked between them (2011, section D).

    The metric counts the answers from one label to the other, half of those at both ends: the difference of their mid-ranks.
    """
    order = np.argsort(table.numbers)
    paired = _paired(table)[:, order]
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    first, second = table.pairs
    low, high = np.sort(np.stack([rank[table.label[first]], rank[table.label[second]]]), axis=0)
    task, labels = table.task[first], len(order)
    cells, cell = np.unique(low * max(labels, 1) + high, return_inverse=True)
    weight = 2 / (table.sizes[task] - 1)
    coincidences = csr_array((weight, (task, cell)), shape=(table.tasks, len(cells)))
    low, high = cells // max(labels, 1), cells % max(labels, 1)

    def value(sums: np.ndarray) -> np.ndarray:
        n_of, met = sums[:labels], sums[labels:]
        middle, n = np.cumsum(n_of, axis=0) - n_of / 2, n_of.sum(0)
        apart = (met * (middle[low] - middle[high]) ** 2).sum(0)
        expected = 2 * (n * (n_of * middle**2).sum(0) - (n_of * middle).sum(0) ** 2)
        return 1 - (n - 1) * apart / np.where((n_of > 0).sum(0) > 1, expected, np.nan)

    return Measure(hstack([paired, coincidences], format="csr"), value, SAME)


def _agreed(table: Table) -> csr_array:
    """For each task the share of its pairs that agree, and 1; nothing for a task without a pair."""
    size = table.sizes
    pairs = size * (size - 1.0)
    equal = (table.counts**2).sum(1) - size
    return csr_array(np.column_stack([np.divide(equal, pairs, out=np.zeros(table.tasks), where=pairs > 0), pairs > 0]))


def _agreed_and_shares(table: Table) -> csr_array:
    """`_agreed`, then for each task the share each label has among its answers."""
    return _joined(_agreed(table), diags_array(1 / table.sizes) @ table.counts)


def _shares(sums: np.ndarray) -> np.ndarray:
    return sums[2:] / sums[2:].sum(0)


def _corrected(sums: np.ndarray, chance: np.ndarray) -> np.ndarray:
    return _over_chance(sums[0] / sums[1], chance)


def _over_chance(agreed: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """(Pa - Pe) / (1 - Pe); undefined where chance alone agrees always."""
    return (agreed - chance) / np.where(chance < 1 - 1e-12, 1 - chance, np.nan)


def _paired(table: Table) -> csr_array:
    """The counts of labels of the tasks that have two answers or more; the others have none."""
    return diags_array((table.sizes >= 2).astype(float)) @ table.counts


def _per_pair(table: Table, apart: np.ndarray) -> np.ndarray:
    """Each task's disagreements over its answers but one, as coincidences are counted."""
    return np.where(table.sizes >= 2, apart, 0) / np.maximum(table.sizes - 1, 1)


def _alpha(apart: np.ndarray, n: np.ndarray, squares: np.ndarray) -> np.ndarray:
    expected = n**2 - squares
    return 1 - (n - 1) * apart / np.where(expected > 0, expected, np.nan)


def _joined(*columns: np.ndarray | csr_array) -> csr_array:
    return hstack([csr_array(one[:, None]) if one.ndim == 1 else one for one in columns], format="csr")


def _meetings(table: Table) -> tuple[np.ndarray, np.ndarray]:
    """For each pair of votes the number of its pair of people, and how many tasks each pair of people has in common."""
    first, second = table.pairs
    people = int(table.worker.max(initial=0)) + 1
    met = table.worker[first] * people + table.worker[second]  # the votes of a task are in order of worker
    _names, meeting, size = np.unique(met, return_inverse=True, return_counts=True)
    return meeting, size
