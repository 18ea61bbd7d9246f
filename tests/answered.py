"""Answers as if people had claimed and submitted them, at whatever time: what agreement is read from."""

from datetime import datetime, timedelta
from typing import Any

from annotation.models import Assignment, Campaign, Submission, Task
from annotation.models.assignments import Stage
from core.models import User
from tests.world import World, task

VERIFY = {"name": "verify", "version": "1", "params": {}}


def asked(cast: World, campaign: Campaign, language: str = "sw", **changes: Any) -> Task:
    """A new task of the campaign that wants two answers."""
    return task(campaign, cast.drafted("A cat.", "Paka.", language), needed=2, **changes)


def answered(row: Task, *answers: tuple[User, Any], stage: str = Stage.ANNOTATE, at: datetime, seconds: float = 1) -> None:
    """Answers of people to a task, in order; a plain text is the text of a sentence."""
    for person, given in answers:
        held = Assignment.objects.create(
            task=row, campaign=row.campaign, person=person, stage=stage, status="submitted", lease_until=at
        )
        payload = {"content": {"text": given}} if isinstance(given, str) else given
        Submission.objects.create(
            assignment=held, payload=payload, seconds=seconds, idempotency_key="k", body_hash="h", created=at
        )


def judged(decision: str) -> dict[str, Any]:
    """An answer of the task type ``verify``."""
    return {"decision": decision} | ({"rating": 4} if decision == "accept" else {"reason": "Wrong."})


def judgements(cast: World, campaign: Campaign, *, weeks: int, at: datetime, language: str = "sw") -> None:
    """Two people's verdicts on twelve texts in each of some weeks; they differ in one text of four."""
    for number in range(12 * weeks):
        first = "accept" if number % 3 else "redo"
        second = "reject" if number % 4 == 1 else first
        row = asked(cast, campaign, language)
        answered(row, (cast.bola, judged(first)), (cast.bisi, judged(second)), at=at + timedelta(weeks=number // 12))
