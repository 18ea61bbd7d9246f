"""The burn-down chart: answers still wanted by day as a line, its dashed way to the end, and the answers that came as bars."""

from dataclasses import dataclass
from datetime import date
from math import ceil, log10

from annotation.progress import DAYS, BurnDown

WIDTH, LEFT, RIGHT = 800, 70, 14
TOP, FLOOR = 14, 176
# The strip of bars, below the names of the days.
BARS_TOP, BARS_FLOOR = 222, 258
HEIGHT, GAP = 262, 3
WEEK = 7
# The days ahead that are drawn; an end behind them is named, and its line leaves the picture.
AHEAD = 28
# An end nearer than this would be written over the name of the present day, which then is left out.
NEAR = 10


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
class Chart:
    """What a template draws: `line` and `ahead` are paths, the latter empty without an end; ticks are (label, coordinate)."""

    found: BurnDown
    line: str
    ahead: str
    now: tuple[str, str]
    leaves: bool
    """Whether the end lies behind what is drawn."""
    ticks: list[tuple[int, str]]
    days: list[tuple[date, str]]
    bars: list[Bar]
    most: int
    """The answers of the highest bar."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = FLOOR
    bars_top: int = BARS_TOP
    bars_floor: int = BARS_FLOOR

    @property
    def moved(self) -> list:
        """The days on which something came or was added, the latest first."""
        return [one for one in reversed(self.found.days) if one.answers or one.added]


def chart(found: BurnDown) -> Chart:
    """The chart of a burn-down, with as many days ahead as its end needs, and no more than `AHEAD`."""
    today = found.days[-1]
    distance = (found.done_on - today.day).days if found.done_on else 0
    shown = min(distance, AHEAD)
    points = _points(found)
    at = _Places(DAYS + shown, _ceiling(max(left for _place, left in points)))
    most = max(one.answers for one in found.days)
    stop = today.left * (1 - shown / distance) if distance else today.left
    now = at.point(DAYS, today.left)
    named = [(one.day, place) for place, one in enumerate(found.days, start=1) if (DAYS - place) % WEEK == 0]
    if 0 < shown < NEAR:
        named.pop()
    return Chart(
        found=found,
        line="M" + "L".join(" ".join(at.point(place, left)) for place, left in points),
        ahead=f"M{' '.join(now)}L{' '.join(at.point(DAYS + shown, stop))}" if distance else "",
        now=now,
        leaves=distance > shown,
        ticks=at.ticks(),
        days=[(day, _text(at.x(place))) for day, place in named],
        bars=[_bar(at, place, one.day, one.answers, most) for place, one in enumerate(found.days)],
        most=most,
    )


def _points(found: BurnDown) -> list[tuple[int, float]]:
    """(days since the chart's beginning, answers wanted): from the first day with tasks on, or from before the chart."""
    begun = next((place for place, one in enumerate(found.days) if one.left or one.added), DAYS - 1)
    one = found.days[begun]
    before = one.left + one.answers - one.added
    # Tasks that are made on a day are there before they are answered: the line begins with all of them.
    start = before if before > 0 else one.left + one.answers
    return [(begun, start), *((place + 1, found.days[place].left) for place in range(begun, DAYS))]


def _bar(at: "_Places", place: int, day: date, answers: int, most: int) -> Bar:
    tall = (BARS_FLOOR - BARS_TOP) * answers / (most or 1)
    x, width = at.x(place) + GAP / 2, at.step - GAP
    return Bar(day, answers, _text(x), _text(BARS_FLOOR - tall), _text(width), _text(tall))


class _Places:
    """Where days and numbers of answers stand."""

    def __init__(self, days: int, most: int) -> None:
        self.step, self.most = (WIDTH - LEFT - RIGHT) / days, most

    def x(self, days: float) -> float:
        return LEFT + days * self.step

    def point(self, days: float, left: float) -> tuple[str, str]:
        return _text(self.x(days)), _text(self.y(left))

    def y(self, left: float) -> float:
        return FLOOR - (FLOOR - TOP) * left / self.most

    def ticks(self) -> list[tuple[int, str]]:
        found = [0, self.most // 2, self.most] if self.most % 2 == 0 else [0, self.most]
        return [(tick, _text(self.y(tick))) for tick in found]


def _ceiling(most: float) -> int:
    """The next of 1, 2, 4, 6, 8, 10, 20, 40 … that is no less."""
    if most <= 1:
        return 1
    unit = 10 ** int(log10(most))
    return next(ceil(step * unit) for step in (1, 2, 4, 6, 8, 10) if step * unit >= most)


def _text(coordinate: float) -> str:
    return f"{coordinate:.1f}"
