"""`manage.py evaluate`: have a baseline answer a release, and print its signed scores."""

from argparse import ArgumentParser
from typing import Any

from core.errors import DragomanError, Missing
from core.management.base import DragomanCommand
from core.told import told
from pipelines.actions import evaluations, runs
from pipelines.baselines import baselines
from pipelines.models import Evaluation, Release
from pipelines.providers import provider


class Command(DragomanCommand):
    help = "Score a baseline on a built release, in one or more languages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="its slug")
        parser.add_argument("release", metavar="version", help="the release's version")
        parser.add_argument("--baseline", required=True, help=", ".join(baselines.all))
        parser.add_argument("--lang", action="append", required=True, help="language; may be given again")
        parser.add_argument("--kind", action="append", default=[], help="only this kind; may be given again")
        parser.add_argument("--provider", help="for a baseline that asks a model: openai:MODEL, replay:FILE")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        where = {"dataset__slug": options["dataset"], "version": options["release"]}
        release = Release.objects.select_related("dataset").filter(**where).first()
        if release is None:
            raise Missing(told("There is no release {dataset} {version}.", dataset=options["dataset"], version=options["release"]))
        started = evaluations.start(
            release,
            baseline=baselines.build(options["baseline"]),
            languages=options["lang"],
            kinds=options["kind"],
            provider=provider(options["provider"]) if options["provider"] else None,
            by=None,
        )
        for run in {row.run for row in started if row.run}:
            runs.work_here(run, lambda far: self.progress(far.done + far.dead, far.total, "parts"))
        scores = evaluations.scores(started)
        for score in scores:
            low, high = score["interval"]
            name = f"{score['baseline']} {score['kind']} {score['language']} {score['metric']}"
            self.say(f"{name}: {score['value']:.2f} [{low:.2f}, {high:.2f}]")
        self._complain(started)
        return {"dataset": options["dataset"], "release": release.version, "scores": scores}

    def _complain(self, started: list[Evaluation]) -> None:
        """Say, in place of a result, what could not be scored and why."""
        for row in started:
            row.refresh_from_db()
            if row.status != Evaluation.Status.SCORED:
                failed = row.run and row.run.items.exclude(error="").values_list("error", flat=True).first()
                raise DragomanError(told("{row} was not scored: {why}", row=row, why=(row.run and row.run.message) or failed))
