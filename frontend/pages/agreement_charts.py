"""The chart of agreement by week: for one language a line for each of a few measures, as coordinates a template draws in SVG."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from annotation.agreement import NAMES
from annotation.agreement.reading import Row

# Measures of a scale that are drawn: all would lie upon each other, and the table has them.
DRAWN = {
    "nominal": ("raw", "alpha", "ac1"),
    "ordinal": ("raw", "alpha", "ac1"),
    "interval": ("raw", "alpha"),
    "spans": ("alpha_u", "f1"),
    "text": ("identical", "chrf"),
}
WIDTH, HEIGHT = 460, 200
LEFT, RIGHT, TOP, BOTTOM = 34, 14, 12, 26
# How far the marks of one week stand apart, so that their intervals do not cover each other.
APART = 7
LABELS = 6
FLOORS = (0.0, -0.5, -1.0)


@dataclass(frozen=True)
class Point:
    """One value of one week; coordinates are text, so that no locale puts a comma into them."""

    x: str
    low: str
    high: str
    mark: str
    """The path of its mark: round, square or a diamond, by measure, so that colour is not all that tells them apart."""
    said: str


@dataclass(frozen=True)
class Line:
    """One measure over the weeks. ``number`` counts from 1 and chooses its colour; ``path`` joins its points."""

    name: str
    number: int
    path: str
    points: list[Point]


@dataclass(frozen=True)
class Chart:
    """One language: its lines, and the ticks of both axes as (label, coordinate)."""

    language: str
    lines: list[Line]
    weeks: list[tuple[str, str]]
    ticks: list[tuple[str, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def charts(weeks: list[Row]) -> Iterator[Chart]:
    """A chart for each language with values in two weeks or more; `weeks` come by language and in order of week."""
    for language, some in groupby(weeks, key=lambda row: row.language):
        rows = list(some)
        chart = _chart(language, rows)
        if chart.lines:
            yield chart


def _chart(language: str, rows: list[Row]) -> Chart:
    drawn = [row.found.measures[name] for row in rows for name in DRAWN[row.scale]]
    lowest = min((end for one in drawn for end in (one.value, one.low) if end is not None), default=0)
    # Zero is chance or nothing; the axis goes below it only where something does.
    least = next(end for end in FLOORS if end <= max(lowest, FLOORS[-1]))
    at = _Places([row.week for row in rows], least)
    lines = (_line(at, rows, name, number) for number, name in enumerate(DRAWN[rows[0].scale], start=1))
    step = 0.5 if least else 0.25
    ticks = [least + step * number for number in range(round((1 - least) / step) + 1)]
    lines = [one for one in lines if len(one.points) > 1]
    return Chart(language, lines, at.labels(), [(f"{tick:g}", _text(at.y(tick))) for tick in ticks])


def _line(at: "_Places", rows: list[Row], name: str, number: int) -> Line:
    points, path = [], []
    for row in rows:
        one = row.found.measures[name]
        if one.value is None:
            continue
        x, y = at.x(row.week) + (number - 2) * APART, at.y(one.value)
        low, high = (one.value if end is None else end for end in (one.low, one.high))
        interval = "" if one.low is None else f" [{low:.3f}, {high:.3f}]"
        said = f"{row.week}: {NAMES[name]} {one.value:.3f}{interval}"
        points.append(Point(_text(x), _text(at.y(low)), _text(at.y(high)), _mark(number, x, y), said))
        path.append(f"{'L' if path else 'M'}{x:.1f} {y:.1f}")
    return Line(NAMES[name], number, "".join(path), points)


def _mark(number: int, x: float, y: float) -> str:
    if number == 1:
        return f"M{x - 4:.1f} {y:.1f}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z"
    if number == 2:
        return f"M{x - 3.5:.1f} {y - 3.5:.1f}h7v7h-7z"
    return f"M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z"


class _Places:
    """Where weeks and values stand; weeks without answers keep their place."""

    def __init__(self, weeks: list[str], least: float) -> None:
        self.weeks, self.least = weeks, least
        self.first = _monday(weeks[0])
        self.span = max((_monday(weeks[-1]) - self.first).days, 1)

    def x(self, week: str) -> float:
        inner = LEFT + 2 * APART, WIDTH - RIGHT - 2 * APART
        return inner[0] + (inner[1] - inner[0]) * (_monday(week) - self.first).days / self.span

    def y(self, value: float) -> float:
        share = (max(value, self.least) - self.least) / (1 - self.least)
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share

    def labels(self) -> list[tuple[str, str]]:
        """As many weeks as there is room for, each with its year only where that is new."""
        step = -(-len(self.weeks) // LABELS)
        shown, year = [], ""
        for week in self.weeks[::step]:
            text = week if week[:4] != year else week[5:]
            shown.append((text, _text(self.x(week))))
            year = week[:4]
        return shown


def _monday(week: str) -> date:
    return date.fromisoformat(f"{week}-1")


def _text(coordinate: float) -> str:
    return f"{coordinate:.1f}"
