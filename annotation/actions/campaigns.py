"""Campaigns: prepare one, open it, let units in, change what people are told, pause and close."""

from typing import Any

import yaml
from django.db import IntegrityError, transaction

from annotation import policies
from annotation.actions import qualifying
from annotation.admission import CHUNK, admitted
from annotation.aggregators import aggregators
from annotation.models import Campaign, Dataset, Guideline, Task, Unit
from annotation.ordering import priorities
from annotation.plans import Example, Plan, Spec, checked, checked_examples
from annotation.task_types import task_types
from annotation.texts import storable
from core.errors import Conflict, Invalid
from core.events import record
from core.languages import language
from core.models import User
from core.policy import require
from core.told import listed, told

# What of a plan is told to people: versioned, and no column of the campaign.
TOLD = ("guideline", "examples")


def create(dataset: Dataset, *, by: User | None, **plan: Any) -> Campaign:
    """A campaign being prepared; the keywords are the fields of `Plan`, and None is its default."""
    require(policies.manage(by, dataset))
    with transaction.atomic():
        return _create(dataset, checked({key: value for key, value in plan.items() if value is not None}), by)


def from_yaml(dataset: Dataset, text: str, *, by: User | None) -> list[Campaign]:
    """Campaigns being prepared, from YAML: one campaign's keys, or under ``campaigns`` a chain of them. All are made, or none."""
    require(policies.manage(by, dataset))
    plan = _parsed(text)
    chain = plan["campaigns"] if set(plan) == {"campaigns"} else [plan]
    if not isinstance(chain, list) or not chain or not all(isinstance(one, dict) for one in chain):
        raise Invalid("Under “campaigns” stands a list, each entry with the keys of a campaign.")
    with transaction.atomic():
        made = [_create(dataset, checked(one), by, linked=False) for one in chain]
        for campaign in made:
            _linked(campaign)
    return made


def _parsed(text: str) -> dict[str, Any]:
    try:
        plan = yaml.safe_load(text)
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or error
        if place:
            raise Invalid(told("This is no YAML in line {line}: {problem}.", line=place.line + 1, problem=problem)) from error
        raise Invalid(told("This is no YAML: {problem}.", problem=problem)) from error
    if not isinstance(plan, dict):
        raise Invalid("A campaign's YAML holds keys and values such as “name: Post-edit”.")
    return plan


def open_campaign(campaign: Campaign, *, by: User | None) -> int:
    """Begin, or go on: units are admitted and people are given work. Returns how many tasks are new."""
    require(policies.manage(by, campaign.dataset))
    with transaction.atomic():
        qualifying.check_gold(campaign)
        Campaign.flow.move(campaign, "open", by=by)
        return _admit(campaign, by)


def pause(campaign: Campaign, *, by: User | None) -> None:
    """Give out no more work for now; what people hold they may still answer."""
    require(policies.manage(by, campaign.dataset))
    Campaign.flow.move(campaign, "pause", by=by)


def close(campaign: Campaign, *, by: User | None) -> None:
    """Give out no more work, for good; what people hold they may still answer."""
    require(policies.manage(by, campaign.dataset))
    Campaign.flow.move(campaign, "close", by=by)


def admit(campaign: Campaign, *, by: User | None = None) -> int:
    """Make a task for every unit the rule admits that has none yet; returns how many. Doing it again makes none."""
    require(policies.manage(by, campaign.dataset))
    with transaction.atomic():
        return _admit(campaign, by)


def admit_due(dataset: Dataset | None = None) -> int:
    """Let the chains go on, of one dataset or all: every live campaign admits what has become ready for it.

    Returns how many tasks are new.
    """
    linked = Campaign.objects.filter(status=Campaign.Status.LIVE, admission__has_key="after")
    if dataset:
        linked = linked.filter(dataset=dataset)
    return sum(admit(campaign) for campaign in linked.select_related("dataset").order_by("pk"))


