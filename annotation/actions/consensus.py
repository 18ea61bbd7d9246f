"""What an aggregator makes of people's answers: task by task while a campaign runs, and of all of them anew when asked."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction

from annotation import policies
from annotation.actions import adjudication, grading
from annotation.aggregators import Aggregator, aggregators
from annotation.models import Campaign, Consensus, Submission, Task
from annotation.models.assignments import Stage
from annotation.records import Answer, Verdict
from annotation.task_types import task_types
from core.events import record
from core.models import User
from core.policy import require
from core.prepared import Hole, Prepared

MAJORITY = aggregators.build("majority")


def _answers(**where: Any) -> Any:
    answered = Submission.objects.filter(assignment__stage=Stage.ANNOTATE, **where)
    return answered.select_related("assignment__person").order_by("pk")


ANSWERS = Prepared(lambda: _answers(assignment__task=Hole("task")))


def settler(campaign: Campaign) -> Aggregator:
    """What a campaign settles by while it runs."""
    aggregator = aggregators.build(campaign.aggregator)
    return aggregator if aggregator.settles else MAJORITY


def of(campaign: Campaign, answers: Iterable[Submission], tag: str, aggregator: Aggregator) -> list[Consensus]:
    """The aggregator's word on every task the answers in one language belong to; of equal answers the earliest is the chosen one."""
    asked, worth = task_types.build(campaign.task_type), _worth(campaign, tag, aggregator)
    first: dict[tuple[int, str], Submission] = {}
    votes = []
    for one in answers:
        task, person, answer = one.assignment.task_id, one.assignment.person_id, asked.Payload.model_validate(one.payload)
        label = asked.label_of(answer)
        first.setdefault((task, label), one)
        votes.append(Answer(task, str(person), label, weight=worth(person), value=asked.text(answer)))
    said = {task: (aggregator, verdict) for task, verdict in aggregator.aggregate(votes).items()}
    if unsaid := {task for task, (_, verdict) in said.items() if (task, verdict.label) not in first}:
        said |= {task: (MAJORITY, v) for task, v in MAJORITY.aggregate(one for one in votes if one.task in unsaid).items()}
    return [_concluded(task, verdict, first[task, verdict.label], by.signature()) for task, (by, verdict) in sorted(said.items())]


def _concluded(task: int, verdict: Verdict, chosen: Submission, signature: str) -> Consensus:
    outcome = Consensus.Outcome.AGREED if verdict.agreed else Consensus.Outcome.DISPUTED
    return Consensus(task_id=task, outcome=outcome, chosen=chosen, confidence=verdict.confidence, signature=signature)


def _worth(campaign: Campaign, tag: str, aggregator: Aggregator) -> Callable[[int], float]:
    """What a person's vote counts: by their gold where the aggregator weighs and the campaign has gold, else one each."""
    if not (aggregator.weighs and campaign.gold_rate):
        return lambda person: 1.0
    known = grading.weights(campaign)
    return lambda person: known.get((person, tag), 0.0)


def rebuild(campaign: Campaign, *, by: User | None) -> int:
    """Delete what was concluded in a campaign and conclude it again from the submissions; returns how many tasks.

    Here an aggregator that looks at many tasks at once, such as Dawid-Skene, has its say, language by language. Where it says
    what nobody answered, no answer could stand for it: there the majority's word stays. What the first conclusion brought
    about, a text that was adopted or a round that was asked for again, stays as it is.
    """
    require(policies.manage(by, campaign.dataset))
    with transaction.atomic():
        Consensus.objects.filter(task__campaign=campaign).delete()
        running = {"assignment__task__status": Task.Status.OPEN, "assignment__task__stage": Stage.ANNOTATE}
        asked = _answers(assignment__campaign=campaign, assignment__task__purpose=Task.Purpose.WORK).exclude(**running)
        aggregator = aggregators.build(campaign.aggregator)
        concluded = []
        for tag in sorted(set(asked.order_by().values_list("assignment__task__language", flat=True))):
            concluded += of(campaign, asked.filter(assignment__task__language=tag), tag, aggregator)
        Consensus.objects.bulk_create(concluded, batch_size=2000)
        decided = campaign.tasks.filter(assignments__stage=Stage.ADJUDICATE, assignments__status="submitted").distinct()
        for task in decided.exclude(status=Task.Status.OPEN).iterator():
            task.campaign = campaign
            if final := adjudication.majority(list(adjudication.decisions(task)), campaign):
                adjudication.conclude(task, final)
        record("rebuild", campaign, by=by, data={"tasks": len(concluded), "aggregator": aggregator.signature()})
    return len(concluded)
