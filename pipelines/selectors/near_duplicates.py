"""Near-duplicates: of texts that are nearly the same, in one language or in any of them, the first item stays."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from pydantic import Field

from core.told import told
from pipelines.selectors import Choice, Entry, Reads, Selector, rejected
from pipelines.selectors._minhash import Node, alike


class NearDuplicates(Selector):
    """Of items whose texts share nearly all their character n-grams, keeps the one that came first and names it to the others.

    Items whose sources are in different languages are found by what they have been translated into.
    """

    name: ClassVar[str] = "near_duplicates"
    label: ClassVar[str] = "Near-duplicates removed"
    reads: ClassVar[tuple[Reads, ...]] = ("texts",)
    example: ClassVar[dict[str, Any]] = {"threshold": 0.8, "across": True}

    threshold: float = Field(0.8, ge=0.4, le=1)
    """So large a share of all their n-grams two texts have in common (Jaccard)."""
    ngram: int = Field(4, ge=1, le=10)
    """Characters of an n-gram. Case, widths and spaces do not count."""
    languages: list[str] = []
    """Texts in these languages are compared; none: in all that an item has."""
    across: bool = False
    """Compare texts of different languages too: copies, names, closely related languages."""

    @property
    def wanted(self) -> list[str] | None:
        return self.languages or None

    def select(self, entries: Sequence[Entry]) -> list[Choice]:
        nodes: dict[Node, int] = {}
        own = [[(nodes.setdefault(node, len(nodes)), tag) for node, tag in self._nodes(entry)] for entry in entries]
        near: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for one, other, share in alike(list(nodes), threshold=self.threshold, ngram=self.ngram):
            near[one].append((other, share))
            near[other].append((one, share))
        stays: dict[int, tuple[int, str]] = {}
        found: list[Choice] = []
        for at, mine in enumerate(own):
            found.append(_beside(entries, stays, [(node, tag, [(node, 1.0), *near[node]]) for node, tag in mine]))
            if found[-1].kept:
                for node, tag in mine:
                    stays.setdefault(node, (at, tag))
        return found

    def _nodes(self, entry: Entry) -> Iterator[tuple[Node, str]]:
        """The entry's different texts as they are compared, each with its language; texts of two spaces never meet."""
        for tag, text in entry.texts.items():
            if (not self.languages or tag in self.languages) and (plain := _plain(text)):
                yield ("" if self.across else tag, plain), tag


def _beside(
    entries: Sequence[Entry], stays: dict[int, tuple[int, str]], mine: list[tuple[int, str, list[tuple[int, float]]]]
) -> Choice:
    """Beside one that stays an entry is rejected; what is only near a rejected one has no twin among the kept, and stays."""
    twins = [
        (share, stays[node], tag) for _node, tag, around in mine for node, share in around if node in stays
    ]
    if not twins:
        return Choice(True)
    share, (first, other), tag = max(twins, key=lambda twin: (twin[0], -twin[1][0]))
    where = tag if tag == other else f"{tag}, {other}"
    return rejected(told(
        "Nearly the same as {name}: {share:.0%} in common ({where}).",
        name=entries[first].name, share=share, where=where,
    ))


def _plain(text: str) -> str:
    """The text as it is compared: nothing that is stored is changed."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