def revise_guideline(campaign: Campaign, text: str, *, examples: Any = None, by: User | None) -> Guideline:
    """The guideline's next version; earlier ones stay, because answers name the one they followed.

    `examples` is a list as a plan's ``examples``, None for those there are. Where nothing is changed, no version is made.
    """
    require(policies.manage(by, campaign.dataset))
    given = None if examples is None else _worked(campaign.dataset, checked_examples(examples))
    with transaction.atomic():
        Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        newest = campaign.guidelines.first()
        had = newest.examples if newest else []
        if newest and (newest.text, had) == (text, had if given is None else given):
            return newest
        row = _guideline(campaign, text, had if given is None else given, newest.version + 1 if newest else 1, by)
        record("revise_guideline", campaign, by=by, data={"version": row.version})
    return row


def _create(dataset: Dataset, plan: Plan, by: User | None, *, linked: bool = True) -> Campaign:
    for kind in plan.admission.kinds:
        dataset.kinds.kind(kind)
    _fits(dataset, plan)
    try:
        with transaction.atomic():
            campaign = Campaign.objects.create(dataset=dataset, created_by=by, **columns(dataset, plan))
            _guideline(campaign, plan.guideline, _worked(dataset, plan.examples), 1, by)
            record("create", campaign, by=by, data={"slug": plan.slug})
    except IntegrityError as error:
        raise Conflict(told("This dataset has a campaign {slug!r} already: choose another slug.", slug=plan.slug)) from error
    if linked:
        _linked(campaign)
    return campaign


def columns(dataset: Dataset, plan: Plan) -> dict[str, Any]:
    """The plan as the columns of a Campaign, its plugins and languages checked."""
    values = plan.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=set(TOLD))
    return {"qualification": {}, "quality_rule": {}, "credit": {}} | values | {
        "languages": _languages(dataset, plan.languages),
        "task_type": _asked(plan.task_type, "annotate"),
        "verify_type": _asked(plan.verify_type, "verify"),
        "adjudicate_type": _asked(plan.adjudicate_type, "adjudicate"),
        "aggregator": _settling(plan.aggregator or task_types.build(plan.task_type).aggregator, plan.task_type),
    }  # fmt: skip


def rewrite(campaign: Campaign, plan: Plan, changed: list[str], by: User | None) -> None:
    """Write the changed fields of a locked campaign; a changed guideline, or changed examples, as its next version."""
    values = {name: value for name, value in columns(campaign.dataset, plan).items() if name in changed}
    for name, value in values.items():
        setattr(campaign, name, value)
    campaign.save()
    _linked(campaign)
    if not set(TOLD).isdisjoint(changed):
        revise_guideline(campaign, plan.guideline, examples=plan.examples, by=by)
    if changed:
        record("revise", campaign, by=by, data={"changed": values})


def _linked(campaign: Campaign) -> None:
    """Raise `Invalid` when the campaign names another one, or a selection, that the dataset has not."""
    chosen = campaign.admission.get("selection")
    if chosen and not campaign.dataset.selections.filter(slug=chosen["name"]).exists():
        raise Invalid(
            told(
                "{slug} names a selection this dataset has not: {name}.",
                slug=campaign.slug, name=chosen["name"],
            ), {"admission.selection": told("there is none")}
        )
    after = campaign.admission.get("after")
    named = {one["to"] for one in campaign.effects if one.get("to")} | ({after["campaign"]} if after else set())
    there = set(campaign.dataset.campaigns.values_list("slug", flat=True))
    if unknown := sorted(named - there):
        raise Invalid(told(
            "{slug} names a campaign this dataset has not: {unknown}.",
            slug=campaign.slug, unknown=", ".join(unknown),
        ))
    if after and after["campaign"] == campaign.slug:
        raise Invalid(told(
            "{slug} cannot come after itself.",
            slug=campaign.slug,
        ), {"admission.after": told("names the campaign itself")})


def _asked(spec: Spec, stage: str) -> dict[str, Any]:
    task_type = task_types.build(spec)
    if stage not in task_type.stages:
        raise Invalid(told(
            "The task type {name!r} is for {stages}, not for {stage}.",
            name=task_type.name, stages=", ".join(task_type.stages), stage=stage,
        ))
    return task_type.spec()


