"""The alternative annotator test: may a model stand in for one of the people who answered?

Calderon, Reichart and Dror (2025), "The Alternative Annotator Test for LLM-as-a-Judge: How to Statistically Justify Replacing Human
Annotators with LLMs", ACL 2025, section 3. Each person is left out in turn: on every task that others answered too, whose answer is
more like theirs, the model's or the person's? The model may fall short by ε, for it costs less: 0.2 where people are experts, 0.15
where they are trained, 0.1 where they are a crowd.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from sacrebleu.metrics import CHRF

from annotation.records import Answer
from core.told import told

PEOPLE, TASKS = 3, 30
"""Of fewer people there is no consensus to compare with; with fewer tasks each, the t-test's assumption does not hold."""
LEVEL = 0.05
PASSED = 0.5
Alike = Callable[[str, str], float]


@dataclass(frozen=True)
class Beaten:
    """One person left out: on how many tasks, how often the model was at least as near to the others, and the person."""

    person: str
    tasks: int
    model: float
    own: float
    test: str
    p: float
    """Of the model being worse by ε or more, corrected for so many people (Benjamini and Yekutieli 2001)."""

    @property
    def wins(self) -> bool:
        """Whether the model stands for the others at least as well."""
        return self.p <= LEVEL


@dataclass(frozen=True)
class Alternative:
    """What the test says: ω, the share of people whom the model beats, and ρ, how often it was at least as near on average."""

    epsilon: float
    people: tuple[Beaten, ...] = ()
    reason: str = ""
    """Why there is no result, or what speaks against trusting it."""

    @property
    def winning_rate(self) -> float | None:
        return fmean(one.wins for one in self.people) if self.people else None

    @property
    def advantage(self) -> float | None:
        return fmean(one.model for one in self.people) if self.people else None

    @property
    def passed(self) -> bool | None:
        """Whether the model may stand in for a person; None where the test has no result."""
        return None if self.winning_rate is None else self.winning_rate >= PASSED


def alternative(people: Iterable[Answer], model: Mapping[int, str], scale: str, *, epsilon: float) -> Alternative:
    """The test on people's answers and a model's, task to label. On scales of numbers nearness is the negative root mean square error."""
    by_task: dict[int, dict[str, str]] = defaultdict(dict)
    for one in people:
        if one.task in model:
            by_task[one.task][one.worker] = one.label
    shared = {task: given for task, given in by_task.items() if len(given) > 1}
    if (there := len({worker for given in shared.values() for worker in given})) < PEOPLE:
        return Alternative(epsilon, reason=told(
            "{there} people answered tasks in common that the model answered too; it takes {people}.",
            there=there, people=PEOPLE,
        ))
    wins = _wins(shared, model, scale)
    found = {person: _tested(np.array(rows), epsilon) for person, rows in sorted(wins.items())}
    from scipy import stats  # it takes a second to load

    corrected = stats.false_discovery_control([p for _test, p in found.values()], method="by")
    beaten = []
    for (person, (test, _p)), p in zip(found.items(), corrected, strict=True):
        mine, own = np.array(wins[person]).mean(axis=0)
        beaten.append(Beaten(person, len(wins[person]), float(mine), float(own), test, float(p)))
    few = sum(one.tasks < TASKS for one in beaten)
    reason = told(
        "{few} of {there} people share fewer than {tasks} tasks with others: Wilcoxon's test stands in for the t-test.",
        few=few, there=there, tasks=TASKS,
    ) if few else ""
    return Alternative(epsilon, tuple(beaten), reason)


def _wins(shared: Mapping[int, Mapping[str, str]], model: Mapping[int, str], scale: str) -> dict[str, list[tuple[bool, bool]]]:
    """For each person and task whether the model, and whether the person, is at least as near to the others; both, where they tie."""
    near = _nearness(scale)
    wins: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for task, given in sorted(shared.items()):
        for person, label in given.items():
            others = [other for worker, other in given.items() if worker != person]
            mine, own = near(model[task], others), near(label, others)
            wins[person].append((mine >= own, own >= mine))
    return wins


def _nearness(scale: str) -> Callable[[str, list[str]], float]:
    if scale in ("ordinal", "interval"):
        return lambda label, others: -float(np.sqrt(np.mean([(float(label) - float(other)) ** 2 for other in others])))
    if scale == "text":
        score = CHRF().sentence_score
        return lambda label, others: fmean(score(label, [other]).score for other in others)
    return lambda label, others: fmean(label == other for other in others)


def _tested(wins: np.ndarray, epsilon: float) -> tuple[str, float]:
    """The test's name and p: whether the person wins more often than the model by less than ε."""
    from scipy import stats

    apart = wins[:, 1].astype(float) - wins[:, 0]
    if len(apart) < TASKS:
        # By its normal form: with ties, as here nearly always, the exact one takes seconds for a dozen tasks.
        return "wilcoxon", float(stats.wilcoxon(apart - epsilon, alternative="less", method="asymptotic").pvalue)
    if np.ptp(apart) == 0:  # nothing varies, so there is nothing to test
        return "t", float(apart[0] >= epsilon)
    return "t", float(stats.ttest_1samp(apart, epsilon, alternative="less").pvalue)
