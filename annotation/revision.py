"""The revision report: what crowd and experts changed in the texts, how much, how long it took, and so what the experts bought."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import nlargest
from math import sqrt
from typing import Any, Literal, NamedTuple

from django.db.models import Count

from annotation import histories
from annotation.edits import Edit, compare
from annotation.histories import Answered, History, Text
from annotation.models import Assignment, Dataset, Task, Unit

# The row over all languages: BCP 47's range for any of them.
ALL = "*"
EXAMPLES = 8
BINS = 10
FLAGGED = ("warn", "fail")

Stage = Literal["crowd", "expert", "whole"]
STAGES: tuple[Stage, ...] = ("crowd", "expert", "whole")
Fate = Literal["as it came", "corrected by the expert", "sent back and rewritten", "rejected", "under way"]
FATES: tuple[Fate, ...] = ("as it came", "corrected by the expert", "sent back and rewritten", "rejected", "under way")
BOUGHT: tuple[Fate, ...] = ("corrected by the expert", "sent back and rewritten", "rejected")


class Revised(NamedTuple):
    """One text that a stage changed, and how much."""

    unit: int
    key: str
    kind: str
    language: str
    stage: Stage
    edit: Edit


class Example(NamedTuple):
    """A large edit with both texts, for people to look at."""

    revised: Revised
    before: dict[str, Any]
    after: dict[str, Any]
    simulated: bool


@dataclass
class Change:
    """What one stage did to the texts it had: how many there were, how many were written anew or changed, and each change."""

    texts: int = 0
    written: int = 0
    """Where there was no text before; not among ``texts``."""
    simulated: int = 0
    """Of ``texts``, those that no real person worked on at this stage."""
    revised: list[Revised] = field(default_factory=list)

    @property
    def share(self) -> float | None:
        """The part of the texts that was changed; None when there were none."""
        return len(self.revised) / self.texts if self.texts else None

    @property
    def bins(self) -> list[int]:
        """How many changed texts by the share of the text that was changed, in tenths."""
        found = Counter(min(int(one.edit.share * BINS), BINS - 1) for one in self.revised)
        return [found[place] for place in range(BINS)]


@dataclass
class Time:
    """Seconds from claim to submit, one for each answer."""

    seconds: list[float] = field(default_factory=list)
    simulated: int = 0


@dataclass
class Checked:
    """What a check said of the drafts people worked on, and what became of those it flagged (warned of or failed)."""

    flagged: int = 0
    changed: int = 0
    """Flagged drafts that people changed."""
    still: int = 0
    """Flagged drafts whose present text the same check flags."""
    unknown: int = 0
    """Flagged drafts whose present text this check has not seen."""


@dataclass
class Report:
    """All counts by language, and by `ALL` over them. Facts only: deleted and made again it is the same."""

    languages: list[str]
    changes: dict[tuple[str, Stage], Change] = field(default_factory=lambda: defaultdict(Change))
    fates: dict[str, Counter[Fate]] = field(default_factory=lambda: defaultdict(Counter))
    """What became of the texts that experts looked at."""
    ratings: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    rated_by_programs: Counter[tuple[str, int]] = field(default_factory=Counter)
    times: dict[tuple[str, Stage], Time] = field(default_factory=lambda: defaultdict(Time))
    rounds: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    """Texts by the highest round anybody answered in."""
    tasks: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Tasks that are over by how they ended: done, redo, rejected."""
    checks: dict[tuple[str, str], Checked] = field(default_factory=lambda: defaultdict(Checked))
    """By language and check; check "" is for drafts that no check flagged."""
    reasons: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By language, occasion (sent back, rejected, flagged, skipped) and words, as they were written."""
    examples: dict[Stage, list[Example]] = field(default_factory=lambda: defaultdict(list))
    """The largest edits of each stage, largest first."""

    @property
    def rows(self) -> list[str]:
        """The languages, and `ALL` where there are several."""
        return [*self.languages, ALL] if len(self.languages) > 1 else self.languages

    @property
    def empty(self) -> bool:
        """Whether nobody has answered anything yet."""
        return not self.times


def report(dataset: Dataset, languages: Iterable[str] = ()) -> Report:
    """The report on a dataset, or on some of its languages: six queries, however many texts there are."""
    tags = sorted(languages) or dataset.language_tags
    made = of(histories.read(dataset, tags), tags)
    work = Assignment.objects.filter(campaign__dataset=dataset, task__language__in=tags, task__purpose="work")
    skipped = work.filter(status=Assignment.Status.SKIPPED)
    for tag, why, times in skipped.values_list("task__language", "reason").annotate(Count("pk")):
        made.reasons[tag, "skipped", why] += times
    return made


def of(units: Iterable[History], languages: list[str]) -> Report:
    """The report on these histories, each looked at once."""
    made = Report(languages)
    for history in units:
        if history.answers:
            _count_changes(made, history)
            _count_answers(made, history)
            _count_checks(made, history)
    return made


def interval(part: int, whole: int) -> tuple[float, float] | None:
    """Wilson's 95 % score interval of a share (Wilson 1927), for shares of few texts, too; None for a share of nothing."""
    if not whole:
        return None
    z, share = 1.959964, part / whole
    middle = share + z * z / (2 * whole)
    half = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return (max(0.0, (middle - half) / (1 + z * z / whole)), min(1.0, (middle + half) / (1 + z * z / whole)))


