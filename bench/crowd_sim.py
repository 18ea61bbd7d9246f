"""What each defence does against a crowd in which more than a third cheats: who is caught, who is wrongly accused, how right the labels are."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heapify, heapreplace
from typing import Any

import numpy as np

from annotation import queue, signals
from annotation.accuracy import passes, too_low, weight
from annotation.aggregators import aggregators
from annotation.records import Answer
from annotation.signals import Answers
from bench._crowd import ALWAYS_A, COPIES, RANDOM, RING, Crowd, crowd

PEOPLE, TASKS, GOLD, SEEDS = 60, 2000, 60, 10
OVERLAP = 5
GOLD_RATE = 0.15
PAUSE = {"below": 0.6, "after": 10}
TEST, MARK, TRIES = 10, 0.7, 2
# A manager looks at the signals so many times, at even distances.
LOOKS = 4
# What is done, and the aggregator; a defence whose aggregator there is not is left out, but a majority can count weights.
DEFENCES: dict[str, tuple[frozenset[str], str]] = {
    "none": (frozenset(), "majority"),
    "gold and pause": (frozenset({"gold"}), "majority"),
    "qualification": (frozenset({"test"}), "majority"),
    "signals": (frozenset({"signals"}), "majority"),
    "signals, cheats take their time": (frozenset({"signals", "unhurried"}), "majority"),
    "weighted by gold": (frozenset({"grade"}), "weighted"),
    "Dawid-Skene": (frozenset(), "dawid_skene"),
    "gold, qualification, signals": (frozenset({"gold", "test", "signals"}), "majority"),
    "all of it, weighted by gold": (frozenset({"gold", "test", "signals"}), "weighted"),
    "all of it, Dawid-Skene": (frozenset({"gold", "test", "signals"}), "dawid_skene"),
}


@dataclass
class Work:
    """One campaign under way: who answered what, who was stopped, and how everybody did on gold."""

    crowd: Crowd
    answers: list[tuple[int, int, float]] = field(default_factory=list)
    stopped: set[int] = field(default_factory=set)
    graded: dict[int, list[bool]] = field(default_factory=lambda: defaultdict(list))
    unpaid: int = 0
    """Answers to gold and tests, which are the price of it."""


def run(
    say: Callable[[str], None], *, people: int = PEOPLE, tasks: int = TASKS, gold: int = GOLD, seeds: int = SEEDS
) -> dict[str, Any]:
    """For each defence the means over the seeds, as rows of the table in docs/benchmarks.md; every seed is a crowd of its own."""
    rows = []
    for name, (means, aggregator) in DEFENCES.items():
        if aggregator not in aggregators.all and aggregator != "weighted":
            say(f"{name}: left out, there is no aggregator {aggregator}")
            continue
        figures = []
        for seed in range(1, seeds + 1):
            one = crowd(seed, people=people, tasks=tasks, gold=gold, test=TEST * TRIES, hurried="unhurried" not in means)
            figures.append(_figures(work(one, means), aggregator))
        rows.append({"defence": name} | {key: round(float(np.mean([f[key] for f in figures])), 4) for key in figures[0]})
        say(", ".join(f"{key} {value}" for key, value in rows[-1].items()))
    sizes = {"people": people, "tasks": tasks, "gold": gold, "seeds": seeds, "overlap": OVERLAP, "gold_rate": GOLD_RATE}
    return sizes | {"rows": rows, "table": table(rows)}


def work(of: Crowd, means: frozenset[str]) -> Work:
    """Let people come and answer until every task has its answers or nobody is left, with some of: gold, grade, test, signals."""
    done = Work(of)
    if "test" in means:
        done.stopped |= {person for person in range(len(of.kind)) if not _passes(done, person)}
    wanted, total = np.full(of.work, OVERLAP), of.work * OVERLAP
    had = np.zeros((len(of.kind), len(of.truth)), dtype=bool)
    coming = [(of.visits[person, 0], person, 0) for person in range(len(of.kind))]
    heapify(coming)
    look = total / LOOKS
    while len(done.answers) < total:
        at, person, visit = coming[0]
        if at == np.inf:
            break
        later = of.visits[person, visit + 1] if visit + 1 < of.visits.shape[1] and person not in done.stopped else np.inf
        heapreplace(coming, (later, person, visit + 1))
        if person not in done.stopped:
            _answer(done, person, at, wanted, had, means)
        if "signals" in means and len(done.answers) >= look:
            look += total / LOOKS
            found = signals.signals(columns(done))
            done.stopped |= {who for one in found for who in (one.person, one.other) if who is not None}
    return done


def _answer(done: Work, person: int, at: float, wanted: np.ndarray, had: np.ndarray, means: frozenset[str]) -> None:
    """One answer: to gold when it is drawn and there is some, else to the first task that is free for this person."""
    of = done.crowd
    free = (wanted > 0) & ~had[person, : of.work]
    if not free.any():
        return
    known = np.flatnonzero(~had[person, of.work : of.work + of.gold])
    answered = int(had[person].sum())
    if means & {"gold", "grade"} and len(known) and queue.drawn(f"{person}:", answered, GOLD_RATE):
        task = of.work + int(known[_place(person, answered, len(known))])
        done.graded[person].append(bool(of.label[person, task] == of.truth[task]))
        done.unpaid += 1
        graded = done.graded[person]
        if "gold" in means and too_low(sum(graded), len(graded), **PAUSE):
            done.stopped.add(person)
    else:
        task = int(free.argmax())
        wanted[task] -= 1
        done.answers.append((person, task, at))
    had[person, task] = True


def _place(person: int, answered: int, among: int) -> int:
    """Which of the gold tasks: chance, but the same in every run."""
    return int(np.random.default_rng([person, answered]).integers(among))


def _passes(done: Work, person: int) -> bool:
    """Whether somebody passes one of their tests, which have other tasks each."""
    of = done.crowd
    dice = np.random.default_rng([person, len(of.truth)])
    for test in dice.permutation(np.arange(of.work + of.gold, len(of.truth))).reshape(TRIES, TEST):
        done.unpaid += TEST
        if passes(int((of.label[person, test] == of.truth[test]).sum()), TEST, MARK):
            return True
    return False


def columns(done: Work) -> Answers:
    """The answers as production's signals take them."""
    person, task, at = (np.array(column) for column in zip(*done.answers, strict=True))
    of = done.crowd
    said, took = of.label[person, task], of.seconds[person, task]
    nothing = np.zeros(len(task), dtype=bool)  # a label is chosen, not pasted
    return Answers(task, person, said, of.machine[task], took, of.characters[task], at.astype(float), nothing)


