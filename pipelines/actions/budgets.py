"""Budgets: what a dataset or a run may spend on models, and what a pilot says the rest will cost."""

import statistics
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from annotation import policies
from annotation.models import Dataset
from core.errors import Invalid
from core.events import record
from core.models import User
from core.policy import require
from core.told import told
from pipelines.budgets import LOCK, recount, unpriced
from pipelines.models import Budget, Run, RunItem
from pipelines.prices import price
from pipelines.providers import Provider

SURE = 0.95
FEWEST_FOR_AN_INTERVAL = 2


@dataclass(frozen=True)
class Projection:
    """What all units of a run would cost by those that are done: US dollars, with a 95 % interval for their sum."""

    units: int
    """So many were done by a model that has a price."""
    of: int
    """So many the run would have without its limit."""
    cost: Decimal
    low: Decimal
    high: Decimal


def set_for(dataset: Dataset, *, soft: Decimal | None, hard: Decimal | None, by: User | None) -> Budget | None:
    """Say what a dataset may spend, in US dollars, over all its runs; None for both takes the budget away.

    From the soft cap on the pages say so; past the hard one no call is made: a run that would stops, and can be resumed.
    """
    require(policies.manage(by, dataset))
    for name, cap in (("soft", soft), ("hard", hard)):
        if cap is not None and not 0 <= cap < 1_000_000:
            raise Invalid(told("A {name} cap is a sum of US dollars from 0 to 999,999.", name=name), {name: told("is out of range")})
    if soft is not None and hard is not None and soft > hard:
        raise Invalid("The soft cap is where a warning begins: it cannot be above the hard one.", {"soft": told("is above the hard cap")})
    with transaction.atomic():
        _alone(dataset)
        record("budget", dataset, by=by, data={"soft": _shown(soft), "hard": _shown(hard)})
        if soft is None and hard is None:
            Budget.objects.filter(dataset=dataset).delete()
            return None
        budget, _ = Budget.objects.update_or_create(dataset=dataset, defaults={"soft": soft, "hard": hard})
        return _counted(budget)


def set_for_run(run: Run, hard: Decimal) -> Budget:
    """Give a run a cap of its own. Call it in the transaction that made the run."""
    if not 0 < hard < 1_000_000:
        raise Invalid("A run's budget is a sum of US dollars above 0, up to 999,999.", {"budget": told("is out of range")})
    return Budget.objects.create(run=run, hard=hard)


def check(dataset: Dataset, provider: Provider, *, budget: Decimal | None) -> None:
    """Refuse, before a run starts, a model without a price where a cap has to be kept."""
    capped = budget is not None or Budget.objects.filter(dataset=dataset, hard__isnull=False).exists()
    where = (provider.endpoint, provider.model_name)
    if capped and provider.endpoint and price(*where, date.today()) is None:
        raise Invalid(unpriced([where]), {"provider": told("has no price")})


def of(run: Run) -> list[Budget]:
    """The budgets a run spends from: its own, and its dataset's."""
    return list(Budget.objects.filter(run=run)) + list(Budget.objects.filter(dataset=run.dataset_id))


def projection(run: Run, of: int) -> Projection | None:
    """What `of` units would cost by the mean of those done, with Student's interval for a sum; None before two are done.

    What answers on record spared a unit counts as if it had been paid: the others will not be spared it.
    """
    from scipy.special import stdtrit  # it takes half a second to load

    done = run.items.filter(status=RunItem.Status.DONE, result__has_key="cost").values_list("result__cost", "result__saved")
    costs = [float(cost) + float(saved or 0) for cost, saved in done]
    if len(costs) < FEWEST_FOR_AN_INTERVAL or not any(costs):
        return None
    mean, error = statistics.fmean(costs), statistics.stdev(costs) / len(costs) ** 0.5
    reach = float(stdtrit(len(costs) - 1, (1 + SURE) / 2)) * error
    low, high = max(mean - reach, 0.0), mean + reach
    return Projection(len(costs), of, *(Decimal(str(round(of * one, 6))) for one in (mean, low, high)))


def _alone(dataset: Dataset) -> None:
    """No call of the dataset is reserved until this transaction is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, dataset.pk])


def _counted(budget: Budget) -> Budget:
    budget.spent, budget.reserved = recount(budget)
    budget.save(update_fields=["spent", "reserved"])
    return budget


def _shown(cap: Decimal | None) -> str | None:
    return None if cap is None else str(cap)
