"""How fast a campaign goes: its answers by day as bars, what is left, and when it would be done at last week's pace."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from annotation.models import Campaign, Submission, Task

DAYS, WEEK = 28, 7
WIDTH, HEIGHT, GAP = 560, 96, 4


@dataclass(frozen=True)
class Bar:
    """One day's answers; coordinates are text, so that no locale puts a comma into them."""

    day: date
    answers: int
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Pace:
    """The last four weeks of a campaign, and what they say about its end."""

    bars: list[Bar]
    most: int
    left: int
    """Answers that are still wanted of the tasks there are."""
    by_day: float
    done_on: date | None
    """The day it would be done on at the last seven days' pace; None when nothing is left, or nothing was done."""
    width: int = WIDTH
    height: int = HEIGHT


def pace(campaign: Campaign, today: date) -> Pace:
    """Two statements, however many answers there are; days are UTC's."""
    first = today - timedelta(days=DAYS - 1)
    answers = Submission.objects.filter(assignment__campaign=campaign, created__date__gte=first)
    days = dict(answers.annotate(day=TruncDate("created")).order_by().values_list("day").annotate(Count("pk")))
    wanted = Task.objects.filter(campaign=campaign, status=Task.Status.OPEN, purpose=Task.Purpose.WORK)
    left = wanted.aggregate(left=Sum("open"))["left"] or 0
    counts = [(day, days.get(day, 0)) for day in (first + timedelta(days=number) for number in range(DAYS))]
    most = max(count for _, count in counts)
    by_day = sum(count for _, count in counts[-WEEK:]) / WEEK
    done_on = today + timedelta(days=ceil(left / by_day)) if left and by_day else None
    return Pace([_bar(place, day, count, most) for place, (day, count) in enumerate(counts)], most, left, by_day, done_on)


def _bar(place: int, day: date, answers: int, most: int) -> Bar:
    step, tall = WIDTH / DAYS, HEIGHT * answers / (most or 1)
    return Bar(day, answers, f"{place * step:.1f}", f"{HEIGHT - tall:.1f}", f"{step - GAP:.1f}", f"{tall:.1f}")
