"""The models behind the aggregators, on arrays: who is how good, and so what is how probable."""

from typing import NamedTuple

import numpy as np

from annotation.aggregators._votes import Votes

LEAST = 1e-10
"""The least probability there is, so that one unheard-of answer does not rule a label out for ever."""


class Fit(NamedTuple):
    """What a model found: tasks x labels probabilities (rows sum to 1), and what it says of each person."""

    posterior: np.ndarray
    people: np.ndarray


def dawid_skene(votes: Votes, *, iterations: int, tolerance: float) -> Fit:
    """Each person has a confusion matrix, estimated by EM together with the labels; starts from the shares of the votes.

    Dawid and Skene (1979), "Maximum likelihood estimation of observer error-rates using the EM algorithm", eq. 2.3 to 2.5.
    `Fit.people` is people x labels given x true labels, its columns the probabilities of what a person answers to a true
    label. Stops, as crowd-kit does and so at the same step, when the evidence lower bound per vote grows by less than
    `tolerance`; that bound counts the prior once for each vote of a task.
    """
    people, labels = votes.shape
    heard = (votes.matrix.sum(axis=0) > 0).reshape(people, labels, 1)
    number, before = votes.matrix.sum(), -np.inf
    posterior = votes.shares()
    _, log_prior, log_errors = _confusion(votes, posterior, heard)
    for _ in range(iterations):
        posterior = _normalised(votes.matrix @ log_errors + log_prior)
        counts, log_prior, log_errors = _confusion(votes, posterior, heard)
        likely = posterior.clip(LEAST)
        bound = ((counts * (log_errors + log_prior)).sum() - (likely * np.log(likely)).sum()) / number
        if bound - before < tolerance:
            break
        before = bound
    return Fit(posterior, np.exp(log_errors).reshape(people, labels, labels) * heard)


