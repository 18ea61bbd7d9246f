"""Three hundred people sit down within ten seconds: each works a few texts at a human pace, over the real API."""

import random
import statistics
import threading
import time
from collections.abc import Callable
from typing import Any

from annotation.actions import datasets
from bench import loop
from core.models import User

PEOPLE, SECONDS, PAIRS, SEED = 300, 10.0, 3, 1


def run(
    say: Callable[[str], None], *, people: int = PEOPLE, seconds: float = SECONDS, pairs: int = PAIRS
) -> dict[str, Any]:  # fmt: skip
    """Everybody comes at a moment of their own in the first `seconds`, then claims and answers `pairs` times, a second apart."""
    dataset = datasets.create(slug="bench", name="bench", schema=loop.SCHEMA, languages=["sw"], by=None)
    crowd = loop.make_crowd(dataset, people)
    campaign = loop.make_campaign(dataset, people * pairs // loop.OVERLAP + people)
    turn, calls = loop.Turn(campaign), []
    with loop.served("config.wsgi") as (address,):
        door, chance = loop.api(address), random.Random(SEED)
        arrivals = [chance.uniform(0, seconds) for _ in crowd]
        threads = [
            threading.Thread(target=sit_down, args=(door, turn, person, moment, pairs, calls))
            for person, moment in zip(crowd, arrivals, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    say(f"{len(calls)} calls")
    return {"people": people, "seconds": seconds, "calls": len(calls)} | figures(turn, calls)


def sit_down(door: loop.Door, turn: loop.Turn, person: User, moment: float, pairs: int, calls: list[float]) -> None:
    """One person: comes, takes a text, thinks for a second, answers, and so on; what goes wrong is kept in `turn`."""
    time.sleep(moment)
    line = door.connect()
    try:
        for _ in range(pairs):
            assignment = _timed(calls, lambda: door.claim(line, turn.campaign, person))
            if assignment is None:
                raise RuntimeError("nothing was left")
            time.sleep(1)
            turn.stored.append(_timed(calls, lambda one=assignment: door.submit(line, one, person)))
    except Exception as problem:
        turn.errors.append(f"{type(problem).__name__}: {problem}"[:200])
    finally:
        line.close()


def _timed(calls: list[float], call: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    answer = call()
    calls.append(time.perf_counter() - began)
    return answer


def figures(turn: loop.Turn, calls: list[float]) -> dict[str, Any]:
    """What the calls took, and what must not be."""
    cuts = statistics.quantiles(calls, n=100, method="inclusive")
    found = loop.spoiled([turn])
    del found["unfinished"]  # there were more texts than anybody wanted
    return {f"p{p}_ms": round(cuts[p - 1] * 1000, 1) for p in (50, 95, 99)} | found
