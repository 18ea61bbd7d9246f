"""Evaluations: start a baseline on a release, read its scores, make them again."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from annotation import policies
from annotation.schema import Schema
from core.errors import Conflict, Invalid
from core.events import record
from core.languages import language
from core.models import User
from core.policy import require
from core.told import joined, told
from pipelines import scores as scored
from pipelines.actions import runs
from pipelines.answering import Answering
from pipelines.baselines import Baseline
from pipelines.building import schema_of
from pipelines.jobs.evaluate import Evaluate
from pipelines.models import Evaluation, Release
from pipelines.providers import Provider
from pipelines.rows import unanswerable

TO_EVALUATE = (Release.Status.BUILT, Release.Status.PUBLISHED)


def start(
    release: Release,
    *,
    baseline: Baseline,
    languages: Iterable[str],
    kinds: Iterable[str] = (),
    provider: Provider | None = None,
    by: User | None,
) -> list[Evaluation]:
    """Have a baseline answer a release in the languages, in one run; what was scored before is not done again.

    Without `kinds`, all that a baseline can answer and that have rows.
    """
    require(policies.start_run(by, release.dataset))
    if release.status not in TO_EVALUATE:
        raise Conflict(told(
            "{release} is {status}: scores name the files they are for, so build it first.",
            release=release, status=told(release.get_status_display()),
        ))
    if baseline.asks and provider is None:
        raise Invalid(told(
            "{name} asks a model: say which, such as openai:MODEL.",
            name=baseline.name,
        ), {"provider": told("is missing")})
    if provider is not None:
        runs.check_provider(release.dataset, provider, by=by)
    tasks = _tasks(release, list(languages), list(kinds), learns=not baseline.asks)
    with transaction.atomic():
        found = [_evaluation(task, baseline, provider) for task in tasks]
        if waiting := [row for row in found if _to_do(row)]:
            _run(waiting, baseline, provider, by)
    return found


def _tasks(release: Release, languages: list[str], kinds: list[str], *, learns: bool) -> list[Answering]:
    """What is to be answered; of kinds that nobody named, only where there is something to learn from."""
    places = _places(release, languages, kinds)
    tasks = [Answering(Evaluation(release=release, kind=kind, language=tag)) for tag, kind in places]
    lost = [task for task in tasks if learns and not task.train and task.parts < 2]
    if lost and (kinds or len(lost) == len(tasks)):
        where = ", ".join(f"{task.evaluation.kind} ({task.evaluation.language})" for task in lost)
        raise Invalid(told("There is nothing to learn from: all rows hang on one source text, for {where}.", where=where))
    return [task for task in tasks if task not in lost]


def _places(release: Release, languages: list[str], kinds: list[str]) -> list[tuple[str, str]]:
    """Languages with kinds to answer in them."""
    schema, tags = schema_of(release), sorted({language(tag).tag for tag in languages})
    there = set(release.items.order_by().values_list("language", "kind").distinct())
    wanted = _answerable(release, schema, kinds)
    for tag in tags:
        if not any(at == tag for at, _ in there):
            raise Invalid(told(
                "{release} has no rows in {language} ({tag}).",
                release=release, language=language(tag), tag=tag,
            ), {"languages": told("has no {name}", name=tag)})
        if not any((tag, kind) in there for kind in wanted):
            raise Invalid(told(
                "{release} has no rows of {wanted} in {language} ({tag}).",
                release=release, wanted=" or ".join(wanted), language=language(tag), tag=tag,
            ))
    if not tags:
        raise Invalid("Say in which languages.", {"languages": told("is missing")})
    return [(tag, kind) for tag in tags for kind in wanted if (tag, kind) in there]


def _answerable(release: Release, schema: Schema, kinds: list[str]) -> list[str]:
    for kind in kinds:
        if kind not in schema.released:
            raise Invalid(told(
                "{release} has no kind {kind!r}: it has {there}.",
                release=release, kind=kind, there=", ".join(schema.released),
            ), {"kinds": told("is unknown")})
        if reason := unanswerable(schema, kind):
            raise Invalid(reason, {"kinds": reason})
    wanted = kinds or [kind for kind in schema.released if not unanswerable(schema, kind)]
    if not wanted:
        raise Invalid(joined(filter(None, (unanswerable(schema, kind) for kind in schema.released))))
    return wanted


def _evaluation(task: Answering, baseline: Baseline, provider: Provider | None) -> Evaluation:
    how = f"provider:{provider.signature()}" if baseline.asks and provider else task.how
    place = {name: getattr(task.evaluation, name) for name in ("release", "kind", "language")}
    signature = f"{baseline.signature()}|{how}"
    found, _ = Evaluation.objects.get_or_create(**place, signature=signature, defaults={"baseline": baseline.spec()})
    return found


def _to_do(row: Evaluation) -> bool:
    """Whether nothing works on it: it is neither scored nor in a run that still goes on."""
    return row.status != Evaluation.Status.SCORED and (row.run is None or row.run.status != row.run.Status.RUNNING)


def _run(waiting: list[Evaluation], baseline: Baseline, provider: Provider | None, by: User | None) -> None:
    job = Evaluate(
        evaluations=[row.pk for row in waiting],
        baseline=baseline.spec(),
        provider=provider.spec() if provider and baseline.asks else None,
    )
    run = runs.start(waiting[0].release.dataset, job, by=by)
    for row in waiting:
        Evaluation.objects.filter(pk=row.pk).update(run=run)
        row.run = run
        record("start", row, by=by, data={"baseline": row.signature, "run": run.pk})


def rescore(evaluation: Evaluation, *, by: User | None) -> None:
    """Delete an evaluation's scores and make them again from its predictions: they come out the same."""
    require(policies.start_run(by, evaluation.release.dataset))
    made = scored.compute(evaluation)
    with transaction.atomic():
        scored.replace(evaluation, made)
        Evaluation.flow.move(evaluation, "score", by=by)


def scores(evaluations: Iterable[Evaluation]) -> list[dict[str, Any]]:
    """Their scores as plain data, in order of language, kind, baseline and metric."""
    rows = [score for one in evaluations for score in one.scores.select_related("evaluation")]
    rows.sort(key=lambda s: (s.evaluation.language, s.evaluation.kind, s.evaluation.signature, s.metric))
    return [
        {
            "baseline": score.evaluation.baseline["name"],
            "kind": score.evaluation.kind,
            "language": score.evaluation.language,
            "metric": score.metric,
            "value": round(score.value, 4),
            "interval": [round(score.low, 4), round(score.high, 4)],
            "n": score.n,
            "clusters": score.clusters,
            "signature": score.signature,
        }
        for score in rows
    ]
