"""Agreement in a dataset, read from its submissions whenever it is asked for: by campaign, question, language and week."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from annotation.agreement import HEADLINE, NAMES, Agreement, agreement
from annotation.models import Campaign, Dataset, Submission, Task
from annotation.models.assignments import Stage
from annotation.records import Answer
from annotation.task_types import TaskType, task_types

HEADER = (
    "campaign", "question", "language", "week", "scale", "tasks", "shared", "votes", "people", "simulated",
    "measure", "value", "low", "high", "reason",
)  # fmt: skip
"""The names of a record's fields, in order."""
# Answers a headline is read from: their bootstrap is a matter of milliseconds, and their interval is narrow.
NEWEST = 1_000


@dataclass(frozen=True)
class Row:
    """The agreement of one campaign on one question in one language, in one week or, with ``week`` empty, in all.

    ``question`` is empty where the task type asks one; ``week`` is an ISO week such as 2026-W48, by UTC, and a task belongs to
    that of its last answer. ``simulated`` is how many of the votes come from simulated people.
    """

    campaign: Campaign
    question: str
    language: str
    week: str
    scale: str
    found: Agreement
    simulated: int

    @property
    def names(self) -> list[str]:
        """What its measures are called."""
        return [NAMES[name] for name in self.found.measures]

    @property
    def records(self) -> list[dict[str, Any]]:
        """One flat record for each measure, for files and programs: numbers with all their digits, None where there is none."""
        counts = {name: getattr(self.found, name) for name in ("tasks", "shared", "votes", "people")}
        place = {"campaign": self.campaign.slug, "question": self.question, "language": self.language, "week": self.week}
        common = place | {"scale": self.scale} | counts | {"simulated": self.simulated}
        return [common | {"measure": name} | asdict(one) for name, one in self.found.measures.items()]


class _Vote(NamedTuple):
    week: str
    simulated: bool
    answer: Answer


def of_dataset(dataset: Dataset, *, campaign: Campaign | None = None) -> list[Row]:
    """Rows of all campaigns or one, in order of campaign, language, question and week, all weeks first; none without answers.

    Counted is what annotators were asked to do: no gold, training or test, no verification, no adjudication. Where a further
    answer is asked for only because the first ones differ, only the first ones count: else agreement would seem lower than it is.
    Three queries, however many campaigns; the answers of one campaign and language are in memory at a time.
    """
    chosen = {one.pk: one for one in ([campaign] if campaign else dataset.campaigns.all())}
    simulated = set(dataset.members.filter(simulated=True).values_list("user", flat=True))
    rows: list[Row] = []
    for (pk, language), answers in groupby(_answers(chosen).iterator(chunk_size=5000), key=itemgetter(0, 1)):
        rows += _rows(chosen[pk], language, answers, simulated)
    return rows


def votes(campaign: Campaign) -> Iterator[tuple[str, str, list[Answer]]]:
    """Language, question and votes of what annotators answered in a campaign, by the same rules as `of_dataset`."""
    for (_campaign, language), answers in groupby(_answers([campaign.pk]).iterator(chunk_size=5000), key=itemgetter(0, 1)):
        for question, cast in _votes_by_question(campaign, answers, set())[1]:
            yield language, question, [vote.answer for vote in cast]


def headline(campaign: Campaign) -> tuple[list[Row], bool]:
    """A few measures of one campaign over all weeks, by language and question, and whether they are of all its answers.

    They are of the tasks that the newest `NEWEST` answers belong to, so that they take no longer when there are very many.
    """
    newest = list(_annotated([campaign.pk]).order_by("-pk").values_list("assignment__task", flat=True)[: NEWEST + 1])
    counted = _answers([campaign.pk]).filter(assignment__task__in=set(newest[:NEWEST]))
    simulated = set(campaign.dataset.members.filter(simulated=True).values_list("user", flat=True))
    rows: list[Row] = []
    for (_campaign, language), answers in groupby(counted.iterator(chunk_size=5000), key=itemgetter(0, 1)):
        asked, votes = _votes_by_question(campaign, answers, simulated)
        rows += [_row(campaign, question, language, "", asked, cast, HEADLINE) for question, cast in votes]
    return rows, len(newest) <= NEWEST


def _annotated(campaigns: Iterable[int]) -> Any:
    return Submission.objects.filter(
        assignment__campaign__in=list(campaigns), assignment__stage=Stage.ANNOTATE, assignment__task__purpose=Task.Purpose.WORK
    )


def _answers(campaigns: Iterable[int]) -> Any:
    """Campaign, language, task, person, payload and moment of every answer that counts, task by task in order of arrival."""
    annotated, task = _annotated(campaigns), "assignment__task"
    return annotated.order_by("assignment__campaign_id", f"{task}__language", f"{task}_id", "pk").values_list(
        "assignment__campaign_id", f"{task}__language", f"{task}_id", "assignment__person_id", "payload", "created"
    )


def _rows(campaign: Campaign, language: str, answers: Iterable[tuple], simulated: set[int]) -> Iterator[Row]:
    asked, votes = _votes_by_question(campaign, answers, simulated)
    for question, cast in votes:
        yield _row(campaign, question, language, "", asked, cast)
        for week, some in groupby(sorted(cast, key=attrgetter("week")), key=attrgetter("week")):
            yield _row(campaign, question, language, week, asked, list(some))


def _votes_by_question(
    campaign: Campaign, answers: Iterable[tuple], simulated: set[int]
) -> tuple[TaskType, list[tuple[str, list[_Vote]]]]:
    asked = task_types.build(campaign.task_type)
    votes: dict[str, list[_Vote]] = {}
    for task, given in groupby(answers, key=itemgetter(2)):
        for question, vote in _votes(asked, task, _first(campaign, list(given)), simulated):
            votes.setdefault(question, []).append(vote)
    return asked, sorted(votes.items())


def _first(campaign: Campaign, given: list[tuple]) -> list[tuple]:
    """The answers to a task that it was to have in any case."""
    grows_on_dispute = campaign.max_overlap > campaign.overlap
    return given[: campaign.overlap] if grows_on_dispute else given


def _votes(asked: TaskType, task: int, given: list[tuple], simulated: set[int]) -> Iterator[tuple[str, _Vote]]:
    """Each answer to a task as a vote on each question."""
    week = _week(given[-1][5])
    for _campaign, _language, _task, person, payload, _created in given:
        for question, label in asked.compared(asked.Payload.model_validate(payload)).items():
            yield question, _Vote(week, person in simulated, Answer(task, str(person), label))


def _row(
    campaign: Campaign, question: str, language: str, week: str, asked: TaskType, votes: list[_Vote],
    only: Collection[str] = frozenset(NAMES),
) -> Row:  # fmt: skip
    scale = asked.scale_of(question)
    found = agreement((vote.answer for vote in votes), scale, only=only)
    return Row(campaign, question, language, week, scale, found, sum(vote.simulated for vote in votes))


def _week(moment: datetime) -> str:
    year, week, _day = moment.isocalendar()
    return f"{year}-W{week:02}"
