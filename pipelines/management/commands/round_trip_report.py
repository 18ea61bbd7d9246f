"""`manage.py round_trip_report`: how well a sample of each language's sources comes back, here and now."""

from argparse import ArgumentParser
from typing import Any

from core.management.base import DragomanCommand
from pipelines import round_trips as reports
from pipelines.actions import round_trips, runs
from pipelines.management.named import dataset_of
from pipelines.providers import provider


class Command(DragomanCommand):
    help = "Translate a sample of sources into each language and back, and show the distribution of what comes back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="its slug")
        parser.add_argument("--lang", action="append", default=[], help="target language; may be given again; all when left out")
        parser.add_argument("--provider", required=True, help="openai:MODEL, apertium, replay:FILE or replay:demo")
        parser.add_argument("--n", type=int, default=100, help="so many sources a language")
        parser.add_argument("--seed", type=int, default=0, help="another seed, another sample")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        dataset = dataset_of(options["dataset"])
        run = round_trips.start(
            dataset,
            languages=options["lang"] or dataset.language_tags,
            provider=provider(options["provider"]),
            by=None,
            n=options["n"],
            seed=options["seed"],
        )
        run = runs.work_here(run, lambda far: self.progress(far.done + far.dead, far.total, f"{far.cost:.4f} USD"))
        found, far = reports.report(run), runs.summary(run)
        self.say(f"Run {run.pk} is {run.get_status_display()}. {run.message}".strip())
        for box in found.of("chrf")[0]:
            self.say(f"{box.name}: chrF++ median {box.median:.1f}, quartiles {box.q1:.1f} to {box.q3:.1f}, of {box.n} sources")
        return found.plain() | {
            "status": run.status, "message": run.message, "cost": far.cost, "calls": far.calls, "errors": far.errors
        }  # fmt: skip
