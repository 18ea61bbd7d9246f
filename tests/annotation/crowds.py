"""Twenty-four people with a connection each, a hundred tasks, and calls made at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from annotation.models import Dataset
from core.models import User
from tests.world import drafted, item, join, person, task, unit

PEOPLE, TASKS, OVERLAP = 24, 100, 3


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Make all calls at the same moment, each in its own thread; what each returned or raised, in order."""
    found: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            start.wait()
            found[number] = calls[number]()
        except Exception as problem:
            found[number] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def crowd(dataset: Dataset) -> list[User]:
    people = [person(f"person-{number}") for number in range(PEOPLE)]
    for one in people:
        join(dataset, one, "annotator")
    return people


def slots(campaign) -> None:
    """A hundred tasks that want three answers each."""
    for number in range(TASKS):
        source = item(campaign.dataset, "sentence", {"text": f"Sentence {number}."})
        task(campaign, drafted(unit(source), f"Sentensi {number}."), needed=OVERLAP)
