"""The leaderboard's chart: scores as dots with their intervals, as numbers a template can draw in SVG."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from frontend.spoken import spoken
from frontend.templatetags.texts import language_called
from pipelines.metrics import metrics
from pipelines.models import Score

LEFT, RIGHT, WIDTH = 260, 70, 1060
ROW, TOP = 26, 24
TICKS = (0, 25, 50, 75, 100)


@dataclass(frozen=True)
class Row:
    """One score in its place; coordinates are text, so that no locale puts a comma into them."""

    score: Score
    language: str
    is_first: bool
    """Whether it is the first of its language, where the language's name is written."""
    baseline: str
    y: str
    text_y: str
    x: str
    low: str
    high: str


@dataclass(frozen=True)
class Panel:
    """One metric on one kind: its rows by language, best first, on one axis from 0 to 100."""

    kind: str
    metric: str
    rows: list[Row]
    ticks: list[tuple[int, str]]
    height: int
    width: int = WIDTH
    top: int = TOP - 6

    @property
    def bottom(self) -> int:
        return self.height - 6

    @property
    def value_x(self) -> int:
        return self.width - 6


def panels(scores: Iterable[Score]) -> list[Panel]:
    """A panel for each kind and metric; `scores` come in that order."""
    made = []
    for (kind, metric), group in groupby(scores, key=lambda score: (score.evaluation.kind, score.metric)):
        rows = list(_rows(group))
        called = spoken(metrics.all[metric].label) if metric in metrics.all else metric
        made.append(Panel(kind, called, rows, [(tick, _x(tick)) for tick in TICKS], TOP + ROW * len(rows) + 8))
    return made


def _rows(scores: Iterable[Score]) -> Iterator[Row]:
    last = ""
    for place, score in enumerate(scores):
        tag = score.evaluation.language
        yield _row(place, score, is_first=tag != last)
        last = tag


def _row(place: int, score: Score, *, is_first: bool) -> Row:
    y = TOP + ROW * place + ROW / 2
    return Row(
        score,
        language_called(score.evaluation.language),
        is_first,
        score.evaluation.baseline.get("name", ""),
        f"{y:.1f}",
        f"{y + 4:.1f}",
        _x(score.value),
        _x(score.low),
        _x(score.high),
    )


def _x(value: float) -> str:
    return f"{LEFT + (WIDTH - LEFT - RIGHT) * min(max(value, 0), 100) / 100:.1f}"