def _confusion(votes: Votes, posterior: np.ndarray, heard: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The M-step: how often each person gave each label to each true one, the log of the prior and of the confusion matrices.

    A label that a person never gave has no place in their matrix: zero there, as a log too, which no vote ever looks up.
    """
    counts = votes.matrix.T @ posterior
    share = counts.reshape(heard.shape[0], heard.shape[1], -1).clip(LEAST) * heard
    share /= share.sum(axis=1, keepdims=True)
    log_errors = np.log(share, out=np.zeros_like(share), where=heard)
    return counts, np.log(posterior.mean(axis=0).clip(LEAST)), log_errors.reshape(counts.shape)


def mace(votes: Votes, *, iterations: int, starts: int) -> Fit:
    """A person either knows the label or spams from a habit of their own; variational Bayes, the likeliest of some starts.

    Hovy, Berg-Kirkpatrick, Vaswani and Hovy (2013), "Learning whom to trust with MACE", section 2, with its priors:
    Beta(0.5, 0.5) on knowing, Dirichlet(10, …) on the habit. `Fit.people` is each person's competence, the probability
    of knowing. Start r draws from seed r.
    """
    return max((_mace(votes, iterations, seed) for seed in range(starts)), key=lambda one: one[0])[1]


def _mace(votes: Votes, iterations: int, seed: int) -> tuple[float, Fit]:
    """One start, as crowd-kit makes it (both tables from the same seed): its log likelihood and what it found."""
    people, labels = votes.shape
    given = np.tile(np.eye(labels), (people, 1))  # what a column of the votes says: people * labels x labels
    times = votes.matrix.sum(axis=0).reshape(people, labels)
    guess = 1 + 1.5 * np.random.RandomState(seed).uniform(size=(people, 2))
    spams, knows = (guess / guess.sum(axis=1, keepdims=True)).T
    habit = 1 + 1.5 * np.random.RandomState(seed).uniform(size=(people, labels))
    habit /= habit.sum(axis=1, keepdims=True)
    for step in range(iterations + 1):
        spam = spams[:, None] * habit
        table = np.log(spam.reshape(-1, 1) + np.repeat(knows, labels)[:, None] * given)
        joint = votes.matrix @ table - np.log(labels)
        posterior = _normalised(joint.copy())
        if step == iterations:
            break
        right = (votes.matrix.T @ posterior)[given == 1].reshape(people, labels)
        known = right * knows[:, None] / (spam + knows[:, None])
        spams, knows = _typical(np.stack([(times - known).sum(axis=1), known.sum(axis=1)], axis=1), 0.5).T
        habit = _typical(times - known, 10.0)
    likelihood = np.logaddexp.reduce(joint, axis=1).sum()
    return float(likelihood), Fit(posterior, knows / (knows + spams))


def glad(votes: Votes, *, iterations: int, tolerance: float) -> Fit:
    """A person of ability a is right about a task of ease b with probability 1 / (1 + exp(-a b)), else answers evenly.

    Whitehill, Wu, Bergsma, Movellan and Ruvolo (2009), "Whose vote should count more", section 2.1 and 3, with normal
    priors of mean 1 on a and on log b; its M-step climbs by 25 steps of conjugate gradients. `Fit.people` is ability.
    """
    people, labels = votes.shape
    if labels == 1:
        return Fit(np.ones((len(votes.tasks), 1)), np.ones(people))
    from scipy.optimize import minimize  # it takes half a second to load

    cells = votes.matrix.tocoo()
    task, (person, label) = cells.row, np.divmod(cells.col, labels)
    place, others, before = task * labels + label, np.log(labels - 1), -np.inf
    parameters = np.ones(people + len(votes.tasks))
    for _ in range(iterations):
        score = parameters[person] * np.exp(parameters[people + task])
        gain = np.bincount(place, cells.data * (score + others), len(votes.tasks) * labels)
        posterior = _normalised(gain.reshape(-1, labels))
        model = (task, person, cells.data, posterior[task, label], others, people)
        found = minimize(_unlikely, parameters, model, method="CG", jac=True, tol=1e-2, options={"maxiter": 25})
        parameters, value = found.x, -found.fun / (cells.data.sum() * labels)
        if value - before < tolerance:
            break
        before = value
    return Fit(posterior, parameters[:people])


def _unlikely(
    parameters: np.ndarray, task: np.ndarray, person: np.ndarray, times: np.ndarray, right: np.ndarray, others: float, people: int
) -> tuple[float, np.ndarray]:
    """Minus the expected log likelihood of the votes with the priors, and its gradient; `right` is how probable each vote is."""
    from scipy.special import expit

    away, ease = parameters - 1, np.exp(parameters[people + task])
    score = parameters[person] * ease
    expected = times * (-right * np.logaddexp(0, -score) - (1 - right) * (np.logaddexp(0, score) + others))
    pull = times * (right - expit(score)) * ease
    slope = np.bincount(person, pull, len(away))
    slope += np.bincount(people + task, pull * parameters[person], len(away))
    prior = (away @ away + len(away) * np.log(2 * np.pi)) / 2
    return prior - expected.sum(), away - slope


def bradley_terry(
    left: np.ndarray, right: np.ndarray, wins: np.ndarray, losses: np.ndarray, *, iterations: int, tolerance: float
) -> np.ndarray:
    """Strengths that sum to 1: i is preferred to j with probability s_i / (s_i + s_j); the most likely ones.

    Hunter (2004), "MM algorithms for generalized Bradley-Terry models", eq. 3. Each place of the four arrays is one pair of
    candidates (numbered from 0): how often the left one was preferred, and how often the right one. A maximum exists when
    nobody is only preferred or only passed over by the rest. Stops when the strengths move by less than `tolerance` in all.
    """
    number = max(left.max(), right.max()) + 1
    won = np.bincount(left, wins, number) + np.bincount(right, losses, number)
    strengths = np.full(number, 1 / number)
    for _ in range(iterations):
        met = (wins + losses) / (strengths[left] + strengths[right])
        better = won / (np.bincount(left, met, number) + np.bincount(right, met, number))
        better /= better.sum()
        moved, strengths = np.abs(better - strengths).sum(), better
        if moved < tolerance:
            break
    return strengths


def _normalised(logs: np.ndarray) -> np.ndarray:
    """Rows of logarithms as probabilities that sum to 1; the array itself is changed."""
    logs -= logs.max(axis=1, keepdims=True)
    np.exp(logs, out=logs)
    logs /= logs.sum(axis=1, keepdims=True)
    return logs


def _typical(counts: np.ndarray, prior: float) -> np.ndarray:
    """exp(E[log p]) for each row of counts under a symmetric Dirichlet prior: what variational Bayes uses for p."""
    from scipy.special import digamma

    counts = counts + prior
    return np.exp(digamma(counts) - digamma(counts.sum(axis=1, keepdims=True)))
