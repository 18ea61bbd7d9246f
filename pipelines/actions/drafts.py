"""Drafting: have machines translate a dataset's units, and see what came of it."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal

from django.db import connection
from django.db.models import Count

from annotation import policies
from annotation.models import Dataset
from core.errors import Invalid
from core.languages import language
from core.models import User
from core.policy import require
from pipelines import judging
from pipelines.actions import runs
from pipelines.jobs.draft import DraftJob
from pipelines.models import Run, RunItem
from pipelines.providers import Provider
from pipelines.steps import DEFAULT, steps

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
) -> Run:
    """Have a provider draft the units that have no draft yet, and check the imported ones unless they are skipped.

    ``judges`` are names of judging steps, which ask ``judge``: refused where that is the translator, unless ``same_judge``.
    With an ``embedder`` sources and back-translations are compared by their embeddings, too.
    """
    require(policies.start_run(by, dataset))
    others = [one for one in (judge, embedder) if one is not None]
    for one in (provider, *others):
        runs.check_provider(one, by=by)
    tags = [language(tag).tag for tag in languages]
    if unknown := sorted(set(tags) - set(dataset.language_tags)):
        there = ", ".join(dataset.language_tags) or "none yet"
        raise Invalid(f"{', '.join(unknown)}: no language of this dataset. It has {there}.", {"languages": "unknown"})
    kinds = list(kinds)
    for kind in kinds:
        dataset.kinds.kind(kind)
    route = {"name": "route", "params": {"threshold": threshold, "percentile": percentile, "audit": audit}}
    further = [*(["embedding"] if embedder else []), *judges]
    way = [one for step in DEFAULT for one in ([*further, route] if step == "route" else [step])]
    specs = {"provider": provider.spec(), "judge": judge and judge.spec()}
    built = [steps.build(one) for one in way]
    if why := judging.problem(built, specs["provider"], specs["judge"], same_judge=same_judge):
        raise Invalid(why, {"judge": "cannot judge here"})
    job = DraftJob(
        languages=tags,
        kinds=kinds,
        limit=limit,
        existing=existing,
        steps=way,
        same_judge=same_judge,
        embedder=embedder and embedder.spec(),
        **specs,
    )
    return runs.start(dataset, job, by=by)


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
    }
