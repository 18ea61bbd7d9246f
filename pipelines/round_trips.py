"""The round-trip report: how well sources come back, as a distribution for each language and each family of languages."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from annotation.models import Dataset
from core.languages import language
from pipelines.models import Run, RunItem
from pipelines.providers import providers

METRICS = ("chrf", "bleu", "ter")
OTHER = "other"


@dataclass(frozen=True)
class Box:
    """One distribution of scores: its extremes, quartiles (linear between values) and mean, and what they are of."""

    name: str
    """A language's tag or a family's name."""
    family: str
    metric: str
    n: int
    low: float
    q1: float
    median: float
    q3: float
    high: float
    mean: float


@dataclass(frozen=True)
class Report:
    """What one run found; ``languages`` and ``families`` have the boxes of a metric together, the lowest median first."""

    run: int
    provider: str
    recorded: bool
    """Whether any answer was a recording."""
    asked: int
    failed: int
    """Sources that did not come back; they are in no box."""
    languages: list[Box]
    families: list[Box]
    signatures: dict[str, list[str]]

    def of(self, metric: str) -> tuple[list[Box], list[Box]]:
        """The boxes of one metric: of languages, of families."""
        return [one for one in self.languages if one.metric == metric], [one for one in self.families if one.metric == metric]

    def plain(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return asdict(self)


def report(run: Run) -> Report:
    """The distributions of a round-trip run as far as it is."""
    rows = list(run.items.filter(status=RunItem.Status.DONE).order_by("pk").values_list("result", flat=True))
    by_language: dict[tuple[str, str], list[float]] = defaultdict(list)
    signatures: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for metric in METRICS:
            by_language[metric, row["language"]].append(row[metric])
            signatures[metric].add(row["signatures"][metric])
    by_family: dict[tuple[str, str], list[float]] = defaultdict(list)
    for (metric, tag), values in by_language.items():
        by_family[metric, family(tag)].extend(values)
    asked = providers.build(run.job["params"]["provider"])
    return Report(
        run=run.pk,
        provider=f"{asked.name}:{asked.model_name}".rstrip(":"),
        recorded=any(row["recorded"] for row in rows),
        asked=run.items.count(),
        failed=run.items.filter(status=RunItem.Status.DEAD).count(),
        languages=_boxes({key: (family(key[1]), values) for key, values in by_language.items()}),
        families=_boxes({key: (key[1], values) for key, values in by_family.items()}),
        signatures={metric: sorted(found) for metric, found in signatures.items()},
    )


def latest(dataset: Dataset) -> Report | None:
    """The last report of a dataset that has come to its end; None when there is none."""
    found = runs(dataset).filter(status=Run.Status.DONE).first()
    return report(found) if found else None


def of_languages(dataset: Dataset, tags: Iterable[str]) -> dict[str, Any] | None:
    """The last finished report's chrF++ of these languages as plain values, for a release; None when there is no such report."""
    found, wanted = latest(dataset), set(tags)
    boxes = [asdict(box) for box in found.of("chrf")[0] if box.name in wanted] if found else []
    if found is None or not boxes:
        return None
    return {"provider": found.provider, "recorded": found.recorded, "signature": found.signatures["chrf"], "boxes": boxes}


def runs(dataset: Dataset) -> Any:
    """The dataset's round-trip runs, the newest first."""
    return dataset.runs.filter(job__name="round_trip_report").order_by("-pk")


def family(tag: str) -> str:
    """The family of a language by our own small table; ``other`` where it has none."""
    return _families().get(language(tag).tag.split("-")[0], OTHER)


@lru_cache
def _families() -> dict[str, str]:
    table = yaml.safe_load((Path(__file__).parent / "families.yaml").read_text(encoding="utf-8"))
    return {tag: name for name, tags in table.items() for tag in tags}


def _boxes(values: dict[tuple[str, str], tuple[str, list[float]]]) -> list[Box]:
    made = []
    for (metric, name), (of, numbers) in values.items():
        low, q1, median, q3, high = (round(float(one), 2) for one in np.percentile(numbers, (0, 25, 50, 75, 100)))
        made.append(Box(name, of, metric, len(numbers), low, q1, median, q3, high, round(float(np.mean(numbers)), 2)))
    return sorted(made, key=lambda box: (METRICS.index(box.metric), box.median, box.name))
