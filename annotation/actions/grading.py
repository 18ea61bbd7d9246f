"""What comes of an answer to gold: its grade, and what the grades together mean for the person; in the transaction that stored it."""

from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from pydantic import BaseModel

from annotation.accuracy import too_low, weight
from annotation.actions import qualifying
from annotation.models import Assignment, Campaign, Gold, Grade, Hold, Task
from annotation.rules import QualityRule
from annotation.task_types import TaskType, task_types
from core.events import record
from core.told import told


def grade(row: Assignment, answer: BaseModel) -> None:
    """Grade the answer that `row`, from `queue.locked`, has just been given, and pause or examine its person as the campaign says."""
    task, gold = row.task, Gold.objects.select_related("shown").get(task=row.task_id)
    asked = task_types.build(row.campaign.task_type)
    score = score_of(asked, answer, gold)
    Grade.objects.create(
        submission=row.submission,
        gold=gold,
        campaign=row.campaign,
        person_id=row.person_id,
        language=task.language,
        purpose=task.purpose,
        score=score,
        right=score >= asked.right_from,
    )
    if task.purpose == Task.Purpose.GOLD:
        _pause_if_too_low(row)
    else:
        qualifying.step(row)


def score_of(asked: TaskType, answer: BaseModel, gold: Gold) -> float:
    """How right an answer is, 0 to 1: as the right answer it is most like; 0 for a wrong draft that was left as it was."""
    accepted = [asked.Payload.model_validate(one) for one in gold.accepted]
    text = asked.text(answer)
    if text is not None and gold.shown and text == gold.shown.content and text not in [asked.text(one) for one in accepted]:
        return 0.0
    return max(asked.correct(answer, one) for one in accepted)


def feedback(assignment: Assignment) -> dict[str, Any] | None:
    """What a person in training learns of their answer: ``right``, ``explanation``, ``accepted``; None after every other answer."""
    if assignment.task.purpose != Task.Purpose.TRAINING:
        return None
    found = Grade.objects.select_related("gold").get(submission__assignment=assignment)
    return {"right": found.right, "explanation": found.gold.explanation, "accepted": found.gold.accepted}


def counted(campaign: Campaign) -> QuerySet[Grade]:
    """The grades that an accuracy is made of: of gold mixed into work, and not of gold that turned out wrong."""
    return Grade.objects.filter(campaign=campaign, purpose=Task.Purpose.GOLD).exclude(gold__status=Gold.Status.RETIRED)


def weights(campaign: Campaign) -> dict[tuple[int, str], float]:
    """Person and language to what a vote of theirs counts, 0 to 1; who has not been graded is not in it, and counts nothing."""
    rows = counted(campaign).order_by().values_list("person", "language")
    found = rows.annotate(graded=Count("pk"), right=Count("pk", filter=Q(right=True)))
    return {(person, language): weight(right, graded) for person, language, graded, right in found}


def _pause_if_too_low(row: Assignment) -> None:
    if not row.campaign.quality_rule:
        return
    rule = QualityRule.model_validate(row.campaign.quality_rule)
    whom = {"campaign": row.campaign, "person_id": row.person_id, "language": row.task.language}
    grades = counted(row.campaign).filter(person=row.person_id, language=row.task.language)
    if lifted := Hold.objects.filter(**whom).aggregate(Max("lifted"))["lifted__max"]:
        grades = grades.filter(created__gt=lifted)
    found = grades.aggregate(graded=Count("pk"), right=Count("pk", filter=Q(right=True)))
    if not too_low(found["right"], found["graded"], below=rule.pause_below, after=rule.after):
        return
    reason = told(
        "{right} of {graded} known answers were right; the campaign asks for {wanted:.0%}.",
        right=found["right"], graded=found["graded"], wanted=rule.pause_below,
    )
    hold, is_new = Hold.objects.get_or_create(**whom, status=Hold.Status.ACTIVE, defaults={"reason": reason})
    if is_new:
        record("hold", hold, data=found | {"person": row.person_id, "pause_below": rule.pause_below})