def _figures(done: Work, aggregator: str) -> dict[str, float]:
    """Shares: of those who cheat who were stopped, of the honest who were; of the tasks with a label how many are right."""
    of, stopped = done.crowd, np.array(sorted(done.stopped), dtype=int)
    out = np.isin(np.arange(len(of.kind)), stopped)
    labels = _labels(done, aggregator)
    right = sum(of.truth[task] == int(label) for task, label in labels.items())
    return {
        "caught": out[of.bad].mean(),
        "falsely_accused": out[~of.bad].mean(),
        **{f"caught_{kind.split()[0]}": out[of.kind == kind].mean() for kind in (RANDOM, ALWAYS_A, COPIES, RING)},
        "accuracy": right / of.work,
        "answers_a_task": (len(done.answers) + done.unpaid) / of.work,
    }


def _labels(done: Work, aggregator: str) -> dict[int, str]:
    of = done.crowd
    weights = {person: weight(sum(graded), len(graded)) for person, graded in done.graded.items()}
    usual = float(np.mean(list(weights.values()))) if weights else 1.0
    votes = [
        Answer(task, str(person), str(of.label[person, task]), weights.get(person, usual) if aggregator == "weighted" else 1.0)
        for person, task, _at in done.answers
    ]
    built = aggregators.build(aggregator if aggregator in aggregators.all else "majority")
    return {task: verdict.label for task, verdict in built.aggregate(votes).items()}


def table(rows: list[dict[str, Any]]) -> str:
    """The rows in Markdown."""
    heads = ["defence", "caught", "random", "always A", "copy", "ring", "falsely accused", "labels right", "answers a task"]
    keys = ["caught", "caught_random", "caught_always", "caught_copies", "caught_ring", "falsely_accused", "accuracy"]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for row in rows:
        shares = [f"{100 * row[key]:.1f} %" for key in keys]
        lines.append(f"| {row['defence']} | {' | '.join(shares)} | {row['answers_a_task']:.2f} |")
    return "\n".join(lines)
