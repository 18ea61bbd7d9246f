"""Who the run's other models are, and that no translator judges its own work."""

from collections.abc import Iterable
from typing import Any

from core.told import told
from pipelines.providers import Provider, providers
from pipelines.records import Generate, Generated, NotGenerated, Request
from pipelines.steps import Step

Spec = dict[str, Any]


def problem(way: Iterable[Step], translator: Spec, judge: Spec | None, *, same_judge: bool) -> str:
    """Why these steps cannot run with these models, in one sentence; empty when they can."""
    if not (judges := [step.name for step in way if step.asks == "judge"]):
        return ""
    if judge is None:
        return told("{steps} needs a judge: say which provider judges, or leave the step out.", steps=", ".join(judges))
    mine, other = (providers.build(spec) for spec in (translator, judge))
    if not same_judge and _who(mine) == _who(other):
        said = f"{mine.name} {mine.model_name}".strip()
        return told("{said} would judge its own translations: name another judge, or say that it may.", said=said)
    return ""


def ways(steps: Iterable[type[Step]]) -> list[type[Step]]:
    """Those of the steps by which a judge judges a translation; a maker that asks one is something else."""
    return [one for one in steps if one.asks == "judge" and one.makes is None]


def _who(one: Provider) -> tuple[str, str, str]:
    """By endpoint and model: another temperature makes no other judge."""
    return one.name, one.reaches or one.endpoint, one.model_name


def only(names: Iterable[str], generate: Generate) -> Generate:
    """``generate`` for a run that has these models besides its own: any other gives no answer, which a step may live with."""
    known = {"", *names}

    async def asked(request: Request) -> Generated:
        if request.by not in known:
            raise NotGenerated("bad_request", told("This run has no model for “{by}”.", by=request.by))
        return await generate(request)

    return asked
