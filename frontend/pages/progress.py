"""How far the units of datasets are: counts by status, in one statement however many units there are."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from annotation.models import Dataset, Unit


@dataclass
class Counts:
    """How many units stand at each status."""

    new: int = 0
    drafted: int = 0
    verified: int = 0
    rejected: int = 0

    @property
    def total(self) -> int:
        return self.new + self.drafted + self.verified + self.rejected

    @property
    def share(self) -> float | None:
        """The verified part; None when there are no units."""
        return self.verified / self.total if self.total else None

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.new + other.new, self.drafted + other.drafted,
            self.verified + other.verified, self.rejected + other.rejected,
        )  # fmt: skip


def of_datasets(datasets: Iterable[Dataset]) -> dict[int, Counts]:
    """Dataset id to counts over all its languages and kinds."""
    found: dict[int, Counts] = defaultdict(Counts)
    rows = Unit.objects.filter(item__dataset__in=datasets).values_list("item__dataset", "status").annotate(Count("pk"))
    for dataset, status, count in rows:
        setattr(found[dataset], status, count)
    return found


def matrix(dataset: Dataset, languages: Iterable[str]) -> dict[str, dict[str, Counts]]:
    """Language to kind to counts, for the kinds that are translated."""
    kinds = [name for name, kind in dataset.kinds.kinds.items() if kind.translatable]
    found = {tag: {kind: Counts() for kind in kinds} for tag in languages}
    rows = (
        Unit.objects.filter(item__dataset=dataset, language__in=found)
        .values_list("language", "item__kind", "status")
        .annotate(Count("pk"))
    )
    for tag, kind, status, count in rows:
        setattr(found[tag].setdefault(kind, Counts()), status, count)
    return found
