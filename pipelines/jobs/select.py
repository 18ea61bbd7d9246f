"""Selecting: a selector looks at a dataset's items, and what it said of each is put on record."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from annotation.actions import selections
from annotation.models import Selection
from core.errors import DragomanError
from pipelines.entries import entries
from pipelines.jobs import Fatal, Job, Lease
from pipelines.models import Run, RunItem
from pipelines.selectors import selectors


class Select(Job):
    """One piece of work: what is near to what, or common among what, can only be told of all items together."""

    name: ClassVar[str] = "select"
    label: ClassVar[str] = "Select items"
    chunk: ClassVar[int] = 1
    max_attempts: ClassVar[int] = 2
    example: ClassVar[dict[str, Any]] = {"slug": "unlike", "selector": {"name": "near_duplicates"}, "kinds": ["pair"]}

    slug: str
    """The selection's name."""
    selector: dict[str, Any]
    """Spec of the selector."""
    kinds: list[str]
    """The kinds of item it looks at."""
    among: int | None = None
    """A selection: only what that kept is looked at."""

    def plan(self, run: Run) -> Iterable[dict[str, Any]]:
        yield {}

    def work(self, run: Run, items: list[RunItem], lease: Lease) -> Iterator[tuple[RunItem, dict[str, Any]]]:
        selector = selectors.build(self.selector)
        among = Selection.objects.get(pk=self.among) if self.among else None
        found = entries(run.dataset, selector, self.kinds, among)
        choices = selector.select(list(found.values()))
        # What draws no splits leaves items in those that were drawn before.
        drawn = dict(among.rows.exclude(split="").values_list("item", "split")) if among else {}
        rows = [
            (pk, one.kept, one.bucket, one.split or (drawn.get(pk, "") if one.kept else ""), one.reason)
            for pk, one in zip(found, choices, strict=True)
        ]
        rule = {"selector": selector.spec(), "signature": selector.signature(), "kinds": self.kinds, "among": among}
        for item in items:
            with lease.writing(item):
                try:
                    made = selections.keep(run.dataset, self.slug, rows, by=run.created_by, **rule)
                except DragomanError as error:
                    raise Fatal(str(error)) from error
                kept = sum(one.kept for one in choices)
                yield item, {"selection": made.pk, "kept": kept, "rejected": len(choices) - kept}
