"""Splits: a seeded draw into train, dev and test, alike in what they are made of, with no text on both sides."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, field_validator

from core.told import told
from pipelines.selectors import Choice, Entry, Reads, Selector, rejected
from pipelines.selectors._draws import shuffled

# What the datasets library takes as the name of a split.
Name = Annotated[str, Field(pattern=r"^\w{1,40}$")]
Share = Annotated[float, Field(gt=0, le=1)]


class Splits(Selector):
    """Draws every split from every stratum in its share. Items that share a text go together: else test would be in train.

    Shares that add up to less than one draw a stratified sample; the rest is rejected.
    """

    name: ClassVar[str] = "splits"
    label: ClassVar[str] = "Stratified splits"
    reads: ClassVar[tuple[Reads, ...]] = ("groups",)
    example: ClassVar[dict[str, Any]] = {"shares": {"train": 0.8, "test": 0.2}, "by": ["label"], "seed": 7}

    shares: dict[Name, Share] = Field({"train": 0.8, "dev": 0.1, "test": 0.1}, min_length=1)
    """Name of a split to its share of the items."""
    by: list[str] = []
    """Plain fields whose values are the strata, besides the kind; “split” is the one the item came with."""
    seed: int = 0
    """Another seed, another draw."""

    @field_validator("shares")
    @classmethod
    def _at_most_all(cls, shares: dict[str, float]) -> dict[str, float]:
        if sum(shares.values()) > 1 + 1e-9:
            raise ValueError(told("the shares add up to more than 1"))
        return shares

    def select(self, entries: Sequence[Entry]) -> list[Choice]:
        strata = [tuple(entry.values.get(name, "") for name in ("kind", *self.by)) for entry in entries]
        groups: dict[int, list[int]] = defaultdict(list)
        for place, entry in enumerate(entries):
            groups[entry.group].append(place)
        drawn: dict[int, str] = {}
        left = self._wanted(Counter(strata))
        for places in self._order(groups, entries):
            counts = Counter(strata[place] for place in places)
            split = max(left, key=lambda name: (sum(n * left[name][stratum] for stratum, n in counts.items()), name))
            for stratum, n in counts.items():
                left[split][stratum] -= n
            drawn |= dict.fromkeys(places, split)
        return [_choice(drawn[place]) for place in range(len(entries))]

    def _wanted(self, sizes: Counter) -> dict[str, dict[tuple[str, ...], float]]:
        """How many of each stratum each split still lacks; what is in no split counts as one without a name."""
        rest = max(0.0, 1 - sum(self.shares.values()))
        shares = self.shares | ({"": rest} if rest > 1e-9 else {})
        return {name: {stratum: share * size for stratum, size in sizes.items()} for name, share in shares.items()}

    def _order(self, groups: dict[int, list[int]], entries: Sequence[Entry]) -> list[list[int]]:
        """The large groups first, while there is room to even them out; those of one size in a drawn order."""
        named = {min(entries[place].name for place in places): places for places in groups.values()}
        return sorted((named[name] for name in shuffled(named, self.seed)), key=len, reverse=True)


def _choice(split: str) -> Choice:
    return Choice(True, split=split) if split else rejected(told("Not drawn: the shares leave a part of the items out."))
