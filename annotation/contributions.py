"""Who gave a campaign how much, how fast, and how right on gold: for its managers."""

from dataclasses import dataclass, field

from django.db.models import Aggregate, Count, FloatField, Q

from annotation.accuracy import Accuracy, wilson
from annotation.models import Campaign, Gold, Grade, Hold, Submission, Task
from annotation.models.assignments import Stage
from core.models import User


@dataclass(frozen=True)
class Contribution:
    """What one person gave a campaign: annotations, an expert's decisions, their median seconds, and how right they were on gold."""

    person: User
    annotated: int
    judged: int
    seconds: float | None
    gold: Accuracy | None
    """None where they have answered no gold."""
    simulated: bool
    held: list[str] = field(default_factory=list)
    """Languages in which they are paused."""


class Median(Aggregate):
    """The middle of a column, as PostgreSQL has it."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def contributions(campaign: Campaign) -> list[Contribution]:
    """Who answered how much, the most first; training and tests are left out. Five statements, however many people."""
    work = Q(assignment__task__purpose=Task.Purpose.WORK)
    annotating = Q(assignment__stage=Stage.ANNOTATE)
    answers = Submission.objects.filter(
        assignment__campaign=campaign, assignment__task__purpose__in=[Task.Purpose.WORK, Task.Purpose.GOLD]
    )
    counts = answers.order_by().values_list("assignment__person").annotate(
        annotated=Count("pk", filter=work & annotating),
        judged=Count("pk", filter=work & ~annotating),
        median=Median("seconds", filter=work),
    )  # fmt: skip
    named, gold, held = User.objects.in_bulk([row[0] for row in counts]), _gold(campaign), _held(campaign)
    simulated = set(campaign.dataset.members.filter(simulated=True).values_list("user", flat=True))
    rows = [
        Contribution(named[who], annotated, judged, seconds, gold.get(who), who in simulated, held.get(who, []))
        for who, annotated, judged, seconds in counts
    ]
    return sorted(rows, key=lambda one: (-one.annotated - one.judged, one.person.username))


def _gold(campaign: Campaign) -> dict[int, Accuracy]:
    """Everybody's accuracy on gold in all languages together; gold that was retired does not count."""
    graded = Grade.objects.filter(campaign=campaign, purpose=Task.Purpose.GOLD).exclude(gold__status=Gold.Status.RETIRED)
    rows = graded.order_by().values_list("person").annotate(correct=Count("pk", filter=Q(right=True)), graded=Count("pk"))
    return {who: wilson(right, graded) for who, right, graded in rows}


def _held(campaign: Campaign) -> dict[int, list[str]]:
    held: dict[int, list[str]] = {}
    for who, language in campaign.holds.filter(status=Hold.Status.ACTIVE).order_by("language").values_list("person", "language"):
        held.setdefault(who, []).append(language)
    return held
