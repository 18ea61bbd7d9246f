"""What happened to the text of each unit, from draft to present: every table is read once, in step, however many units there are."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from math import inf
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from django.db.models import QuerySet

from annotation.models import Dataset, Finding, Member, Submission, Task, Translation, Unit
from annotation.models.assignments import Stage
from annotation.models.members import Role
from annotation.schema import Kind
from core.hashing import digest

CHUNK = 2000
Maker = Literal["machine", "crowd", "expert"]


class Text(NamedTuple):
    """One version of a unit's text; ``at`` is the submission it came with (0 for a draft): what orders texts and answers."""

    translation: int
    content: dict[str, Any]
    text: str
    """Every text of the content, a line each."""
    hash: str
    maker: Maker
    at: int


class Answered(NamedTuple):
    """One answer about a unit: at which stage, in which task and round, how that task ended, and what was said."""

    pk: int
    person: int
    maker: Maker
    task: int
    round: int
    ended: str
    """The task's status."""
    concluded: bool
    """Whether the stage it was given at is over."""
    hash: str
    """Of the text it proposes; "" where it proposes none."""
    rating: int | None
    reason: str
    flagged: str
    seconds: float
    simulated: bool


@dataclass(frozen=True)
class History:
    """One unit: the versions that led to its present text, oldest first, every answer about it, and findings by translation."""

    unit: int
    key: str
    kind: str
    language: str
    status: str
    texts: tuple[Text, ...]
    answers: tuple[Answered, ...]
    findings: dict[int, dict[str, str]] = field(default_factory=dict)
    """Translation to check to its latest verdict."""

    @property
    def draft(self) -> Text | None:
        """The machine's text that people began with; None when they wrote the first one."""
        return next((text for text in reversed(self.texts) if text.maker == "machine"), None)

    @property
    def present(self) -> Text | None:
        """The text as it stands."""
        return self.texts[-1] if self.texts else None

    @property
    def writers(self) -> list[Answered]:
        """The crowd's answers that propose a text; what else it was asked, such as a survey, revises nothing."""
        return [answer for answer in self.answers if answer.maker == "crowd" and answer.hash]

    @property
    def experts(self) -> list[Answered]:
        """The experts' answers: each is a judgement of the text, whether they change it or not."""
        return [answer for answer in self.answers if answer.maker == "expert"]


@dataclass(frozen=True)
class _People:
    """The members: who is an expert, and who a program."""

    experts: frozenset[int]
    simulated: frozenset[int]

    def maker(self, person: int, stage: str) -> Maker:
        """Experts verify and adjudicate; in a campaign for experts they annotate, too."""
        return "expert" if stage != Stage.ANNOTATE or person in self.experts else "crowd"


def read(dataset: Dataset, languages: Iterable[str]) -> Iterator[History]:
    """The histories of all units in the languages, by unit: five queries, and never more than a chunk of each in memory."""
    people, of_unit = _people(dataset), {"unit__item__dataset": dataset, "unit__language__in": list(languages)}
    translations, answers, findings = _translations(of_unit), _answers(of_unit), _findings(of_unit)
    # Records without a text of their own, such as pairs, are labelled, not revised.
    kinds = [name for name, kind in dataset.kinds.kinds.items() if kind.translatable]
    wanted = {"item__dataset": dataset, "item__kind__in": kinds, "language__in": of_unit["unit__language__in"]}
    units = Unit.objects.filter(**wanted).order_by("pk")
    columns = ("pk", "item__key", "item__kind", "language", "status", "current")
    # The units are asked for first, the rest with the first unit: what the rest knows besides came in between.
    for unit, key, kind, language, status, current in units.values_list(*columns).iterator(CHUNK):
        said = tuple(_answered(people, *row) for row in answers(unit))
        texts = _texts(people, dataset.kinds.kind(kind), current, translations(unit), said)
        yield History(unit, key, kind, language, status, texts, said, _verdicts(findings(unit)))


