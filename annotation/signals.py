"""Signals that answers deserve a look: pace, sameness, pasting, the machine's words, too much agreement of two. Never verdicts.

All are pure functions of the answers and give only what stands out, after Bonferroni's correction for as many people, or pairs,
as were looked at. Each compares a person with the others who answered the same campaign, so a campaign of bad work hides itself.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from math import erfc, exp, lgamma, log, log1p, sqrt

import numpy as np

# A p-value above this, after correction, is no signal.
ALPHA = 0.01
# Fewer answers, or fewer shared tasks, say nothing.
ENOUGH = 10
SHARED = 5
# How many robust standard deviations below everybody's pace a person's middle answer is.
FAST = -2.5
# How much more of one label, of the machine's answers or of pasted ones than the others give: significant is not yet large.
SAMENESS = 0.2
COPYING = 0.25
PASTING = 0.3
# People who answer the same tasks within an hour of each other may sit together.
WITHIN = 3600.0
# With more labels than this answers are texts, and two right ones are rightly alike.
MANY_LABELS = 50
# So many answers of the crowd does a person's own error rate begin with.
PRIOR = 3.0


@dataclass(frozen=True)
class Answers:
    """Answers as columns of one length. People and labels are counted from 0; ``machine`` is -1 where no machine said anything."""

    task: np.ndarray
    person: np.ndarray
    label: np.ndarray
    machine: np.ndarray
    seconds: np.ndarray
    characters: np.ndarray
    at: np.ndarray
    pasted: np.ndarray
    """Whether something was pasted into the answer, as far as the person's browser said."""

    @cached_property
    def people(self) -> int:
        return int(self.person.max()) + 1 if len(self.person) else 0

    @cached_property
    def labels(self) -> int:
        return int(max(self.label.max(), self.machine.max())) + 1 if len(self.label) else 0

    @cached_property
    def given(self) -> np.ndarray:
        """How many answers each person gave."""
        return np.bincount(self.person, minlength=self.people)


@dataclass(frozen=True)
class Signal:
    """What stands out of a person: what was seen, what was to be expected, in how many answers, and how probable that is by chance."""

    name: str
    person: int
    seen: float
    expected: float
    answers: int
    p: float
    other: int | None = None


def signals(answers: Answers) -> list[Signal]:
    """Every signal there is, the least probable first."""
    found = [*pace(answers), *sameness(answers), *pasting(answers), *copying(answers), *collusion(answers)]
    return sorted(found, key=lambda one: (one.p, one.name, one.person))


def pace(answers: Answers) -> list[Signal]:
    """Who answers much faster than everybody for texts of that length.

    The robust z (median and median absolute deviation over all answers) of a person's median log seconds a character. Seen
    and expected are seconds a hundred characters.
    """
    if not answers.people:
        return []
    logs = np.log(np.maximum(answers.seconds, 0.1) / np.maximum(answers.characters, 1))
    centre = float(np.median(logs))
    spread = 1.4826 * float(np.median(np.abs(logs - centre))) or 1e-9
    found = []
    for person in np.flatnonzero(answers.given >= ENOUGH):
        middle = float(np.median(logs[answers.person == person]))
        z = (middle - centre) / spread
        if z < FAST:
            p = min(1.0, erfc(-z / sqrt(2)) / 2 * answers.people)
            found.append(Signal("pace", int(person), 100 * exp(middle), 100 * exp(centre), int(answers.given[person]), p))
    return found


def sameness(answers: Answers) -> list[Signal]:
    """Who gives one answer far more often than the others give it: the binomial tail of the others' share."""
    found = []
    # People and labels that there are together, not their product: texts have as many labels as answers.
    pairs, counts = np.unique(answers.person * max(answers.labels, 1) + answers.label, return_counts=True)
    all_of = np.bincount(answers.label, minlength=answers.labels)
    for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
        person, label = divmod(pair, answers.labels)
        mine, others = int(answers.given[person]), len(answers.label) - int(answers.given[person])
        if mine < ENOUGH or count < SHARED:
            continue
        share = (int(all_of[label]) - count + 1) / (others + 2)
        p = _binomial(count, mine, share)
        found.append(Signal("sameness", person, count / mine, share, mine, p))
    corrected = [replace(one, p=min(1.0, one.p * len(found))) for one in found]
    return [one for one in corrected if one.p < ALPHA and one.seen - one.expected >= SAMENESS]


def pasting(answers: Answers) -> list[Signal]:
    """Who pastes into far more of their answers than the others do: the binomial tail of the others' share.

    A text from another machine comes by the clipboard; so does one that somebody wrote in an editor they like better.
    """
    pasted = np.bincount(answers.person, weights=answers.pasted, minlength=answers.people).astype(int)
    looked_at = np.flatnonzero((answers.given >= ENOUGH) & (pasted >= SHARED))
    found = []
    for person in looked_at.tolist():
        mine, count = int(answers.given[person]), int(pasted[person])
        share = (int(pasted.sum()) - count + 1) / (len(answers.person) - mine + 2)
        p = min(1.0, _binomial(count, mine, share) * len(looked_at))
        if p < ALPHA and count / mine - share >= PASTING:
            found.append(Signal("pasting", person, count / mine, share, mine, p))
    return found


