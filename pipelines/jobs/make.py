"""Making: a step makes new items of the dataset's items, each in each language; what it refuses is told, and nothing is made twice."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from annotation.actions import making
from annotation.models import Dataset
from core.told import told
from pipelines import judging
from pipelines.batches import Batching
from pipelines.endpoints import reaching
from pipelines.generate import Done, each
from pipelines.jobs import Job, Lease
from pipelines.jobs._waiting import as_before, ended
from pipelines.making import Start, new_items, starts, wanted
from pipelines.models import Run, RunItem
from pipelines.providers import Provider, providers
from pipelines.records import Draft, Generate
from pipelines.steps import Step, steps

AHEAD = 3
"""As in drafting: so many times as many items are in work as calls at once."""
SHOWN = 20
"""So many reasons of one run item are kept."""

Results = Iterator[list[Done[Start, Draft]]]


class MakeJob(Job):
    """A step makes new items of items: queries of passages, options of answers, variants of texts; each says where it comes from."""

    name: ClassVar[str] = "make"
    label: ClassVar[str] = "Make items"
    queue: ClassVar[str] = "models"
    chunk: ClassVar[int] = 80
    example: ClassVar[dict[str, Any]] = {
        "step": "generate_queries",
        "languages": ["sw"],
        "source": "passage",
        "kind": "query",
        "provider": {"name": "replay", "params": {"transcript": "demo"}},
    }

    step: str | dict[str, Any]
    """Spec of the step."""
    languages: list[str] = Field(min_length=1)
    """The languages it makes items in, by tag; the source language may be one."""
    source: str
    """The kind of the items it makes something of."""
    kind: str
    """The kind of the items it makes."""
    fields: dict[str, str] = {}
    """Where a field that the step fills is called otherwise in that kind: its name here to its name there."""
    text: Literal["source", "translation"] = "source"
    """Whether a step that may cross languages reads the source, or its translation into the language it writes."""
    provider: dict[str, Any] | None = None
    """Spec of the provider that is asked; none where the step asks none."""
    models: dict[str, dict[str, Any]] = {}
    """Further models by the names under which the step asks them."""
    judge: dict[str, Any] | None = None
    """Spec of the provider that judges; another model than the one that writes."""
    same_judge: bool = False
    """Whether the writer may judge its own work after all."""
    limit: int | None = Field(None, ge=1)
    """At most so many items of the source kind."""
    at_random: bool = False
    """The limit takes items at random instead of the oldest; the same ones each time."""
    batching: Batching = ""
    """Requests are called one by one; or put into batches that are sent (``send``), or written for somebody to take away (``write``)."""
    concurrency: int = Field(32, ge=1, le=256)
    """At most so many calls of a worker are under way at once."""

    @model_validator(mode="after")
    def _able(self) -> "MakeJob":
        step = steps.build(self.step)
        if step.makes is None:
            raise ValueError(told("{name} makes no items", name=step.name))
        if self.provider is None and step.asks_models:
            raise ValueError(told("{name} asks a model: say which provider", name=step.name))
        if self.provider and (why := judging.problem([step], self.provider, self.judge, same_judge=self.same_judge)):
            raise ValueError(why)
        return self

    def plan(self, run: Run) -> Iterable[dict[str, Any]]:
        step = steps.build(self.step)
        for tag in self.languages:
            found = wanted(run.dataset, self.source, tag, self.limit, step=step, text=self.text, at_random=self.at_random)
            for pk in found.iterator(2000):
                yield {"item": pk, "language": tag}

    def work(self, run: Run, items: list[RunItem], lease: Lease) -> Iterator[tuple[RunItem, dict[str, Any]]]:
        step = steps.build(self.step)
        for together in self._done(run, _starts(run.dataset, items, lease, step, self.text), step):
            self._write(ended(together, lease), run, lease, step)
        yield from ()

    def _done(self, run: Run, things: Iterator[Start], step: Step) -> Results:
        """The drafts after the step, as they are done."""
        others = {name: reaching(providers.build(spec)) for name, spec in self.models.items()}
        others |= {"judge": reaching(providers.build(self.judge))} if self.judge else {}

        async def made(start: Start, generate: Generate) -> Draft:
            return await step.run(start.draft, judging.only(others, as_before(start.item, generate, self.batching)))

        if self.provider is None:
            return ([Done(start, asyncio.run(made(start, _nobody)))] for start in things)
        provider: Provider = reaching(providers.build(self.provider))
        return each(
            things, made, run=run, provider=provider, others=others, concurrency=self.concurrency, ahead=AHEAD, batching=self.batching
        )  # fmt: skip

    def _write(self, together: list[Done[Start, Draft]], run: Run, lease: Lease, step: Step) -> None:
        """The new items of many run items and the ends of those, in one transaction."""
        with lease.writing_all(done.thing.item for done in together) as ours:
            mine = [done for done in together if done.thing.item in ours]
            given = [(done, one) for done in mine for one in new_items(self, run, step, done.thing, done.result)]
            added = making.add(run.dataset, [one for _, one in given], by=None)
            results = {done.thing.item: _result(done) for done in mine}
            for at, (done, one) in enumerate(given):
                result = results[done.thing.item]
                if at in added.refused:
                    result["refused"].append(f"{one.made_by['number']}: {added.refused[at]}")
                elif at in added.there:
                    result["there"] += 1
                else:
                    result["made"] += 1
            for result in results.values():
                result |= {"refused": result["refused"][:SHOWN], "refusals": len(result["refused"])}
            lease.finish(results)


async def _nobody(request: Any) -> Any:
    raise NotImplementedError("a step that says it asks no model asked one")


def _starts(dataset: Dataset, items: list[RunItem], lease: Lease, step: Step, text: str) -> Iterator[Start]:
    """What something is to be made of, chunk by chunk; where the text is gone since the run was planned, nothing is."""
    while items:
        found = list(starts(dataset, items, step=step, text=text))
        if left := set(items) - {start.item for start in found}:
            gone = {"made": 0, "there": 0, "refused": [told("It has no text any more to make something of.")], "refusals": 1}
            with lease.writing_all(left) as ours:
                lease.finish(dict.fromkeys(ours, gone))
        yield from found
        items = lease.more()


def _result(done: Done[Start, Draft]) -> dict[str, Any]:
    said = [one.detail for one in done.result.findings if one.verdict in ("fail", "abstain")] if done.result else []
    noted = [one.detail for one in done.result.findings if one.verdict == "warn"] if done.result else []
    told = {"cost": str(done.cost), "cached": done.cached, "saved": str(done.saved)}
    return {"made": 0, "there": 0, "refused": said} | ({"noted": noted[:SHOWN]} if noted else {}) | told