def _fits(dataset: Dataset, plan: Plan) -> None:
    """Raise `Invalid`, naming the place, where the task type asks about what the dataset's records have not."""
    asked = task_types.build(plan.task_type)
    kinds = dataset.kinds.kinds
    texts = [name for name, kind in kinds.items() if kind.translatable]
    if wrong := asked.misfits(kinds, tuple(plan.admission.kinds or texts)):
        choose = "" if plan.admission.kinds or len(kinds) == 1 else told(" Say under admission.kinds what is asked about.")
        raise Invalid(told(
            "The task type {name!r} does not fit: {reasons}.{choose}",
            name=asked.name, reasons=listed(wrong), choose=choose,
        ), {f"task_type.{k}": why for k, why in wrong.items()})


def _settling(spec: Spec, asked: Spec) -> dict[str, Any]:
    aggregator = aggregators.build(spec)
    if not aggregator.settles and task_types.build(asked).scale == "text":
        raise Invalid(told(
            "{name!r} learns how people confuse labels, and this campaign asks for texts: choose text_centroid.",
            name=aggregator.name,
        ))
    if not aggregator.settles and aggregator.takes != "labels":
        fit = ", ".join(name for name, one in aggregators.all.items() if one.settles or one.takes == "labels")
        raise Invalid(told(
            "{name!r} makes an answer of its own, and a campaign needs one that somebody gave: choose among {fit}.",
            name=aggregator.name, fit=fit,
        ))
    return aggregator.spec()


def _languages(dataset: Dataset, tags: list[str]) -> list[str]:
    there = dataset.language_tags
    wanted = sorted({language(tag).tag for tag in tags})
    if unknown := [tag for tag in wanted if tag not in there]:
        raise Invalid(told(
            "This dataset has no {unknown}: it has {there}.",
            unknown=", ".join(unknown), there=", ".join(there) or told("no language yet"),
        ))
    return wanted


def _guideline(campaign: Campaign, text: str, examples: list[dict[str, str]], version: int, by: User | None) -> Guideline:
    storable("guideline", text)
    return Guideline.objects.create(campaign=campaign, version=version, text=text, examples=examples, created_by=by)


def _worked(dataset: Dataset, examples: list[Example]) -> list[dict[str, str]]:
    """The examples as they are stored; `Invalid` for a text that cannot be, and for a language the dataset has not."""
    there = dataset.language_tags if examples else []
    for place, one in enumerate(examples):
        for name, text in one:
            storable(f"examples.{place}.{name}", text)
        if one.language and one.language not in there:
            reason = told(
                "this dataset has no {language}: it has {there}",
                language=one.language, there=", ".join(there) or told("no language yet"),
            )
            raise Invalid(told(
                "The examples are not valid: examples.{place}.language: {reason}.",
                place=place, reason=reason,
            ), {f"examples.{place}.language": reason})
    return [one.model_dump(exclude_none=True) for one in examples]


def admit_units(campaign: Campaign, units: list[int], *, by: User | None) -> int:
    """Make a task for each of these units, whatever the rule admits; none may have one. Returns how many."""
    require(policies.manage(by, campaign.dataset))
    with transaction.atomic():
        chosen = Unit.objects.filter(item__dataset=campaign.dataset_id, pk__in=units).order_by("pk")
        return _give_tasks(campaign, [(pk, tag, 1) for pk, tag in chosen.values_list("pk", "language")], by)


def _admit(campaign: Campaign, by: User | None) -> int:
    # One at a time per campaign: two would both find a unit without a task.
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    return _give_tasks(campaign, list(admitted(campaign)), by)


def _give_tasks(campaign: Campaign, found: list[tuple[int, str, int]], by: User | None) -> int:
    ranks = priorities(campaign, [unit for unit, _, _ in found])
    wanted = {"needed": campaign.overlap, "open": campaign.overlap}
    rows = (
        Task(campaign=campaign, unit_id=unit, language=tag, round=number, priority=ranks.get(unit, 0), **wanted)
        for unit, tag, number in found
    )  # fmt: skip
    Task.objects.bulk_create(rows, batch_size=CHUNK)
    if found:
        record("admit", campaign, by=by, data={"tasks": len(found)})
    return len(found)
