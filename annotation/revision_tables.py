"""The revision report as tables of plain values: what the CSV files, the command's JSON and the page's tables are made of."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from annotation.revision import BINS, BOUGHT, FATES, STAGES, Change, Report, interval


class Table(NamedTuple):
    """A header and rows of the same length; None is a value that there is not."""

    header: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    @property
    def records(self) -> list[dict[str, Any]]:
        """Each row by the names of its columns."""
        return [dict(zip(self.header, row, strict=True)) for row in self.rows]


def quartiles(values: list[float]) -> tuple[float | None, ...]:
    """First quartile, median and third; nothing of nothing."""
    return tuple(round(float(one), 4) for one in np.percentile(values, (25, 50, 75))) if values else (None, None, None)


def _changes(report: Report) -> Table:
    header = (
        "language", "stage", "texts", "simulated", "written", "changed", "share", "share_low", "share_high",
        "distance_median", "distance_share_median", "distance_share_mean", "chrf_of_changed", "chrf_of_all",
    )  # fmt: skip
    return Table(header, [(language, stage, *_change(report.changes[language, stage])) for language, stage in _stages(report)])


def _change(change: Change) -> tuple[Any, ...]:
    edits = [one.edit for one in change.revised]
    shares, scores = [edit.share for edit in edits], [edit.chrf for edit in edits]
    low, high = interval(len(edits), change.texts) or (None, None)
    same = change.texts - len(edits)  # equal texts score 100
    return (
        change.texts, change.simulated, change.written, len(edits), _rounded(change.share), _rounded(low), _rounded(high),
        quartiles([edit.distance for edit in edits])[1], quartiles(shares)[1], _mean(shares),
        _mean(scores), _mean([*scores, *([100.0] * same)]),
    )  # fmt: skip


def _stages(report: Report) -> Iterator[tuple[str, Any]]:
    return ((language, stage) for language in report.rows for stage in STAGES if (language, stage) in report.changes)


def _distances(report: Report) -> Table:
    rows = [
        (language, stage, place / BINS, (place + 1) / BINS, count)
        for language, stage in _stages(report)
        for place, count in enumerate(report.changes[language, stage].bins)
    ]
    return Table(("language", "stage", "from", "to", "texts"), rows)


def _texts(report: Report) -> Table:
    header = ("language", "kind", "key", "stage", "distance", "distance_share", "chrf")
    found = (
        one for language in report.languages for stage in STAGES if (language, stage) in report.changes
        for one in report.changes[language, stage].revised
    )  # fmt: skip
    return Table(
        header,
        [(o.language, o.kind, o.key, o.stage, o.edit.distance, round(o.edit.share, 4), o.edit.chrf) for o in found],
    )


def _experts(report: Report) -> Table:
    """What became of the texts that experts decided; ``share`` is of those decided, so those under way have none."""
    rows: list[tuple[Any, ...]] = []
    for language in (one for one in report.rows if one in report.fates):
        fates = report.fates[language]
        decided = fates.total() - fates["under way"]
        counted = [*((fate, fates[fate]) for fate in FATES), ("bought", sum(fates[fate] for fate in BOUGHT))]
        for fate, count in counted:
            of = 0 if fate == "under way" else decided
            low, high = interval(count, of) or (None, None)
            rows.append((language, fate, count, _rounded(count / of if of else None), _rounded(low), _rounded(high)))
    return Table(("language", "outcome", "texts", "share", "share_low", "share_high"), rows)


def _ratings(report: Report) -> Table:
    rows = [
        (language, rating, report.ratings[language][rating], report.rated_by_programs[language, rating])
        for language in report.rows if language in report.ratings
        for rating in range(1, 6)
    ]  # fmt: skip
    return Table(("language", "rating", "answers", "simulated"), rows)


def _times(report: Report) -> Table:
    rows = [
        (language, stage, len(time.seconds), time.simulated, *quartiles(time.seconds))
        for language in report.rows for stage in STAGES if (time := report.times.get((language, stage)))
    ]  # fmt: skip
    return Table(("language", "stage", "answers", "simulated", "seconds_q1", "seconds_median", "seconds_q3"), rows)


def _rounds(report: Report) -> Table:
    rows = []
    for language in (one for one in report.rows if one in report.tasks):
        ended, rounds = report.tasks[language], report.rounds[language]
        redo = ended["redo"] / ended.total() if ended.total() else None
        rows.append((language, ended.total(), ended["redo"], _rounded(redo), ended["rejected"], max(rounds, default=0)))
    return Table(("language", "tasks_over", "sent_back", "redo_share", "rejected", "highest_round"), rows)


def _checks(report: Report) -> Table:
    places = {language: place for place, language in enumerate(report.rows)}
    found = sorted((places[tag], check, tag, one) for (tag, check), one in report.checks.items() if tag in places)
    rows = [(tag, check or "none", one.flagged, one.changed, one.still, one.unknown) for _, check, tag, one in found]
    return Table(("language", "check", "drafts", "changed_by_people", "flagged_still", "not_checked_again"), rows)


def _reasons(report: Report) -> Table:
    found = sorted(report.reasons.items(), key=lambda one: (-one[1], one[0]))
    return Table(("language", "occasion", "words", "times"), [(*names, times) for names, times in found])


TABLES: dict[str, Callable[[Report], Table]] = {
    "changes": _changes, "distances": _distances, "texts": _texts, "experts": _experts, "ratings": _ratings,
    "times": _times, "rounds": _rounds, "checks": _checks, "reasons": _reasons,
}  # fmt: skip
"""Every table by the name its file has."""


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _mean(values: list[float]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None
