"""Statements of credits: the ledger summed by month, campaign and person, and line by line as CSV."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from annotation.models import Credit, Dataset
from core import spreadsheet
from core.models import User

COLUMNS = [
    "created", "dataset", "campaign", "person", "kind", "quantity", "rate", "amount", "unit", "submission", "reason", "by",
]  # fmt: skip


@dataclass(frozen=True)
class Line:
    """What one person earned in one campaign and month (UTC), in one unit and kind."""

    month: date
    dataset: str
    campaign: str
    person: str
    kind: str
    lines: int
    quantity: Decimal
    amount: Decimal
    unit: str


def ledger(*, dataset: Dataset | None = None, person: User | None = None) -> QuerySet[Credit]:
    """The lines of a dataset, of a person, or of one in the other."""
    found = Credit.objects.all()
    if dataset is not None:
        found = found.filter(campaign__dataset=dataset)
    return found if person is None else found.filter(person=person)


def by_month(found: QuerySet[Credit]) -> list[Line]:
    """The ledger summed, newest month first; one query."""
    keys = {"dataset": "campaign__dataset__slug", "campaign": "campaign__slug", "person": "person__username"}
    rows = (
        found.annotate(month=TruncMonth("created"))
        .values("month", *keys.values(), "kind", "unit")
        .annotate(lines=Count("pk"), total=Sum("amount"), many=Sum("quantity"))
        .order_by("-month", *keys.values(), "kind", "unit")
    )
    return [
        Line(
            month=row["month"].date(),
            kind=Credit.Kind(row["kind"]).label,
            lines=row["lines"],
            quantity=row["many"],
            amount=row["total"],
            unit=row["unit"],
            **{name: row[column] for name, column in keys.items()},
        )
        for row in rows
    ]


def corrections(found: QuerySet[Credit]) -> list[Credit]:
    """The latest hundred lines that managers wrote, newest first, each with its reason."""
    written = found.filter(submission__isnull=True).select_related("campaign", "person")
    return list(written.order_by("-pk")[:100])


def totals(lines: list[Line]) -> dict[str, Decimal]:
    """Unit to sum: different units are never added up."""
    found: dict[str, Decimal] = {}
    for line in lines:
        found[line.unit] = found.get(line.unit, Decimal(0)) + line.amount
    return found


def as_data(lines: list[Line]) -> list[dict[str, Any]]:
    """The lines as plain data; amounts are texts, so that nobody reads them as binary fractions."""
    return [asdict(one) | {"quantity": str(one.quantity), "amount": str(one.amount)} for one in lines]


def rows(found: QuerySet[Credit]) -> Iterator[list[Any]]:
    """The ledger line by line, oldest first, in the order of `COLUMNS`."""
    for one in found.select_related("campaign__dataset", "person", "by").order_by("pk").iterator(2000):
        yield [
            one.created.isoformat(),
            one.campaign.dataset.slug,
            one.campaign.slug,
            one.person.username,
            one.kind,
            one.quantity,
            one.rate,
            one.amount,
            one.unit,
            one.submission_id,
            one.reason,
            one.by.username if one.by else "",
        ]


def csv_lines(found: QuerySet[Credit]) -> Iterator[str]:
    """The ledger as the lines of a CSV file, beginning with the names of the columns."""
    return spreadsheet.lines(COLUMNS, rows(found))
