"""One fit of the Dawid–Skene model in a process of its own: `python -m bench._dawid_skene WHOSE VOTES RESULT` prints one JSON line."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from annotation.aggregators._votes import votes_from
from annotation.aggregators.dawid_skene import DawidSkene
from annotation.records import Answer

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]


def ours(task: np.ndarray, person: np.ndarray, label: np.ndarray) -> Callable[[], np.ndarray]:
    """The model on integer arrays, as crowd-kit's: the sorting of the votes into a matrix is timed too."""
    people, labels = ([str(one) for one in range(codes.max() + 1)] for codes in (person, label))
    return lambda: DawidSkene().fit(votes_from(task, person, label, people, labels)).posterior


def plugin(task: np.ndarray, person: np.ndarray, label: np.ndarray) -> Callable[[], np.ndarray]:
    """The aggregator from a stream of answers to a verdict a task, as a campaign is refitted."""

    def answers() -> Iterator[Answer]:
        yield from map(Answer, task.tolist(), map(str, person.tolist()), map(str, label.tolist()))

    def work() -> np.ndarray:
        found = DawidSkene().aggregate(answers())
        return np.array([list(found[one].distribution.values()) for one in sorted(found)])

    return work


def crowdkit(task: np.ndarray, person: np.ndarray, label: np.ndarray) -> Callable[[], np.ndarray]:
    """crowd-kit's own, with its own defaults, on a frame that is ready."""
    import pandas as pd
    from crowdkit.aggregation import DawidSkene as Theirs

    frame = pd.DataFrame({"task": task, "worker": person, "label": label})
    return lambda: Theirs().fit(frame).probas_.sort_index().sort_index(axis=1).to_numpy()


def peak_mb() -> float:
    """The most memory this program held. Not getrusage: that remembers the process it was started from."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main(whose: str, votes: str, result: str) -> None:
    """Fit, keep the probabilities in the file `result`, say how long it took and what memory the process held at most."""
    stored = np.load(votes)
    work = {"ours": ours, "plugin": plugin, "crowdkit": crowdkit}[whose](stored["task"], stored["person"], stored["label"])
    began = time.perf_counter()
    posterior = work()
    seconds = time.perf_counter() - began
    peak = peak_mb()
    np.save(result, posterior)
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))


if __name__ == "__main__":
    main(*sys.argv[1:])
