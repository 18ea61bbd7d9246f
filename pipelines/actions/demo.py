"""The demonstration: our own small dataset, recorded drafts, and — only when the story is told — a simulated crowd."""

import json
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from annotation.actions import campaigns, datasets
from annotation.models import Campaign, Dataset, Unit
from core.models import User
from pipelines.actions import crowd, drafts, evaluations, imports, releases, runs
from pipelines.baselines import baselines
from pipelines.importers import importers
from pipelines.models import Release
from pipelines.providers import provider

FOLDER = Path(__file__).resolve().parent.parent / "demo"
SLUG = "demo"
LANGUAGES = ("ar", "es", "my", "sw")
VERSION = "0.1.0"
BASELINES = ("majority", "tfidf_logreg")
DESCRIPTION = (
    "Sixty premise–hypothesis pairs, twelve multiple-choice questions and three small tables, written for Dragoman. "
    "The drafts are recorded texts with deliberate faults, not the work of a live model."
)
GUIDELINE = (FOLDER / "guideline.md").read_text(encoding="utf-8")
Told = Callable[[str], None]


def load_demo(*, by: User | None, told: Told = lambda _: None) -> Dataset:
    """The demo dataset: imported, drafted from the recordings and with its campaign open. Doing it again changes nothing."""
    dataset = Dataset.objects.filter(slug=SLUG).first() or _create(by)
    if not dataset.items.exists():
        told("importing the demo dataset")
        importer = importers.build("jsonl")
        run = imports.start(dataset, FOLDER / "items.jsonl", importer=importer, name="items.jsonl", by=by)
        runs.work_here(run)
    if Unit.objects.filter(item__dataset=dataset, status=Unit.Status.NEW).exists():
        told("drafting from the recordings")
        run = drafts.start(dataset, languages=LANGUAGES, provider=provider("replay:demo"), by=by)
        runs.work_here(run)
    if not dataset.campaigns.exists():
        _open_campaign(dataset, by)
    return dataset


def _create(by: User | None) -> Dataset:
    schema = yaml.safe_load((FOLDER / "schema.yaml").read_text(encoding="utf-8"))
    return datasets.create(
        slug=SLUG, name="Dragoman demo", schema=schema, languages=LANGUAGES, description=DESCRIPTION, by=by
    )


def _open_campaign(dataset: Dataset, by: User | None) -> Campaign:
    campaign = campaigns.create(
        dataset, slug="post-edit", name="Post-edit, then verify", guideline=GUIDELINE, by=by
    )  # fmt: skip
    campaigns.open_campaign(campaign, by=by)
    return campaign


def tell(*, by: User | None, told: Told = lambda _: None) -> dict[str, Any]:
    """The whole story on the demo dataset, with a simulated crowd; what was made, as `manage.py demo --json` prints it.

    A release that is there already is not made again; ``seconds`` is the time of each stage by this machine's clock.
    """
    seconds: dict[str, float] = {}
    with _timed(seconds, "import_and_draft"):
        dataset = load_demo(by=by, told=told)
    with _timed(seconds, "crowd_and_experts"):
        told("a simulated crowd post-edits, simulated experts verify")
        crowd.simulate(dataset.campaigns.get(slug="post-edit"), people=6, experts=3, skill=0.95, answers=_right_answers())
    with _timed(seconds, "release"):
        told(f"releasing {VERSION}")
        release = _release(dataset, by)
    with _timed(seconds, "baselines"):
        told(f"scoring {', '.join(BASELINES)}")
        scores = _evaluate(release, by)
    return {
        "dataset": dataset.slug,
        "release": release.version,
        "folder": str(releases.folder(release)),
        "files": list(release.files.order_by("path").values("path", "sha256")),
        "scores": scores,
        "seconds": seconds,
    }


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Any:
    began = time.monotonic()
    yield
    seconds[stage] = round(time.monotonic() - began, 2)


def _right_answers() -> Callable[[Unit], dict[str, Any] | None]:
    """What a skilled person would write for a unit whose recorded draft is faulty; None where the draft is right."""
    faults = json.loads((FOLDER / "faults.json").read_text(encoding="utf-8"))

    def answer(unit: Unit) -> dict[str, Any] | None:
        fault = faults.get(unit.language, {}).get(unit.item.key)
        return fault and fault["correct"]

    return answer


def _release(dataset: Dataset, by: User | None) -> Release:
    release = dataset.releases.filter(version=VERSION).first()
    if release is None:
        release = releases.freeze(dataset, VERSION, by=by)
    if release.status == Release.Status.FROZEN:
        runs.work_here(releases.build(release, by=by))
        release.refresh_from_db()
    if release.status == Release.Status.BUILT:
        releases.publish(release, by=by)
    return release


def _evaluate(release: Release, by: User | None) -> list[dict[str, Any]]:
    made = []
    for name in BASELINES:
        made += evaluations.start(release, baseline=baselines.build(name), languages=LANGUAGES, by=by)
    for run in {evaluation.run for evaluation in made if evaluation.run}:
        runs.work_here(run)
    return evaluations.scores(made)
