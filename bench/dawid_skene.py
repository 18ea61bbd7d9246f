"""The Dawid–Skene model on a million votes, beside crowd-kit's on the same votes; each fit in a fresh process, in turns."""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

TIMES = 5
ROOT = Path(__file__).resolve().parents[1]
WHOSE = ("ours", "plugin", "crowdkit")


def run(
    say: Callable[[str], None], *, tasks: int = 200_000, votes: int = 5, people: int = 500, labels: int = 3, times: int = TIMES
) -> dict[str, Any]:
    """Seconds and peak memory by their medians, and whether both came to the same; crowd-kit is the floor."""
    folder = Path(settings.DRAGOMAN_HOME)
    np.savez(folder / "votes.npz", **crowd(tasks, votes, people, labels))
    done: dict[str, list[dict[str, float]]] = {whose: [] for whose in WHOSE}
    for number in range(times):
        for whose in WHOSE:
            done[whose].append(fit(whose, folder))
        told = ", ".join(f"{whose} {done[whose][-1]['seconds']:.2f} s {done[whose][-1]['peak_mb']:.0f} MB" for whose in WHOSE)
        say(f"{number + 1}. {told}")
    ours, plugin, crowdkit = (
        {key: statistics.median(one[key] for one in done[whose]) for key in ("seconds", "peak_mb")} for whose in WHOSE
    )
    return {
        "tasks": tasks,
        "votes": tasks * votes,
        "people": people,
        "labels": labels,
        "times": times,
        "seconds": round(ours["seconds"], 3),
        "peak_mb": round(ours["peak_mb"], 1),
        "crowdkit_seconds": round(crowdkit["seconds"], 3),
        "crowdkit_peak_mb": round(crowdkit["peak_mb"], 1),
        "ratio": round(crowdkit["seconds"] / ours["seconds"], 2),
        "aggregate_seconds": round(plugin["seconds"], 3),
        "aggregate_peak_mb": round(plugin["peak_mb"], 1),
        "all": {whose: [round(one["seconds"], 3) for one in done[whose]] for whose in WHOSE},
        **compared(folder),
    }


def crowd(tasks: int, votes: int, people: int, labels: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Votes of people who are right on 35 to 95 % of the tasks and otherwise guess; no one votes twice on a task."""
    chance = np.random.default_rng(seed)
    truth, skill = chance.integers(labels, size=tasks), chance.uniform(0.35, 0.95, size=people)
    step = chance.integers(1, people // votes, size=tasks)  # votes * step < people: five steps from anybody, five people
    person = (chance.integers(people, size=tasks)[:, None] + step[:, None] * np.arange(votes)).ravel() % people
    task = np.repeat(np.arange(tasks), votes)
    knows = chance.random(len(task)) < skill[person]
    label = np.where(knows, truth[task], chance.integers(labels, size=len(task)))
    order = chance.permutation(len(task))
    return {"task": task[order], "person": person[order], "label": label[order]}


def fit(whose: str, folder: Path) -> dict[str, float]:
    """One fit in a fresh process: what it says of its time and memory."""
    command = [sys.executable, "-m", "bench._dawid_skene", whose, str(folder / "votes.npz"), str(folder / f"{whose}.npy")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{whose} failed (is requirements-dev.txt installed?):\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def compared(folder: Path) -> dict[str, Any]:
    """How many tasks got another label from crowd-kit, and how far apart any two probabilities are."""
    ours, plugin, theirs = (np.load(folder / f"{whose}.npy") for whose in WHOSE)
    return {
        "other_labels": int((ours.argmax(axis=1) != theirs.argmax(axis=1)).sum()),
        "largest_difference": float(max(np.abs(ours - theirs).max(), np.abs(plugin - theirs).max())),
    }
