"""A first look at a provider, language by language: a sample of sources goes there and back, and only the scores are kept."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.db.models import F, TextField, Value
from django.db.models.functions import MD5, Cast, Concat
from pydantic import Field

from annotation.models import Unit
from core.languages import language
from core.told import told
from pipelines import score_batches
from pipelines.endpoints import reaching
from pipelines.generate import Done, each, put_back
from pipelines.jobs import Job, Lease
from pipelines.models import Run, RunItem
from pipelines.providers import providers
from pipelines.records import Draft, Generate, NotGenerated, text_of, texts
from pipelines.starting import starts
from pipelines.steps import steps
from pipelines.steps._scores import scorer

EMPTY = told("The source has no text.")
NO_WAY_BACK = told("The model gave no back-translation.")


@dataclass
class Trip:
    """One source on its way there and back, with its run item."""

    item: RunItem
    start: Draft


class RoundTripReport(Job):
    """A sample of each language's sources is translated and translated back, before any work starts; units stay as they are.

    It asks by the same prompts as the drafting does, so that what it has paid for is not paid for again.
    """

    name: ClassVar[str] = "round_trip_report"
    label: ClassVar[str] = "Round-trip report"
    queue: ClassVar[str] = "models"
    chunk: ClassVar[int] = 160
    example: ClassVar[dict[str, Any]] = {"languages": ["sw"], "provider": {"name": "replay", "params": {"transcript": "demo"}}}

    languages: list[str] = Field(min_length=1)
    """Target languages, by tag."""
    provider: dict[str, Any]
    """Spec of the provider that is asked."""
    n: int = Field(100, ge=1, le=10_000)
    """So many sources a language, drawn at random."""
    seed: int = 0
    """Another seed, another sample. One seed draws the same sources in every language."""
    concurrency: int = Field(32, ge=1, le=256)
    """At most so many calls of a worker are under way at once."""

    def plan(self, run: Run) -> Iterable[dict[str, Any]]:
        kinds = [name for name, kind in run.dataset.kinds.kinds.items() if kind.translatable]
        drawn = MD5(Concat(Cast(F("item"), TextField()), Value(f":{self.seed}"), output_field=TextField()))
        wanted = Unit.objects.filter(item__dataset=run.dataset, item__kind__in=kinds).order_by(drawn, "pk")
        for tag in self.languages:
            # What a machine made in this language has no way there.
            for pk in wanted.filter(language=tag).exclude(item__language=tag).values_list("pk", flat=True)[: self.n]:
                yield {"unit": pk, "language": tag}

    def work(self, run: Run, items: list[RunItem], lease: Lease) -> Iterator[tuple[RunItem, dict[str, Any]]]:
        way = [steps.build(name) for name in ("translate", "back_translate")]

        async def there_and_back(trip: Trip, generate: Generate) -> Draft:
            draft = trip.start
            if not any(text.strip() for text in texts(draft.source)):
                raise NotGenerated("bad_request", EMPTY)
            for step in way:
                draft = await step.run(draft, generate)
            if draft.back is None:
                raise NotGenerated("bad_request", draft.made_by.get("back_translate_failed", NO_WAY_BACK))
            return draft

        provider = reaching(providers.build(self.provider))
        for together in each(_trips(run, items), there_and_back, run=run, provider=provider, concurrency=self.concurrency):
            results = _scored([done for done in together if not done.error])
            for done in together:
                if done.error:
                    put_back(lease, done.thing.item, done.error)
            with lease.writing_all(results) as ours:
                lease.finish({item: results[item] for item in ours})
        yield from ()


def _trips(run: Run, items: list[RunItem]) -> Iterator[Trip]:
    by_unit = {item.payload["unit"]: item for item in items}
    units = list(Unit.objects.filter(pk__in=by_unit).select_related("item", "current").order_by("pk"))
    for unit, start in starts(run.dataset, units):
        # What the unit has already is not looked at: the way there begins at the source.
        yield Trip(by_unit[unit.pk], replace(start, content=None, given=False, memory=None))


def _scored(done: list[Done[Trip, Draft]]) -> dict[RunItem, dict[str, Any]]:
    """For each run item its scores, computed together for each language of sources."""
    by_source: dict[str, list[tuple[RunItem, str, str]]] = defaultdict(list)
    recorded = {}
    for one in done:
        draft = one.result
        by_source[draft.source_language].append((one.thing.item, text_of(draft.back or {}), text_of(draft.source)))
        recorded[one.thing.item] = draft.recorded
    found: dict[RunItem, dict[str, Any]] = {}
    for tag, rows in by_source.items():
        items, backs, sources = (list(column) for column in zip(*rows, strict=True))
        scores = score_batches.score(backs, sources, language(tag))
        ter = scorer("ter", language(tag))
        for place, item in enumerate(items):
            found[item] = {
                "language": item.payload["language"],
                **{name: round(one.values[place], 2) for name, one in scores.items()},
                "ter": round(ter.score(backs[place], sources[place]), 2),
                "signatures": {name: one.signature for name, one in scores.items()} | {"ter": ter.signature},
                "recorded": recorded[item],
            }
    return found