def copying(answers: Answers) -> list[Signal]:
    """Who says what the machine says where most of the others say something else: the binomial tail of the crowd's rate there.

    Only these tasks count: where the machine is right, who is skilled agrees with it more than most.
    """
    agrees = (answers.label == answers.machine).astype(int)
    said = answers.machine >= 0
    _tasks, task = np.unique(answers.task, return_inverse=True)
    voted, agreed = np.bincount(task, weights=said), np.bincount(task, weights=agrees * said)
    others = voted[task] - 1
    looked_at = said & (others > 0) & (2 * (agreed[task] - agrees) < others)
    asked = np.bincount(answers.person[looked_at], minlength=answers.people)
    same = np.bincount(answers.person[looked_at], weights=agrees[looked_at], minlength=answers.people)
    enough = np.flatnonzero(asked >= ENOUGH)
    if not len(enough):
        return []
    usual = min(max(float(np.median(same[enough] / asked[enough])), 0.01), 0.99)
    found = []
    for person in enough:
        seen, p = same[person] / asked[person], _binomial(int(same[person]), int(asked[person]), usual) * len(enough)
        if p < ALPHA and seen - usual >= COPYING:
            found.append(Signal("copying", int(person), float(seen), usual, int(asked[person]), p))
    return found


def collusion(answers: Answers, *, within: float = WITHIN) -> list[Signal]:
    """Which two agree too often, in tasks that both answered at about the same time.

    Chance is theirs: the product of both people's own rates of giving a label where the others' majority gives this one, as
    in the copying indices of psychometrics (Wollack 1997); so it corrects for two who are skilled and for two who always say
    the same. What all pairs together disagree less than so expected, because some tasks mislead everybody, is taken off too.
    The tail is the binomial's of the mean chance, which is never below the exact one (Hoeffding 1956). Tasks in which the
    machine said something else than the others are left out: who copies it agrees with whoever copies it. Needs labels that
    recur, and others who answered the same tasks.
    """
    if not answers.people or answers.labels > MANY_LABELS:
        return []
    pairs = _Pairs.of(answers)
    # At whatever time: who sits together is most of those who answer at the same time.
    easier = min(1.0, (~pairs.agree).sum() / max((1 - pairs.chance).sum(), 1e-9))
    close = pairs.apart <= within
    keys, place = np.unique(pairs.key[close], return_inverse=True)
    shared, agreed = np.bincount(place), np.bincount(place, weights=pairs.agree[close])
    chance = 1 - easier * (1 - np.bincount(place, weights=pairs.chance[close]) / shared)
    looked_at = np.flatnonzero(shared >= SHARED)
    found = []
    for one in looked_at:
        usual = min(max(float(chance[one]), 0.01), 0.99)
        p = _binomial(int(agreed[one]), int(shared[one]), usual) * len(looked_at)
        if p < ALPHA:
            person, other = divmod(int(keys[one]), answers.people)
            found.append(Signal("collusion", person, float(agreed[one] / shared[one]), usual, int(shared[one]), p, other))
    return found


@dataclass(frozen=True)
class _Pairs:
    """For each task that two people answered: the pair, whether they agree in it, how probable that was, and the seconds between."""

    key: np.ndarray
    agree: np.ndarray
    chance: np.ndarray
    apart: np.ndarray

    @classmethod
    def of(cls, answers: Answers) -> "_Pairs":
        _tasks, task = np.unique(answers.task, return_inverse=True)
        counts = np.zeros((task.max() + 1, answers.labels), dtype=np.int32)
        np.add.at(counts, (task, answers.label), 1)
        rates = _rates(answers, counts, task)
        one, other = _together(answers, task)
        left = counts[task[one]]
        rows = np.arange(len(one))
        left[rows, answers.label[one]] -= 1
        left[rows, answers.label[other]] -= 1
        most, usable = _majority(left, answers.machine[one])
        one, other, most = one[usable], other[usable], most[usable]
        chance = (rates[answers.person[one], most] * rates[answers.person[other], most]).sum(axis=1)
        key = answers.person[one] * answers.people + answers.person[other]
        return cls(key, answers.label[one] == answers.label[other], chance, np.abs(answers.at[one] - answers.at[other]))


def _together(answers: Answers, task: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places of all two answers to one task, the person of lower number first."""
    order = np.lexsort((answers.person, task))
    firsts, seconds = [], []
    for step in range(1, int(np.bincount(task).max())):
        one, other = order[:-step], order[step:]
        same = task[one] == task[other]
        firsts.append(one[same])
        seconds.append(other[same])
    empty = np.zeros(0, dtype=int)
    return (np.concatenate(firsts), np.concatenate(seconds)) if firsts else (empty, empty)


def _rates(answers: Answers, counts: np.ndarray, task: np.ndarray) -> np.ndarray:
    """[person, the others' majority, label]: how often this person gives that label there, begun with the crowd's own rate."""
    left = counts[task]
    left[np.arange(len(task)), answers.label] -= 1
    most, usable = _majority(left, answers.machine)
    seen = np.zeros((answers.people, answers.labels, answers.labels))
    np.add.at(seen, (answers.person[usable], most[usable], answers.label[usable]), 1)
    crowd = seen.sum(axis=0) + 1e-9
    crowd /= crowd.sum(axis=1, keepdims=True)
    return (seen + PRIOR * crowd) / (seen.sum(axis=2, keepdims=True) + PRIOR)


def _majority(left: np.ndarray, machine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each row of counts the label with the most; and whether it alone has so many, and the machine says nothing else."""
    if not left.size:
        return np.zeros(len(left), dtype=int), np.zeros(len(left), dtype=bool)
    most, top = left.argmax(axis=1), left.max(axis=1, keepdims=True)
    alone = (top[:, 0] > 0) & ((left == top).sum(axis=1) == 1)
    return most, alone & ((machine < 0) | (machine == most))


def _binomial(least: int, of: int, share: float) -> float:
    """P(X ≥ least) for a binomial X."""
    terms = range(least, of + 1)
    ways = (lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) + k * log(share) + (of - k) * log1p(-share) for k in terms)
    return min(1.0, sum(map(exp, ways)))
