"""Selections: have a rule look at a dataset's items."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from annotation import policies
from annotation.actions.selections import check_name
from annotation.models import Dataset, Selection
from core.errors import Invalid
from core.models import User
from core.policy import require
from core.told import told
from pipelines.actions import runs
from pipelines.jobs.select import Select
from pipelines.models import Run
from pipelines.selectors import Selector

NUMBER = re.compile(r"([0-9]+)")


@dataclass(frozen=True)
class Part:
    """One bucket and split of a selection: how many of its items were kept and rejected."""

    bucket: str
    split: str
    kept: int
    rejected: int


def start(
    dataset: Dataset, name: str, *, selector: Selector, kinds: Iterable[str] = (), among: str = "", by: User | None
) -> Run:  # fmt: skip
    """Have `selector` look at all items of the kinds (the released ones when none is named), or at what an earlier selection kept."""
    require(policies.manage(by, dataset))
    check_name(dataset, name)
    asked = list(kinds) or dataset.kinds.released
    for kind in asked:
        dataset.kinds.kind(kind)
    earlier = named(dataset, among) if among else None
    job = Select(slug=name, selector=selector.spec(), kinds=asked, among=earlier.pk if earlier else None)
    return runs.start(dataset, job, by=by)


def named(dataset: Dataset, name: str) -> Selection:
    """The dataset's selection of that name; `Invalid` when there is none."""
    found = dataset.selections.filter(slug=name).first()
    if found is None:
        there = ", ".join(dataset.selections.order_by("slug").values_list("slug", flat=True)) or "none"
        raise Invalid(told(
            "{slug} has no selection {name!r}: it has {there}.",
            slug=dataset.slug, name=name, there=there,
        ), {"selection": told("there is none")})
    return found


def parts(selection: Selection) -> list[Part]:
    """A selection's buckets and splits with their counts; without any it is one part."""
    counted = selection.rows.order_by().values_list("bucket", "split")
    counted = counted.annotate(n=Count("pk", filter=Q(kept=True)), rest=Count("pk", filter=Q(kept=False)))
    return sorted((Part(*row) for row in counted), key=lambda part: (_natural(part.bucket), part.split))


def _natural(text: str) -> list[str | int]:
    """Sorts “10 of 11 right” behind “9 of 11 right”."""
    return [int(piece) if piece.isdecimal() else piece for piece in NUMBER.split(text)]
