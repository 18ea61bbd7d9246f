"""Drafting: have machines translate a dataset's units, and see what came of it."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal, cast

from django.db import connection
from django.db.models import Count

from annotation import policies
from annotation.models import Dataset
from core.errors import Invalid
from core.models import User
from core.policy import require
from core.told import told
from pipelines import judging
from pipelines.actions import budgets, runs
from pipelines.actions.budgets import Projection
from pipelines.batches import Batching
from pipelines.jobs import jobs
from pipelines.jobs.draft import DraftJob
from pipelines.models import Run, RunItem
from pipelines.providers import Provider
from pipelines.steps import DEFAULT, steps

MOST_TOGETHER = 50
PILOT = 20
"""So many units show well enough what all will cost."""
FINDINGS = """
SELECT f.key, f.value, count(*) FROM pipelines_runitem i, jsonb_each_text(i.result -> 'findings') AS f
WHERE i.run_id = %s AND i.status = 'done' GROUP BY 1, 2 ORDER BY 1, 2
"""
SPARED = """
SELECT coalesce(sum((result ->> 'cached')::int), 0), coalesce(sum((result ->> 'saved')::numeric), 0)
FROM pipelines_runitem WHERE run_id = %s AND status = 'done'
"""


def start(
    dataset: Dataset,
    *,
    languages: Iterable[str],
    provider: Provider,
    by: User | None,
    kinds: Iterable[str] = (),
    limit: int | None = None,
    existing: Literal["check", "skip"] = "check",
    threshold: float = 45.0,
    percentile: int | None = None,
    audit: float = 0.05,
    judges: Iterable[str] = (),
    judge: Provider | None = None,
    same_judge: bool = False,
    embedder: Provider | None = None,
    pilot: bool = False,
    budget: Decimal | None = None,
    batching: Batching = "",
    together: int = 1,
) -> Run:
    """Have a provider draft the units that have no draft yet, and check the imported ones unless they are skipped.

    ``judges`` are names of judging steps, which ask ``judge``: refused where that is the translator, unless ``same_judge``.
    With an ``embedder`` sources and back-translations are compared by their embeddings, too. A ``pilot`` takes 20 units at random,
    or ``limit``, and says what all would cost; a ``budget`` in US dollars is never passed. With ``batching`` requests go into
    batches, up to a day for each of a unit's; else so many short units as ``together`` says go in one request.
    """
    require(policies.start_run(by, dataset))
    runs.check_providers(dataset, (provider, judge, embedder), by=by, budget=budget)
    _check_way_of_asking(provider, batching, together)
    job = {
        **{"languages": runs.languages_of(dataset, languages), "provider": provider.spec()},
        **{"kinds": _known(dataset, kinds), "limit": limit or (PILOT if pilot else None), "at_random": pilot, "existing": existing},
        "steps": _way({"threshold": threshold, "percentile": percentile, "audit": audit}, [*(["embedding"] if embedder else []), *judges]),
        **{"judge": judge and judge.spec(), "same_judge": same_judge, "embedder": embedder and embedder.spec()},
        **{"batching": batching, "together": together},
    }
    return runs.start(dataset, _job(job), by=by, budget=budget)


def _known(dataset: Dataset, kinds: Iterable[str]) -> list[str]:
    return [name for name in kinds if dataset.kinds.kind(name)]


def _check_way_of_asking(provider: Provider, batching: Batching, together: int) -> None:
    if not 1 <= together <= MOST_TOGETHER:
        raise Invalid(told(
            "From 1 to {most} units go in one request.",
            most=MOST_TOGETHER,
        ), {"together": told("is out of range")})
    if batching and together > 1:
        raise Invalid("A batch asks each unit by itself: together is for calls.", {"together": told("is not for batches")})
    runs.check_batching(provider, batching)


def _way(route: dict[str, Any], further: list[str]) -> list[str | dict[str, Any]]:
    """The default steps, with further ones right before the route, which sees what they found."""
    before = DEFAULT[: DEFAULT.index("route")]
    return [*before, *further, {"name": "route", "params": route}]


def _job(params: dict[str, Any]) -> DraftJob:
    built = [steps.build(one) for one in params["steps"]]
    if why := judging.problem(built, params["provider"], params["judge"], same_judge=params["same_judge"]):
        raise Invalid(why, {"judge": why})
    return DraftJob(**params)


def result(run: Run) -> dict[str, Any]:
    """What came of a drafting so far: routes, findings by check and verdict, and what answers on record spared it."""
    done = run.items.filter(status=RunItem.Status.DONE).order_by()
    routes = dict(done.values_list("result__route").annotate(n=Count("pk")))
    findings: dict[str, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(FINDINGS, [run.pk])
        for check, verdict, n in cursor.fetchall():
            findings[check][verdict] = n
        cursor.execute(SPARED, [run.pk])
        cached, saved = cursor.fetchone()
    return {
        "passed": routes.get("pass", 0),
        "people": routes.get("people", 0),
        "overtaken": routes.get("overtaken", 0),
        "redone": done.filter(result__attempts__gt=1).count(),
        "cached": cached,
        "saved": Decimal(saved),
        "findings": dict(findings),
        "projection": projection(run),
    }


def projection(run: Run) -> Projection | None:
    """What all units of a drafting that has a limit would cost, by those of it that are done; None where it has none."""
    if run.job["name"] != DraftJob.name or not run.job.get("params", {}).get("limit"):
        return None
    job = cast(DraftJob, jobs.build(run.job))
    done = run.items.filter(status=RunItem.Status.DONE, batch=None).count()
    return budgets.projection(run, done + job.wanted(run.dataset).count())
