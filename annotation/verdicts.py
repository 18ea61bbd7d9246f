"""What became of a text: whether an expert of its own campaign, or in a chain the people of a later one, turned it down."""

from typing import Any

from django.db.models import OuterRef, Q, QuerySet

from annotation.models import Task
from annotation.models.assignments import Stage

AGAINST = (Task.Status.REDO, Task.Status.REJECTED)


def against(task: Task) -> Task | None:
    """The task in which the text written in this one was sent back or rejected; None when it was in none."""
    return _against(task.pk, task.unit_id, task.round).first()


def turned_down(task: str) -> QuerySet[Task]:
    """`against` as a subquery of rows that refer to the writing's task by this name."""
    return _against(OuterRef(task), OuterRef(f"{task}__unit"), OuterRef(f"{task}__round"))


def _against(task: Any, unit: Any, number: Any) -> QuerySet[Task]:
    # Where nobody but its annotators answered, they were the judges. A chain hands the number of the round on: another
    # round, or what was asked before, is about another text.
    here = Q(pk=task) & ~Q(stage=Stage.ANNOTATE)
    later = Q(unit=unit, round=number, pk__gt=task, purpose=Task.Purpose.WORK)
    return Task.objects.filter(here | later, status__in=AGAINST).order_by("pk")