def _count_changes(made: Report, history: History) -> None:
    """What each stage did to this text, and what became of it with the experts."""
    crowd, experts = history.writers, history.experts
    draft, last = history.draft, history.present
    # What would stand there without experts: the text as it was when the first of them answered.
    first = min((answer.pk for answer in experts), default=None)
    reached = next((text for text in reversed(history.texts) if first is None or text.at < first), None)
    if any(answer.concluded for answer in crowd):
        _change(made, history, "crowd", draft, reached, crowd)
    if not experts:
        if history.status == Unit.Status.VERIFIED:
            _change(made, history, "whole", draft, last, crowd)
        return
    fate = _fate(history, experts, reached, last)
    for language in (history.language, ALL):
        made.fates[language][fate] += 1
    if fate not in ("rejected", "under way"):
        _change(made, history, "expert", reached, last, experts)
        _change(made, history, "whole", draft, last, [*crowd, *experts])


def _fate(history: History, experts: list[Answered], reached: Text | None, last: Text | None) -> Fate:
    ends = {answer.ended for answer in experts}
    if history.status == Unit.Status.REJECTED:
        return "rejected"
    if Task.Status.DONE not in ends or last is None:
        return "under way"
    if reached is not None and reached.hash == last.hash:
        return "as it came"
    return "sent back and rewritten" if Task.Status.REDO in ends else "corrected by the expert"


def _change(
    made: Report, history: History, stage: Stage, before: Text | None, after: Text | None, answers: list[Answered]
) -> None:  # fmt: skip
    if after is None:
        return
    simulated = all(answer.simulated for answer in answers)
    changed = before is not None and before.hash != after.hash
    revised = (
        Revised(history.unit, history.key, history.kind, history.language, stage, compare(before.text, after.text)) if changed else None
    )
    for language in (history.language, ALL):
        change = made.changes[language, stage]
        change.texts += before is not None
        change.written += before is None
        change.simulated += before is not None and simulated
        if revised:
            change.revised.append(revised)
    if revised:
        shown = [*made.examples[stage], Example(revised, before.content, after.content, simulated)]
        made.examples[stage] = nlargest(EXAMPLES, shown, key=lambda one: (one.revised.edit.distance, -one.revised.unit))


def _count_answers(made: Report, history: History) -> None:
    """Times, ratings, rounds and reasons."""
    ended = {answer.task: answer.ended for answer in history.answers if answer.ended != Task.Status.OPEN}
    for language in (history.language, ALL):
        made.rounds[language][max(answer.round for answer in history.answers)] += 1
        made.tasks[language].update(ended.values())
        for answer in (*history.writers, *history.experts):
            time = made.times[language, answer.maker]
            time.seconds.append(answer.seconds)
            time.simulated += answer.simulated
            if answer.rating is not None:
                made.ratings[language][answer.rating] += 1
                made.rated_by_programs[language, answer.rating] += answer.simulated
    occasion = {Task.Status.REDO: "sent back", Task.Status.REJECTED: "rejected"}
    for answer in history.answers:
        if answer.flagged:
            made.reasons[history.language, "flagged", answer.flagged] += 1
        if answer.reason and answer.ended in occasion:
            made.reasons[history.language, occasion[answer.ended], answer.reason] += 1


def _count_checks(made: Report, history: History) -> None:
    """What the checks said of the draft and say of the present text, where it is known: nobody checks every edit anew."""
    draft, last = history.draft, history.present
    if draft is None or last is None:
        return
    before, after = (history.findings.get(text.translation, {}) for text in (draft, last))
    flagged = [check for check, verdict in before.items() if verdict in FLAGGED] or [""]
    for language in (history.language, ALL):
        for check in flagged:
            row = made.checks[language, check]
            row.flagged += 1
            row.changed += draft.hash != last.hash
            row.still += after.get(check) in FLAGGED
            row.unknown += bool(check) and check not in after
