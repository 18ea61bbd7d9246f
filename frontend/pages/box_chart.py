"""The chart of distributions: a box for each language or family on one axis from 0 to 100, as coordinates a template draws in SVG."""

from collections.abc import Iterable
from dataclasses import dataclass

from frontend.templatetags.texts import language_label
from pipelines.round_trips import Box

LEFT, RIGHT, WIDTH = 170, 70, 1060
ROW, TOP = 26, 26
TICKS = (0, 25, 50, 75, 100)
HALF = 7
"""Half of a box's height."""


@dataclass(frozen=True)
class Row:
    """One distribution in its place; coordinates are text, so that no locale puts a comma into them."""

    box: Box
    label: str
    y: str
    text_y: str
    top: str
    bottom: str
    low: str
    q1: str
    median: str
    q3: str
    high: str
    box_width: str
    said: str


@dataclass(frozen=True)
class Chart:
    """The boxes below each other, and the ticks of the axis as (value, coordinate)."""

    rows: list[Row]
    ticks: list[tuple[int, str]]
    height: int
    width: int = WIDTH
    top: int = TOP - 8

    @property
    def bottom(self) -> int:
        return self.height - 6

    @property
    def box_height(self) -> int:
        return 2 * HALF

    @property
    def value_x(self) -> int:
        return self.width - 4


def chart(boxes: Iterable[Box], *, are_languages: bool) -> Chart:
    """A row a box, in their order."""
    rows = [_row(place, box, language_label(box.name) if are_languages else box.name) for place, box in enumerate(boxes)]
    return Chart(rows, [(tick, _x(tick)) for tick in TICKS], TOP + ROW * len(rows) + 8)


def _row(place: int, box: Box, label: str) -> Row:
    y = TOP + ROW * place + ROW / 2
    ends = {name: _x(getattr(box, name)) for name in ("low", "q1", "median", "q3", "high")}
    said = f"{label}: {box.median:.1f} ({box.q1:.1f} – {box.q3:.1f})"
    width = max(float(ends["q3"]) - float(ends["q1"]), 1.0)
    return Row(
        box, label, f"{y:.1f}", f"{y + 4:.1f}", f"{y - HALF:.1f}", f"{y + HALF:.1f}", **ends, box_width=f"{width:.1f}", said=said
    )


def _x(value: float) -> str:
    """Scores above 100, which TER knows, end at the edge; the table has the number."""
    return f"{LEFT + (WIDTH - LEFT - RIGHT) * min(max(value, 0), 100) / 100:.1f}"
