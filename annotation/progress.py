"""How far a campaign is, counted from its tasks and answers: where its tasks stand, and what was wanted day by day."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Any, Literal

from django.db.models import Case, Count, DateField, Q, Sum, When
from django.db.models.functions import TruncDate

from annotation.models import Assignment, Campaign, Submission, Task
from annotation.models.assignments import Stage

# Where a task stands: an open one by its stage, another by how it ended.
STAGES = (*Stage.values, *(one for one in Task.Status.values if one != Task.Status.OPEN))
DAYS, WEEK = 28, 7
# An end further away than this is none that anybody could plan with.
FAR = 3650


@dataclass(frozen=True)
class Row:
    """The work of one language: how many tasks stand where, by `STAGES`. ``language`` is empty for the sum of all."""

    language: str
    counts: dict[str, int]

    @property
    def tasks(self) -> int:
        return sum(self.counts.values())

    @property
    def total(self) -> int:
        """Tasks that are to be done: what was sent back is there again as its next round, and what was withdrawn is not."""
        return self.tasks - self.counts[Task.Status.REDO] - self.counts[Task.Status.WITHDRAWN]


def matrix(campaign: Campaign) -> list[Row]:
    """Where the tasks of each language stand, in order of language; one statement. Gold, training and tests are no work."""
    work = campaign.tasks.filter(purpose=Task.Purpose.WORK).order_by("language")
    rows: dict[str, Counter[str]] = {}
    for language, status, stage, count in work.values_list("language", "status", "stage").annotate(Count("pk")):
        rows.setdefault(language, Counter())[stage if status == Task.Status.OPEN else status] += count
    return [_row(language, counts) for language, counts in rows.items()]


def total(rows: Iterable[Row]) -> Row:
    """The sum of all languages."""
    return _row("", sum((Counter(row.counts) for row in rows), Counter()))


def _row(language: str, counts: Counter[str]) -> Row:
    return Row(language, {stage: counts[stage] for stage in STAGES})


@dataclass(frozen=True)
class Day:
    """The end of one day by UTC: answers ``left`` to be given, those that came on it, and those it began to want."""

    day: date
    left: float
    answers: int
    added: float


@dataclass(frozen=True)
class BurnDown:
    """The last four weeks of a campaign and what they say about its end.

    ``left`` of a day is how many answers the tasks there were on it have had since, or still want: so it falls with every
    answer, and rises when tasks are added. Wanted are free slots, what people hold, and (``later``) an expert's look at what
    is still being annotated: one for each task when all are verified, else the campaign's random share of them.
    """

    days: list[Day]
    later: float
    by_day: float
    """Answers a day in the last seven days; in those since the first one, where it came within them."""
    ending: Literal["empty", "reached", "stopped", "idle", "far", "dated"]
    """Why there is no ``done_on``, or that there is one."""
    done_on: date | None = None

    @property
    def left(self) -> float:
        return self.days[-1].left

    @property
    def wanted(self) -> int:
        """What is left, in whole answers."""
        return ceil(round(self.left, 6))

    @property
    def expected(self) -> int:
        """Those of them that experts will give, in whole answers."""
        return ceil(round(self.later, 6))


def burn_down(campaign: Campaign, today: date) -> BurnDown:
    """Three statements, however much work there is. Nothing but tasks, leases and answers is read, so it is right after any repair."""
    first = today - timedelta(days=DAYS - 1)
    wanted, later = _wanted(campaign, first)
    given = _given(campaign, first)
    days = [_day(first + timedelta(days=number), wanted, given) for number in range(DAYS)]
    by_day = _pace([one.answers for one in days])
    ending, done_on = _end(campaign, days[-1].left, by_day, today) if wanted or given else ("empty", None)
    return BurnDown(days, later, by_day, ending, done_on)


def _wanted(campaign: Campaign, first: date) -> tuple[dict[date, float], float]:
    """Answers that tasks still want by the day they were made, those before the window on the day before it; and those of later stages."""
    work = Task.objects.filter(campaign=campaign, purpose=Task.Purpose.WORK, status=Task.Status.OPEN)
    rows = work.annotate(made=_made("created", first)).order_by().values_list("made")
    share = _expert_share(campaign)
    wanted: Counter[date] = Counter()
    later = 0.0
    for made, free, annotated in rows.annotate(free=Sum("open"), annotated=Count("pk", filter=Q(stage=Stage.ANNOTATE))):
        wanted[made or _before(first)] += free + annotated * share
        later += annotated * share
    held = Assignment.objects.filter(
        campaign=campaign, status__in=["active", "reserved"], task__purpose=Task.Purpose.WORK, task__status=Task.Status.OPEN
    )
    for made, count in held.annotate(made=_made("task__created", first)).order_by().values_list("made").annotate(Count("pk")):
        wanted[made or _before(first)] += count
    return wanted, later


def _given(campaign: Campaign, first: date) -> list[tuple[date, date, int]]:
    """Answers since `first` as (day their task was made, day they came, how many)."""
    answers = Submission.objects.filter(
        assignment__campaign=campaign, assignment__task__purpose=Task.Purpose.WORK, created__gte=_midnight(first)
    )
    by_day = answers.annotate(made=_made("assignment__task__created", first), day=TruncDate("created", tzinfo=UTC))
    rows = by_day.order_by().values_list("made", "day").annotate(Count("pk"))
    return [(made or _before(first), day, count) for made, day, count in rows]


def _made(column: str, first: date) -> Case:
    """The day of a moment; NULL before the window, where one day is as good as another."""
    return Case(When(**{f"{column}__gte": _midnight(first)}, then=TruncDate(column, tzinfo=UTC)), output_field=DateField())


def _day(day: date, wanted: dict[date, float], given: list[tuple[date, date, int]]) -> Day:
    left = sum(count for made, count in wanted.items() if made <= day)
    left += sum(count for made, came, count in given if made <= day < came)
    answers = sum(count for _made, came, count in given if came == day)
    added = wanted.get(day, 0) + sum(count for made, _came, count in given if made == day)
    return Day(day, left, answers, added)


def _expert_share(campaign: Campaign) -> float:
    """How many answers of an expert a task wants, on average and at least, after people have annotated it."""
    if campaign.verification in (Campaign.Verification.ALL, Campaign.Verification.NONE):
        return float(campaign.verification == Campaign.Verification.ALL)
    return campaign.verification_share


def _pace(answers: list[int]) -> float:
    """Answers a day in the last week, or since the first answer where that is less than a week ago."""
    begun = next((place for place, count in enumerate(answers) if count), len(answers))
    return sum(answers[-WEEK:]) / min(WEEK, max(len(answers) - begun, 1))


def _end(campaign: Campaign, left: float, by_day: float, today: date) -> tuple[Any, date | None]:
    if not left:
        return "reached", None
    if campaign.status != Campaign.Status.LIVE:
        return "stopped", None
    if not by_day:
        return "idle", None
    days = ceil(left / by_day)
    return ("far", None) if days > FAR else ("dated", today + timedelta(days=days))


def _before(first: date) -> date:
    return first - timedelta(days=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
