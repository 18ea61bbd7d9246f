"""Campaigns: prepare one, open it, let units in, change what people are told, pause and close."""

from typing import Any, Literal

import yaml
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from annotation import policies
from annotation.aggregators import aggregators
from annotation.models import Campaign, Dataset, Guideline, Task, Unit
from annotation.pay import Pay
from annotation.task_types import task_types
from core.errors import Conflict, Invalid
from core.events import record
from core.hashing import digest
from core.languages import language
from core.models import User
from core.policy import require

Spec = str | dict[str, Any]
CHUNK = 2000


class Admission(BaseModel):
    """Which units get a task: by status, kind and the machines' route, and of these a seeded random share."""

    model_config = ConfigDict(extra="forbid")

    status: list[Literal["new", "drafted", "verified", "rejected"]] = ["drafted"]
    kinds: list[str] = []
    route: Literal["", "pass", "people"] = ""
    share: float = Field(1.0, gt=0, le=1)
    seed: int = 1


class Plan(BaseModel):
    """A campaign as it is written in YAML; the defaults are those of a plain post-edit with every text verified."""

    model_config = ConfigDict(extra="forbid")

    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    name: str = Field(min_length=1, max_length=120)
    guideline: str = ""
    task_type: Spec = "post_edit"
    verify_type: Spec = "verify"
    aggregator: Spec = "majority"
    languages: list[str] = []
    admission: Admission = Admission()
    overlap: int = Field(1, ge=1, le=50)
    verification: Literal["all", "disputed", "share", "none"] = "all"
    verification_share: float = Field(0.05, ge=0, le=1)
    max_rounds: int = Field(3, ge=1, le=20)
    lease_minutes: int = Field(30, ge=1, le=24 * 60)
    credit: Pay | None = None
    batch_size: int = Field(0, ge=0, le=1000)
    batch_days: int = Field(7, ge=1, le=365)


def create(dataset: Dataset, *, by: User | None, **plan: Any) -> Campaign:
    """A campaign being prepared; the keywords are the fields of `Plan`, and None is its default."""
    require(policies.manage(by, dataset))
    return _create(dataset, _checked({key: value for key, value in plan.items() if value is not None}), by)


def from_yaml(dataset: Dataset, text: str, *, by: User | None) -> Campaign:
    """A campaign being prepared, from its YAML; a key that is none is refused by name."""
    require(policies.manage(by, dataset))
    try:
        plan = yaml.safe_load(text)
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        where = f" in line {place.line + 1}" if place else ""
        raise Invalid(f"This is no YAML{where}: {getattr(error, 'problem', None) or error}.") from error
    if not isinstance(plan, dict):
        raise Invalid("A campaign's YAML holds keys and values such as “name: Post-edit”.")
    return _create(dataset, _checked(plan), by)


def open_campaign(campaign: Campaign, *, by: User | None) -> int:
    """Begin, or go on: units are admitted and people are given work. Returns how many tasks are new."""
    require(policies.manage(by, campaign.dataset))
    with transaction.atomic():
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


def revise_guideline(campaign: Campaign, text: str, *, by: User | None) -> Guideline:
    """The guideline's next version; earlier ones stay, because answers name the one they followed."""
    require(policies.manage(by, campaign.dataset))
    with transaction.atomic():
        Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        newest = campaign.guidelines.first()
        if newest and newest.text == text:
            return newest
        row = _guideline(campaign, text, newest.version + 1 if newest else 1, by)
        record("revise_guideline", campaign, by=by, data={"version": row.version})
    return row


def _checked(plan: dict[str, Any]) -> Plan:
    try:
        return Plan.model_validate(plan)
    except ValidationError as error:
        errors = {".".join(map(str, e["loc"])) or "campaign": _reason(e) for e in error.errors()}
        raise Invalid(f"The campaign is not valid: {'; '.join(f'{k}: {v}' for k, v in errors.items())}.", errors) from error


def _reason(error: Any) -> str:
    known = ", ".join(Plan.model_fields)
    return (
        f"there is no such key, only {known}" if error["type"] == "extra_forbidden" and len(error["loc"]) == 1 else error["msg"]
    )


def _create(dataset: Dataset, plan: Plan, by: User | None) -> Campaign:
    values = plan.model_dump(exclude={"guideline", "admission"})
    values |= {
        "languages": _languages(dataset, plan.languages),
        "admission": plan.admission.model_dump(),
        "credit": plan.credit.model_dump(mode="json") if plan.credit else {},
        "task_type": _asked(plan.task_type, "annotate"),
        "verify_type": _asked(plan.verify_type, "verify"),
        "aggregator": aggregators.build(plan.aggregator).spec(),
    }
    for kind in plan.admission.kinds:
        dataset.kinds.kind(kind)
    try:
        with transaction.atomic():
            campaign = Campaign.objects.create(dataset=dataset, created_by=by, **values)
            _guideline(campaign, plan.guideline, 1, by)
            record("create", campaign, by=by, data={"slug": plan.slug})
    except IntegrityError as error:
        taken = f"This dataset has a campaign {plan.slug!r} already: choose another slug."
        raise Conflict(taken) from error
    return campaign


def _asked(spec: Spec, stage: str) -> dict[str, Any]:
    task_type = task_types.build(spec)
    if stage not in task_type.stages:
        raise Invalid(f"The task type {task_type.name!r} is for {', '.join(task_type.stages)}, not for {stage}.")
    return task_type.spec()


def _languages(dataset: Dataset, tags: list[str]) -> list[str]:
    there = dataset.language_tags
    wanted = sorted({language(tag).tag for tag in tags})
    if unknown := [tag for tag in wanted if tag not in there]:
        raise Invalid(f"This dataset has no {', '.join(unknown)}: it has {', '.join(there) or 'no language yet'}.")
    return wanted


def _guideline(campaign: Campaign, text: str, version: int, by: User | None) -> Guideline:
    if "\x00" in text:
        raise Invalid("The guideline contains the NUL character, which cannot be stored.", {"guideline": "contains NUL"})
    return Guideline.objects.create(campaign=campaign, version=version, text=text, created_by=by)


def _admit(campaign: Campaign, by: User | None) -> int:
    # One at a time per campaign: two would both find a unit without a task.
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    rule = Admission.model_validate(campaign.admission)
    made, rows = 0, []
    for unit, tag in _admitted(campaign, rule).iterator(CHUNK):
        if rule.share < 1 and not _drawn(unit, rule):
            continue
        rows.append(Task(campaign=campaign, unit_id=unit, language=tag, needed=campaign.overlap, open=campaign.overlap))
        if len(rows) == CHUNK:
            made += len(Task.objects.bulk_create(rows))
            rows = []
    made += len(Task.objects.bulk_create(rows))
    if made:
        record("admit", campaign, by=by, data={"tasks": made})
    return made


def _admitted(campaign: Campaign, rule: Admission) -> QuerySet:
    tags = campaign.languages or campaign.dataset.language_tags
    units = Unit.objects.filter(item__dataset=campaign.dataset, language__in=tags, status__in=rule.status)
    if rule.kinds:
        units = units.filter(item__kind__in=rule.kinds)
    if rule.route:
        units = units.filter(route=rule.route)
    return units.exclude(tasks__campaign=campaign).order_by("pk").values_list("pk", "language")


def _drawn(unit: int, rule: Admission) -> bool:
    """Whether a unit is in the rule's share: chance, but the same at every look."""
    return int(digest([rule.seed, unit])[:8], 16) < rule.share * 2**32
