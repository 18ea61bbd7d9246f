"""The money a dataset and a run may spend on models: reserved before each call at the most it can cost, settled after it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection
from django.db.models import Q, Sum

from core.told import told
from pipelines.models import Budget, Generation, Run

CENT = Decimal("0.01")
LOCK = 7421
"""Name of the advisory locks under which a budget is set up: no call is reserved meanwhile that it would not count."""


@dataclass
class Purse:
    """The budgets a run spends from, locked until the end of the transaction, and what it does to them."""

    budgets: list[Budget]
    spent: Decimal = field(default_factory=Decimal)
    reserved: Decimal = field(default_factory=Decimal)

    def takes(self, amount: Decimal) -> bool:
        """Reserve so much if every budget has room for it."""
        if any(self._left(one) < amount for one in self.budgets if one.hard is not None):
            return False
        self.reserved += amount
        return True

    def settle(self, reserved: Decimal, cost: Decimal) -> None:
        """A call that was reserved for has cost so much."""
        self.reserved -= reserved
        self.spent += cost

    def _left(self, one: Budget) -> Decimal:
        return (one.hard or 0) - one.spent - one.reserved - self.spent - self.reserved

    def refusal(self) -> "Refusal":
        """Why there is no room."""
        tight = min((one for one in self.budgets if one.hard is not None), key=self._left)
        spent, batched = (tight.spent + self.spent).quantize(CENT), _in_batches(tight)
        waits = told(", {reserved} are reserved for batches", reserved=batched.quantize(CENT)) if batched else ""
        of = told("The budget of this dataset is used up") if tight.dataset_id else told("The budget of this run is used up")
        said = told(
            "{of}: {spent} of {hard:.2f} US dollars are spent{waits}. Raise it and resume.", of=of, spent=spent, hard=tight.hard, waits=waits
        )
        return Refusal(said, under_way=tight.reserved + self.reserved > batched)

    def write(self) -> None:
        """Put what was done to them on record."""
        if self.spent or self.reserved:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE pipelines_budget SET spent = spent + %s, reserved = reserved + %s WHERE id = ANY(%s)",
                    [self.spent, self.reserved, [one.pk for one in self.budgets]],
                )


@dataclass(frozen=True)
class Refusal:
    """A call was refused for want of money. ``under_way``: calls are out that may cost less than was reserved for them.

    Those in batches do not count: nobody stands and waits a day.
    """

    said: str
    under_way: bool


def purse(run: Run | None) -> Purse:
    """The budgets of a run and its dataset, locked in this transaction; nobody sets one up beside it."""
    if run is None:
        return Purse([])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [LOCK, run.dataset_id])
    return Purse(list(Budget.objects.filter(Q(dataset=run.dataset_id) | Q(run=run)).order_by("pk").select_for_update()))


def recount(budget: Budget) -> tuple[Decimal, Decimal]:
    """What is spent and what is reserved by the ledger itself: what the budget's own two numbers must be."""
    found = Generation.objects.filter(_of(budget)).aggregate(
        spent=Sum("cost", default=Decimal(0), filter=~Q(outcome=Generation.Outcome.PENDING)),
        reserved=Sum("reserved", default=Decimal(0), filter=Q(outcome=Generation.Outcome.PENDING)),
    )
    return found["spent"], found["reserved"]


def _of(budget: Budget) -> Q:
    return Q(run=budget.run_id) if budget.run_id else Q(run__dataset=budget.dataset_id)


def _in_batches(budget: Budget) -> Decimal:
    """What is reserved for calls that wait in batches."""
    waiting = Generation.objects.filter(_of(budget), outcome=Generation.Outcome.PENDING, batch__isnull=False)
    return waiting.aggregate(sum=Sum("reserved", default=Decimal(0)))["sum"]


def unpriced(models: Iterable[tuple[str, str]]) -> str:
    """A sentence about the models without a price, for which no cap can be kept."""
    names = ", ".join(sorted(model for _, model in models))
    return told(
        "{names} has no price in the price list, so a budget cannot be kept: add its price, or take the cap away.",
        names=names,
    )
