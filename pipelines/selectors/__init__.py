"""Which items are taken: one file a selector. The contract is `Selector`; `selectors` is the registry."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from core.plugins import Plugin, Registry

Reads = Literal["texts", "scores", "answers", "groups"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as a selector sees it. What the selector does not read is empty."""

    name: str
    """``kind/key``: the same in every database, so that what is drawn by it is too."""
    language: str
    """Of its source."""
    group: int = 0
    """Items that share a text, or share it with one that does, are one group: over two splits they would leak."""
    values: dict[str, str] = field(default_factory=dict)
    """Its plain fields as text (labels, numbers, strings), besides ``kind``, ``split`` and ``language``."""
    texts: dict[str, str] = field(default_factory=dict)
    """Language to its whole text in it, with the texts it points at."""
    score: float | None = None
    """What judged it, by the selector's a field under “by”."""
    right: dict[str, bool] = field(default_factory=dict)
    """Member of the panel, by signature and language, to whether its answer was right."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a selector says of one entry: kept or not, in which bucket and split, and why it is rejected."""

    kept: bool
    bucket: str = ""
    split: str = ""
    reason: str = ""


def rejected(reason: str, bucket: str = "") -> Choice:
    """Not kept, and why, in a sentence."""
    return Choice(False, bucket=bucket[:60], reason=reason[:300])


class Selector(Plugin):
    """One rule that keeps or rejects items, or sorts them into buckets and splits. The same entries give the same choices."""

    reads: ClassVar[tuple[Reads, ...]] = ()
    """What it looks at besides the plain fields: reading all of it for every selector would take long."""

    @property
    def wanted(self) -> list[str] | None:
        """Tags of the languages whose texts, scores or answers it looks at; None for all there are."""
        return None

    def select(self, entries: Sequence[Entry]) -> list[Choice]:
        """A choice for each entry, in their order; a rejected one has its reason."""
        raise NotImplementedError(f"{self.name} selects nothing")


selectors: Registry[Selector] = Registry("selector", "pipelines.selectors", Selector)
