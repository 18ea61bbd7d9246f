"""The answers an adjudicator chooses among: each different one once, under a letter, in an order that tells nothing."""

from dataclasses import dataclass

from annotation.models import Submission, Task
from annotation.models.assignments import Stage
from annotation.task_types import task_types
from core.hashing import digest


@dataclass(frozen=True)
class Candidate:
    """One answer under its letter; the letter is the same at every look."""

    letter: str
    submission: Submission


def candidates(task: Task) -> list[Candidate]:
    """The task's different answers of the annotate stage; of equal ones the earliest stands for all."""
    asked = task_types.build(task.campaign.task_type)
    first: dict[str, Submission] = {}
    answers = Submission.objects.filter(assignment__task=task, assignment__stage=Stage.ANNOTATE)
    for one in answers.select_related("assignment__person").order_by("pk"):
        first.setdefault(asked.label_of(asked.Payload.model_validate(one.payload)), one)
    shuffled = sorted(first.values(), key=lambda one: digest([task.pk, one.pk]))
    return [Candidate(_letter(number), one) for number, one in enumerate(shuffled)]


def _letter(number: int) -> str:
    """A to Z, then AA, AB and on."""
    head, last = divmod(number, 26)
    return (_letter(head - 1) if head else "") + chr(ord("A") + last)
