"""Evaluating: a baseline's answers to a release's rows, and the signed scores they come to."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, ClassVar

from core.errors import Conflict
from pipelines import scores
from pipelines.answering import Answering, withheld
from pipelines.baselines import baselines
from pipelines.endpoints import reaching
from pipelines.generate import Done, each, put_back
from pipelines.jobs import Job, Lease
from pipelines.models import Evaluation, Run, RunItem
from pipelines.providers import providers
from pipelines.records import Generate, NotGenerated, Row

Result = tuple[RunItem, dict[str, Any]]
# Failures that are the model's own, and so its wrong answer; any other says nothing about the model.
WRONG = ("refusal", "truncated", "filtered", "schema")


class Evaluate(Job):
    """First the predictions, fold by fold or row by row; then, from those on record, the scores."""

    name: ClassVar[str] = "evaluate"
    label: ClassVar[str] = "Evaluate a baseline"
    example: ClassVar[dict[str, Any]] = {"evaluations": [1], "baseline": {"name": "majority"}}

    evaluations: list[int]
    """The rows of Evaluation, one for each kind and language."""
    baseline: dict[str, Any]
    """Spec of the baseline."""
    provider: dict[str, Any] | None = None
    """Spec of the provider, for a baseline that asks a model."""

    @property
    def chunk(self) -> int:  # type: ignore[override]
        """Many rows at once for a model; one piece at a time for who learns, so that workers share them."""
        return 32 if baselines.build(self.baseline).asks else 1

    def plan(self, run: Run) -> Iterable[dict[str, Any]]:
        asks = baselines.build(self.baseline).asks
        for task in self._tasks():
            if asks:
                known = set(task.evaluation.predictions.values_list("key", flat=True))
                yield from ({"evaluation": task.pk, "key": row.key} for row in task.rows() if row.key not in known)
            else:
                yield from ({"evaluation": task.pk, "part": part} for part in range(task.parts))
            yield {"stage": 1, "evaluation": task.pk}

    def work(self, run: Run, items: list[RunItem], lease: Lease) -> Iterator[Result]:
        tasks = {task.pk: task for task in self._tasks({item.payload["evaluation"] for item in items})}
        if "key" in items[0].payload:
            yield from self._ask(run, items, lease, tasks)
            return
        for item in items:
            task, part = tasks[item.payload["evaluation"]], item.payload.get("part")
            if part is None:
                yield from _score(task.evaluation, run, item, lease)
                continue
            answers = task.predict(baselines.build(self.baseline), part)
            with lease.writing(item):
                task.keep(answers)
                yield item, {"rows": len(answers)}

    def _tasks(self, only: Iterable[int] | None = None) -> Iterator[Answering]:
        wanted = Evaluation.objects.filter(pk__in=self.evaluations if only is None else only)
        return map(Answering, wanted.select_related("release__dataset").order_by("pk"))

    def _ask(self, run: Run, items: list[RunItem], lease: Lease, tasks: dict[int, Answering]) -> Iterator[Result]:
        """Have the model answer all the items' rows at once, and keep each answer as it comes."""
        baseline, rows = baselines.build(self.baseline), _rows(items, tasks)

        async def answer(item: RunItem, generate: Generate) -> str | None:
            return await baseline.answer(withheld(rows[item.pk]), generate)

        provider = reaching(providers.build(self.provider or {}))
        for done in chain.from_iterable(each(items, answer, run=run, provider=provider, concurrency=len(items))):
            item = done.thing
            if (detail := _detail(done)) is None:
                put_back(lease, item, done.error)
                continue
            with lease.writing(item):
                tasks[item.payload["evaluation"]].keep([(rows[item.pk], done.result)], detail)
                yield item, detail


def _rows(items: list[RunItem], tasks: dict[int, Answering]) -> dict[int, Row]:
    """Each item's row, read in one query for each evaluation."""
    found: dict[int, Row] = {}
    for pk, task in tasks.items():
        mine = {item.payload["key"]: item.pk for item in items if item.payload["evaluation"] == pk}
        found |= {mine[row.key]: row for row in task.rows(mine)}
    return found


def _detail(done: Done[RunItem, str | None]) -> dict[str, Any] | None:
    """What to note beside an answer; None when there is none yet and the row must be asked again."""
    if done.error is None:
        return {"cached": done.cached} | ({} if done.result is not None else {"outcome": "unreadable"})
    if isinstance(done.error, NotGenerated) and done.error.outcome in WRONG:
        return {"outcome": done.error.outcome, "error": str(done.error)[:500]}
    return None


def _score(evaluation: Evaluation, run: Run, item: RunItem, lease: Lease) -> Iterator[Result]:
    """The scores, or, where rows were given up, a failed evaluation that a resumed run completes."""
    try:
        made = scores.compute(evaluation)
        with lease.writing(item):
            scores.replace(evaluation, made)
            Evaluation.flow.move(evaluation, "score", by=run.created_by)
            yield item, {"scores": len(made)}
    except Conflict as missing:
        if Evaluation.flow.allows(evaluation, "fail"):
            Evaluation.flow.move(evaluation, "fail", by=run.created_by, data={"why": str(missing)})
        lease.fail(item, "incomplete", str(missing), again=False)