def _people(dataset: Dataset) -> _People:
    members = list(Member.objects.filter(dataset=dataset).values_list("user", "role", "simulated"))
    return _People(
        frozenset(user for user, role, _ in members if role != Role.ANNOTATOR),
        frozenset(user for user, _, simulated in members if simulated),
    )


# Unit to its rows; units are to be asked for in ascending order.
RowsOf = Callable[[int], list[tuple]]


def _following(rows: QuerySet, unit: str, *columns: str) -> RowsOf:
    """The rows of one unit after the other, without the column that names the unit."""
    ordered = rows.order_by(unit, "pk").values_list(unit, *columns).iterator(CHUNK)
    groups = groupby(ordered, key=itemgetter(0))
    there: tuple[float, list[tuple]] = (-1, [])

    def of(wanted: int) -> list[tuple]:
        nonlocal there
        while there[0] < wanted:
            found, group = next(groups, (inf, ()))
            there = (found, [row[1:] for row in group])
        return there[1] if there[0] == wanted else []

    return of


def _translations(of_unit: dict[str, Any]) -> RowsOf:
    return _following(Translation.objects.filter(**of_unit), "unit_id", "pk", "parent", "author", "hash", "content")


def _answers(of_unit: dict[str, Any]) -> RowsOf:
    wanted = {f"assignment__task__{name}": value for name, value in of_unit.items()} | {"assignment__task__purpose": "work"}
    task = ("assignment__task", "assignment__task__round", "assignment__task__status", "assignment__task__stage")
    who = ("assignment__person", "assignment__stage")
    return _following(
        Submission.objects.filter(**wanted), "assignment__task__unit_id", "pk", *who, *task, "payload", "flagged", "seconds"
    )


def _findings(of_unit: dict[str, Any]) -> RowsOf:
    wanted = {f"translation__{name}": value for name, value in of_unit.items()}
    return _following(Finding.objects.filter(**wanted), "translation__unit_id", "translation", "check_name", "verdict")


def _answered(
    people: _People, pk: int, person: int, stage: str, task: int, number: int, ended: str, now: str, payload: Any, flag: str,
    seconds: float,
) -> Answered:  # fmt: skip
    content, rating = payload.get("content"), payload.get("rating")
    return Answered(
        pk,
        person,
        people.maker(person, stage),
        task,
        number,
        ended,
        concluded=ended != Task.Status.OPEN or now != stage,
        hash=digest(content) if isinstance(content, dict) else "",
        rating=rating if isinstance(rating, int) else None,
        reason=str(payload.get("reason") or ""),
        flagged=flag,
        seconds=seconds,
        simulated=person in people.simulated,
    )


def _texts(
    people: _People, kind: Kind, current: int | None, rows: list[tuple], answers: tuple[Answered, ...]
) -> tuple[Text, ...]:  # fmt: skip
    """The present text and those it was made from, oldest first, each with who made it and when."""
    known = {pk: (parent, author, mark, content) for pk, parent, author, mark, content in rows}
    line: list[int] = []
    while current in known:
        line.append(current)
        current = known[current][0]
    texts: list[Text] = []
    at = 0
    for pk in reversed(line):
        _, author, mark, content = known[pk]
        maker: Maker = "machine"
        if author is not None:
            came = next((one for one in answers if one.pk > at and (one.person, one.hash) == (author, mark)), None)
            at, maker = (came.pk, came.maker) if came else (at, people.maker(author, Stage.ANNOTATE))
        texts.append(Text(pk, content, "\n".join(_leaves([content.get(name) for name in kind.translatable])), mark, maker, at))
    return tuple(texts)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif isinstance(value, str):
        yield value


def _verdicts(rows: list[tuple]) -> dict[int, dict[str, str]]:
    """Translation to check to verdict; of one check's several findings the last."""
    found: dict[int, dict[str, str]] = {}
    for translation, check, verdict in rows:
        found.setdefault(translation, {})[check] = verdict
    return found
