"""`manage.py draft`: machines translate a dataset's units, here and now."""

import time
from argparse import ArgumentParser
from decimal import Decimal
from typing import Any

from core.management.base import DragomanCommand
from pipelines.actions import drafts, runs
from pipelines.management import batched
from pipelines.management.named import dataset_of
from pipelines.models import Run
from pipelines.providers import provider


class Command(DragomanCommand):
    help = "Have a model draft the translations of a dataset: translate, check, translate back, route."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="its slug")
        parser.add_argument("--lang", action="append", required=True, help="target language; may be given again")
        parser.add_argument("--provider", required=True, help="openai:MODEL, apertium, replay:FILE or replay:demo")
        parser.add_argument("--limit", type=int, help="at most so many units")
        parser.add_argument("--kind", action="append", default=[], help="only this kind; may be given again")
        parser.add_argument("--existing", choices=["check", "skip"], default="check", help="imported texts: check or skip")
        parser.add_argument("--threshold", type=float, default=45.0, help="chrF++ of the way back, at least")
        parser.add_argument("--percentile", type=int, help="instead, this percentile of the language's own chrF++, at least")
        parser.add_argument("--audit", type=float, default=0.05, help="share of what passes that people look at all the same")
        parser.add_argument("--judge", help="provider that judges; not the one that translates")
        parser.add_argument("--judge-by", action="append", default=[], help="judge_rubric, judge_mqm or judge_pairwise; again for more")
        parser.add_argument("--same-judge", action="store_true", help="the translator may judge its own work")
        parser.add_argument("--embedder", help="provider of embeddings, such as openai_embeddings:MODEL")
        parser.add_argument("--pilot", action="store_true", help="20 units at random, and what all would cost by them")
        parser.add_argument("--together", type=int, default=1, metavar="N", help="so many short units in one request")
        batched.add_arguments(parser)
        parser.add_argument("--budget", type=Decimal, help="US dollars this run may spend; no call is made that could pass it")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        dataset = dataset_of(options["dataset"])
        began = time.monotonic()
        run = drafts.start(
            dataset,
            languages=options["lang"],
            provider=provider(options["provider"]),
            by=None,
            kinds=options["kind"],
            limit=options["limit"],
            existing=options["existing"],
            threshold=options["threshold"],
            pilot=options["pilot"],
            budget=options["budget"],
            together=options["together"],
            batching=batched.way(options),
            percentile=options["percentile"],
            audit=options["audit"],
            judges=options["judge_by"],
            judge=options["judge"] and provider(options["judge"]),
            same_judge=options["same_judge"],
            embedder=options["embedder"] and provider(options["embedder"]),
        )
        run = runs.work_here(run, self._show)
        return self._told(run, began) | batched.waiting(self, run, options["write_batch"])

    def _told(self, run: Run, began: float) -> dict[str, Any]:
        """What came of it, said and as the command's JSON."""
        far, came = runs.summary(run), drafts.result(run)
        self.say(f"Run {run.pk} is {run.get_status_display()}. {run.message}".strip())
        self.say(f"{far.done} units: {came['passed']} passed, {came['people']} to people, {far.dead} given up.")
        if (whole := came["projection"]) is not None:
            self.say(f"All {whole.of} would cost {whole.cost:.2f} US dollars ({whole.low:.2f} to {whole.high:.2f}).")
        return {
            "run": run.pk,
            "status": run.status,
            "message": run.message,
            "units": far.total,
            "dead": far.dead,
            **came,
            "cost": far.cost,
            "unpriced": far.unpriced,
            "estimated": far.estimated,
            "calls": far.calls,
            "tokens": {"prompt": far.prompt_tokens, "completion": far.completion_tokens},
            "errors": far.errors,
            "seconds": round(time.monotonic() - began, 2),
        }

    def _show(self, far: runs.Summary) -> None:
        eta = f", {far.eta_seconds:.0f} s to go" if far.eta_seconds else ""
        self.progress(far.done + far.dead, far.total, f"{far.rate_per_minute:.0f} a minute{eta}, {far.cost:.4f} USD")
