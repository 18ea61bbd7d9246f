"""`manage.py make`: a step makes new items of a dataset's items, here and now."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from core.errors import Invalid
from core.management.base import DragomanCommand
from core.told import told
from pipelines.actions import makings, runs
from pipelines.management import batched
from pipelines.management.named import dataset_of
from pipelines.models import Run
from pipelines.providers import provider


class Command(DragomanCommand):
    help = "Make items: queries of passages, options of answers, variants of texts. `make --list DATASET` names the steps."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="its slug")
        parser.add_argument("step", nargs="?", help="generate_queries, generate_qa, localise …; see --list")
        parser.add_argument("--list", action="store_true", dest="listed", help="name the steps, and what each makes")
        parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the step, as JSON or plain text")
        parser.add_argument("--source", help="kind of the items that something is made of")
        parser.add_argument("--kind", default="", help="kind of the items that are made; the source's own when left out")
        parser.add_argument("--field", action="append", default=[], metavar="MADE=FIELD", help="what the kind calls a field the step fills")
        parser.add_argument("--lang", action="append", default=[], help="language to make items in; may be given again")
        parser.add_argument("--text", choices=["source", "translation"], default="source", help="what is read")
        parser.add_argument("--provider", help="openai:MODEL, replay:FILE or replay:demo")
        parser.add_argument("--judge", help="provider that judges; not the one that writes")
        parser.add_argument("--same-judge", action="store_true", help="the writer may judge its own work")
        parser.add_argument("--limit", type=int, help="at most so many items of the source kind")
        parser.add_argument("--pilot", action="store_true", help="20 items at random")
        batched.add_arguments(parser)
        parser.add_argument("--budget", type=Decimal, help="US dollars this run may spend; no call is made that could pass it")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        if options["listed"]:
            return self._list()
        dataset = dataset_of(options["dataset"])
        if not options["step"] or not options["source"]:
            raise Invalid("Say which step, and with --source of which kind of items; --list names the steps.")
        run = makings.start(
            dataset,
            {"name": options["step"], "params": dict(_pair(one, as_json=True) for one in options["set"])},
            source=options["source"],
            kind=options["kind"],
            languages=options["lang"] or [dataset.source_language],
            by=None,
            provider=options["provider"] and provider(options["provider"]),
            judge=options["judge"] and provider(options["judge"]),
            same_judge=options["same_judge"],
            fields=dict(_pair(one) for one in options["field"]),
            text=options["text"],
            limit=options["limit"],
            pilot=options["pilot"],
            budget=options["budget"],
            batching=batched.way(options),
        )
        run = runs.work_here(run, lambda far: self.progress(far.done + far.dead, far.total, f"{far.cost:.4f} USD"))
        return self._told(run) | batched.waiting(self, run, options["write_batch"])

    def _list(self) -> dict[str, Any]:
        """Every step that makes items, with its first line and what it fills."""
        found = {}
        for name, step in makings.makers().items():
            found[name] = {"what": step.about(), "makes": list(step.makes or ()), "parameters": list(step.model_fields)}
            self.say(f"{name}: {step.about()}\n    makes {', '.join(step.makes or ()) or 'the same texts in other words'}")
        return {"steps": found}

    def _told(self, run: Run) -> dict[str, Any]:
        far, came = runs.summary(run), makings.result(run)
        self.say(f"Run {run.pk} is {run.get_status_display()}. {run.message}".strip())
        self.say(f"{came.made} items made, {came.there} were there already, {came.refused} refused, {far.dead} given up.")
        for key, tag, why in came.reasons[:10]:
            self.say(f"  {key} ({tag}): {why}")
        return {
            "run": run.pk, "status": run.status, "message": run.message, **asdict(came), "dead": far.dead,
            "cost": far.cost, "calls": far.calls, "errors": far.errors,
        }  # fmt: skip


def _pair(text: str, *, as_json: bool = False) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Invalid(told("{text!r}: write NAME=VALUE.", text=text))
    try:
        return name, json.loads(value) if as_json else value
    except ValueError:
        return name, value
