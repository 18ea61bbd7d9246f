"""What is known of the people of a dataset, read from what they did: accuracy on gold, and the signals of a campaign."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Count, Q

from annotation import signals
from annotation.accuracy import Accuracy, wilson
from annotation.models import Campaign, Dataset, Gold, Grade, Submission, Task, Translation
from annotation.models.assignments import Stage
from annotation.signals import Answers, Signal
from annotation.task_types import task_types
from core.hashing import digest
from core.models import User

# Signals are sought in the newest answers; what somebody did a hundred thousand answers ago is for another day.
LATEST = 20_000
MACHINE = (Translation.Origin.MACHINE, Translation.Origin.RECORDED, Translation.Origin.IMPORTED)


@dataclass(frozen=True)
class Skill:
    """How accurate one person is on the gold of one campaign in one language."""

    person: User
    campaign: Campaign
    language: str
    accuracy: Accuracy


@dataclass(frozen=True)
class Named:
    """A signal with the people it is about."""

    signal: Signal
    person: User
    other: User | None

    @property
    def evidence(self) -> dict[str, float | int | str]:
        """The signal's numbers, to be kept with what was made of them."""
        found = self.signal
        said = {"seen": round(found.seen, 4), "expected": round(found.expected, 4), "answers": found.answers, "p": found.p}
        return said | ({"other": self.other.pk} if self.other else {})


def skills(dataset: Dataset) -> list[Skill]:
    """Everybody's accuracy on gold, counted anew from the grades; gold that was retired does not count."""
    rows = Grade.objects.filter(campaign__dataset=dataset, purpose=Task.Purpose.GOLD).exclude(gold__status=Gold.Status.RETIRED)
    grouped = rows.values_list("person", "campaign", "language").order_by("person__username", "campaign", "language")
    counts = list(grouped.annotate(Count("pk"), right=Count("pk", filter=Q(right=True))))
    people, campaigns = User.objects.in_bulk({one[0] for one in counts}), dataset.campaigns.in_bulk()
    return [
        Skill(people[person], campaigns[campaign], language, wilson(right, graded))
        for person, campaign, language, graded, right in counts
    ]


def signals_of(campaign: Campaign) -> list[Named]:
    """What stands out in the campaign's newest answers, the least probable first; of two who agree too much, each is named once."""
    answers, who = answers_of(campaign)
    found = signals.signals(answers)
    people = User.objects.in_bulk({who[one] for signal in found for one in (signal.person, signal.other) if one is not None})
    return [
        Named(signal, people[who[mine]], people[who[theirs]] if theirs is not None else None)
        for signal in found
        for mine, theirs in _both_ways(signal)
    ]


def answers_of(campaign: Campaign) -> tuple[Answers, list[int]]:
    """The answers of those who annotate as columns, and the id of the person each number in them stands for.

    Training and tests are left out: who learns is slow, and who is tested is careful.
    """
    purposes = [Task.Purpose.WORK, Task.Purpose.GOLD]
    rows = Submission.objects.filter(
        assignment__campaign=campaign, assignment__stage=Stage.ANNOTATE, assignment__task__purpose__in=purposes
    )
    related = ("assignment__task__unit__item", "assignment__task__gold__shown")
    newest = list(rows.select_related(*related).order_by("-pk")[:LATEST])
    asked, kinds = task_types.build(campaign.task_type), campaign.dataset.kinds
    drafts = _drafts(newest)
    labels: dict[str, int] = {}
    people: dict[int, int] = {}
    columns: list[tuple] = []
    for one in newest:
        assignment, item = one.assignment, one.assignment.task.unit.item
        answer = asked.Payload.model_validate(one.payload)
        draft = _draft(drafts, one) if asked.text(answer) is not None else None
        columns.append((
            assignment.task_id,
            people.setdefault(assignment.person_id, len(people)),
            labels.setdefault(asked.label_of(answer), len(labels)),
            -1 if draft is None else labels.setdefault(draft, len(labels)),
            one.seconds,
            sum(len(str(item.content[name])) for name in kinds.kind(item.kind).fields if name in item.content),
            one.created.timestamp(),
            one.pastes > 0,
        ))  # fmt: skip
    made = zip(*columns, strict=True) if columns else [()] * 8
    types = (int, int, int, int, float, float, float, bool)
    return Answers(*(np.array(column, dtype=kind) for column, kind in zip(made, types, strict=True))), list(people)


def _drafts(submissions: list[Submission]) -> dict[int, list[tuple[datetime, str]]]:
    """For each unit the machine's texts as labels, with when they came."""
    units = {one.assignment.task.unit_id for one in submissions}
    rows = Translation.objects.filter(unit__in=units, origin__in=MACHINE).order_by("pk")
    found = defaultdict(list)
    for unit, created, content in rows.values_list("unit", "created", "content"):
        found[unit].append((created, digest(content)))
    return found


def _draft(drafts: dict[int, list[tuple[datetime, str]]], one: Submission) -> str | None:
    """The machine's text that stood there when the task was handed out."""
    task = one.assignment.task
    if task.purpose != Task.Purpose.WORK:
        return digest(task.gold.shown.content) if task.gold.shown else None
    before = [text for created, text in drafts[task.unit_id] if created <= one.assignment.started]
    return before[-1] if before else None


def _both_ways(signal: Signal) -> Iterator[tuple[int, int | None]]:
    yield signal.person, signal.other
    if signal.other is not None:
        yield signal.other, signal.person
