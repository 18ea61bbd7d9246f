"""Chance that is the same at every look: an order by a hash of the seed and of what is drawn."""

import hashlib
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def place(seed: int, name: str) -> bytes:
    """Where something comes in a drawn order; another seed, another order."""
    return hashlib.sha256(f"{seed}:{name}".encode()).digest()


def shuffled(names: Iterable[str], seed: int) -> list[str]:
    """The names in a drawn order that does not depend on the one they came in."""
    return sorted(names, key=lambda name: place(seed, name))
