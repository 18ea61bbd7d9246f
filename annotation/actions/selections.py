"""Selections: put on record what a rule said of a dataset's items."""

import re
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from annotation import policies
from annotation.bulk import analyze, copy_in
from annotation.models import Dataset, Selected, Selection
from core.errors import Conflict, Invalid
from core.events import record
from core.models import User
from core.policy import require
from core.told import told

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}", re.ASCII)
COLUMNS = ("selection_id", "item_id", "kept", "bucket", "split", "reason")
Said = tuple[int, bool, str, str, str]
"""Item, kept, bucket, split, reason."""


def check_name(dataset: Dataset, slug: str) -> None:
    """Refuse a name that is none, or that the dataset has given already."""
    if not SLUG.fullmatch(slug):
        raise Invalid(told(
            "{slug!r} is no name: write small letters, digits and hyphens.",
            slug=slug,
        ), {"name": told("small letters, digits and hyphens")})
    if dataset.selections.filter(slug=slug).exists():
        raise Conflict(told(
            "{dataset} has a selection {name!r} already, and it never changes: choose another name.",
            dataset=dataset.slug, name=slug,
        ))


def keep(dataset: Dataset, slug: str, rows: Iterable[Said], *, by: User | None, **rule: Any) -> Selection:
    """A new selection with what it said of each item. ``rule`` is the rest of its row: selector, signature, kinds, among."""
    require(policies.manage(by, dataset))
    check_name(dataset, slug)
    try:
        with transaction.atomic():
            made = Selection.objects.create(dataset=dataset, slug=slug, created_by=by, **rule)
    except IntegrityError as error:
        raise Conflict(told(
            "{dataset} has a selection {name!r} already: choose another name.",
            dataset=dataset.slug, name=slug,
        )) from error
    copy_in(Selected, COLUMNS, ((made.pk, *row) for row in rows))
    analyze(Selected)
    kept = made.rows.filter(kept=True).count()
    data = {"slug": slug, "signature": made.signature, "kept": kept, "rejected": made.rows.count() - kept}
    record("select", made, by=by, data=data)
    return made
