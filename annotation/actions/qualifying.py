"""The way to real work: training with feedback, a test without, and what comes of it; all by the database's clock."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from annotation import policies
from annotation.accuracy import passes
from annotation.models import Assignment, Campaign, Gold, Grade, Member, Qualification, Task
from annotation.models.assignments import Stage
from annotation.rules import QualificationRule
from core.errors import Conflict, Invalid
from core.events import record
from core.models import User
from core.policy import require
from core.told import told

STATUS = Qualification.Status


def begin(campaign: Campaign, person: User) -> bool:
    """Let the person begin in every language of theirs that the campaign asks in; whose qualification is over, is tested again.

    Returns whether there was anything to begin.
    """
    rule = QualificationRule.model_validate(campaign.qualification)
    whom = {"dataset_id": campaign.dataset_id, "person": person, "task_type": campaign.task_type["name"]}
    known = {row.language: row for row in Qualification.objects.filter(**whom)}
    member = Member.objects.get(dataset=campaign.dataset_id, user=person)
    if Stage.ANNOTATE not in policies.stages(member.role, campaign):
        return False
    begun = False
    first = STATUS.TRAINING if rule.training else STATUS.TESTING
    for tag in languages_of(campaign):
        if tag in member.languages and tag not in known:
            row, is_new = Qualification.objects.get_or_create(**whom, language=tag, defaults={"status": first})
            if is_new:
                record("begin", row, by=person)
            begun = True
    for row in Qualification.objects.filter(**whom, status=STATUS.PASSED, expires__lte=Now()):
        with suppress(Conflict):  # another tab of theirs was faster
            _anew(row, "renew", tries=0, expires=None)
        begun = True
    return begun


def step(row: Assignment) -> None:
    """Look at where the person of an assignment stands after their answer to training or test, or after skipping it."""
    campaign, rule = row.campaign, QualificationRule.model_validate(row.campaign.qualification)
    # Locked: a person may be in the same test in two campaigns.
    found = Qualification.objects.select_for_update(no_key=True).filter(
        dataset=campaign.dataset_id, person=row.person_id, language=row.task.language, task_type=campaign.task_type["name"]
    )
    one = found.first()
    if one is None:
        return
    done, skipped = _done(one)
    if one.status == STATUS.TRAINING and len(done) + skipped >= rule.training:
        _anew(one, "examine")
    elif one.status == STATUS.TESTING and len(done) + skipped >= rule.test:
        _judge(one, sum(done), len(done) + skipped, rule)


def renew(qualification: Qualification, *, by: User | None) -> None:
    """Give somebody who failed, or whose qualification is in doubt, the test again, with all its tries."""
    require(policies.manage(by, qualification.dataset))
    _anew(qualification, "renew", by=by, tries=0, expires=None)


def check_gold(campaign: Campaign) -> None:
    """Raise `Invalid` unless the campaign has the gold that its training and all tries of its test need, in each language."""
    if not campaign.qualification:
        return
    rule = QualificationRule.model_validate(campaign.qualification)
    needed = {Task.Purpose.TRAINING: rule.training, Task.Purpose.TEST: rule.test * rule.tries}
    rows = Gold.objects.filter(task__campaign=campaign, status=Gold.Status.ACTIVE)
    there = list(rows.values_list("task__language", "task__purpose"))
    for tag in languages_of(campaign):
        for purpose, wanted in needed.items():
            if (has := there.count((tag, purpose))) < wanted:
                raise Invalid(told(
                    "This campaign needs {wanted} {purpose} tasks in {tag} for all tries, and has {has}: make more first.",
                    wanted=wanted, purpose=purpose, tag=tag, has=has,
                ))


def languages_of(campaign: Campaign) -> list[str]:
    """The languages a campaign asks in."""
    return campaign.languages or campaign.dataset.language_tags


def _done(one: Qualification) -> tuple[list[bool], int]:
    """Of the present training or test: which answers were right, and how many were skipped, which is not right either."""
    purpose = Task.Purpose.TRAINING if one.status == STATUS.TRAINING else Task.Purpose.TEST
    graded = _same(Grade.objects.filter(person=one.person_id, purpose=purpose, created__gt=one.since), one)
    skipped = Assignment.objects.filter(person=one.person_id, status="skipped", task__purpose=purpose, started__gt=one.since)
    return (
        list(graded.filter(language=one.language).values_list("right", flat=True)),
        _same(skipped, one).filter(task__language=one.language).count(),
    )


def _same(rows: QuerySet, one: Qualification) -> QuerySet:
    return rows.filter(campaign__dataset=one.dataset_id, campaign__task_type__name=one.task_type)


def _judge(one: Qualification, right: int, asked: int, rule: QualificationRule) -> None:
    score, tries = right / asked, one.tries + 1
    if passes(right, asked, rule.mark):
        _move(one, "qualify", score=score, tries=tries, expires=Now() + timedelta(days=rule.days))
    elif tries < rule.tries:
        _anew(one, "retry", score=score, tries=tries)
    else:
        _move(one, "fail", score=score, tries=tries)


def _anew(one: Qualification, verb: str, *, by: User | None = None, **changes: Any) -> None:
    """A move after which only what is answered from now on counts."""
    _move(one, verb, by=by, since=Now(), **changes)


def _move(one: Qualification, verb: str, *, by: User | None = None, **changes: Any) -> None:
    said = {name: changes[name] for name in ("score", "tries") if name in changes}
    with transaction.atomic():
        Qualification.flow.move(one, verb, by=by, data=said, **changes)
