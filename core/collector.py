"""Python's collector of cycles: what is loaded stays, and need not be looked through again and again while rows pass by the thousand."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLD = 10_000, 20, 50


def settle() -> None:
    """Leave what is there now alone for good: for a server whose code is loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLD)


@contextmanager
def calm() -> Iterator[None]:
    """Leave what is there now alone, and look seldom at what comes, until this is over."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*THRESHOLD)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
