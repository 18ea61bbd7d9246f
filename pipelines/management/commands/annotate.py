"""`manage.py annotate`: put a campaign's tasks to a model, and show how its answers agree with people's."""

from argparse import ArgumentParser
from decimal import Decimal
from typing import Any

from core.management.base import DragomanCommand
from pipelines import machine_agreement
from pipelines.actions import annotators, runs
from pipelines.management import batched
from pipelines.management.named import campaign_of
from pipelines.providers import provider


class Command(DragomanCommand):
    help = "Have a model answer what people are asked. Its answers stand beside theirs and are counted nowhere among them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="its slug")
        parser.add_argument("campaign", help="its slug")
        parser.add_argument("--provider", required=True, help="openai:MODEL, openai:MODEL@ENDPOINT or replay:FILE")
        parser.add_argument("--lang", action="append", default=[], help="only tasks in this language; may be given again")
        parser.add_argument("--limit", type=int, help="at most so many tasks, the oldest first")
        batched.add_arguments(parser)
        parser.add_argument("--budget", type=Decimal, help="US dollars this run may spend; no call is made that could pass it")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        found = campaign_of(options["dataset"], options["campaign"])
        wishes = {"languages": options["lang"], "limit": options["limit"], "budget": options["budget"]}
        wishes["batching"] = batched.way(options)
        run = annotators.start(found, provider=provider(options["provider"]), by=None, **wishes)
        run = runs.work_here(run, lambda far: self.progress(far.done + far.dead, far.total, f"{far.cost:.4f} USD"))
        far, agreed = runs.summary(run), machine_agreement.of_campaign(found)
        self.say(f"Run {run.pk} is {run.get_status_display()}: {far.done:,} answered, {far.dead:,} given up. {run.message}".strip())
        for one in agreed:
            self.say(f"{one.annotator}, {one.language} {one.question}".strip() + f": {one.tasks:,} tasks with {one.people} people")
            for name, ours, _theirs in one.rows:
                self.say(f"  {name}: {'undefined' if ours.value is None else f'{ours.value:.3f}'}")
            omega = one.test.winning_rate
            self.say(f"  ω: {'none' if omega is None else f'{omega:.2f}'} (ε {one.test.epsilon}) {one.test.reason}".rstrip())
        waiting = batched.waiting(self, run, options["write_batch"])
        return waiting | {
            "run": run.pk, "status": run.status, "message": run.message, "answered": far.done, "given_up": far.dead, "calls": far.calls,
            "cost": far.cost, "errors": far.errors, "agreement": [record for one in agreed for record in one.records(found)],
        }  # fmt: skip
