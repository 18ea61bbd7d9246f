"""The revision report's charts as numbers that a template can draw in SVG: lines with intervals, and small columns for each language."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

from annotation.revision_tables import Table

# A small chart: its box, and where its columns stand.
SMALL_WIDTH, SMALL_HEIGHT, CEILING, FLOOR = 280, 132, 20, 108
SHOWN_STAGES = ("crowd", "expert")


@dataclass(frozen=True)
class Line:
    """One language and stage: a value and its interval as per cent of the axis, in text, so that no locale puts a comma into them."""

    record: dict[str, Any]
    is_first: bool
    """Whether it is the first of its language, where the language's name is written."""
    x: str
    low: str
    high: str


@dataclass(frozen=True)
class Lines:
    """Lines on one axis from 0 to the first round number beyond them."""

    lines: list[Line]
    ticks: list[str]
    """Where the axis has a step, in per cent of it."""
    end: float
    """Where the axis ends, in the values' unit."""


@dataclass(frozen=True)
class Column:
    """One column: how many, of which stage, from where to where on the axis."""

    name: str
    stage: str
    count: int
    x: str
    y: str
    width: str
    height: str
    middle: str
    label_y: str


@dataclass(frozen=True)
class Small:
    """The columns of one language, on a scale of their own."""

    language: str
    columns: list[Column]
    total: dict[str, int]
    """By stage."""
    ticks: list[tuple[str, str, str]]
    """Place, text anchor and words of what stands below the columns."""
    most: int
    """What the highest column counts."""
    simulated: bool = False
    width: int = SMALL_WIDTH
    height: int = SMALL_HEIGHT
    ceiling: int = CEILING
    floor: int = FLOOR
    label_y: int = FLOOR + 16


def lines(table: Table, value: str, low: str, high: str) -> Lines:
    """A line for each row of the table that has a value; the other two columns are the interval's ends."""
    records = [one for one in table.records if one[value] is not None]
    end, steps = _axis(max((one[high] for one in records), default=1.0))
    drawn, last = [], None
    for record in records:
        places = (f"{100 * record[name] / end:.2f}" for name in (value, low, high))
        drawn.append(Line(record, record["language"] != last, *places))
        last = record["language"]
    return Lines(drawn, [f"{100 * step / steps:.2f}" for step in range(steps + 1)], end)


def _axis(largest: float) -> tuple[float, int]:
    """Where an axis ends and in how many steps: three to six steps of 1, 2 or 5 times a power of ten."""
    rough = max(largest, 1e-9) / 5
    power = 10.0 ** floor(log10(rough))
    step = power * next(one for one in (1, 2, 5, 10) if one * power >= rough * 0.999)
    steps = max(1, ceil(largest / step - 1e-9))
    return step * steps, steps


def distances(table: Table) -> list[Small]:
    """For each language how many texts by the share that was changed, crowd and experts beside each other."""
    made = []
    for language, records in _by_language(one for one in table.records if one["stage"] in SHOWN_STAGES):
        stages = [stage for stage in SHOWN_STAGES if any(one["stage"] == stage for one in records)]
        cells = [
            (f"{one['from']:.0%} – {one['to']:.0%}", one["stage"], one["texts"], place)
            for stage in stages
            for place, one in enumerate(one for one in records if one["stage"] == stage)
        ]
        ends = [("0", "start", "0"), (f"{SMALL_WIDTH / 2:g}", "middle", "50 %"), (f"{SMALL_WIDTH}", "end", "100 %")]
        made.append(_small(language, cells, stages, ends))
    return made


def ratings(table: Table) -> list[Small]:
    """For each language how many answers gave each rating."""
    made = []
    for language, records in _by_language(table.records):
        cells = [(str(one["rating"]), "expert", one["answers"], place) for place, one in enumerate(records)]
        slot = SMALL_WIDTH / len(records)
        names = [(f"{slot * (place + 0.5):.1f}", "middle", name) for name, _, _, place in cells]
        made.append(_small(language, cells, ["expert"], names, simulated=any(one["simulated"] for one in records)))
    return made


def _by_language(records: Iterable[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        found.setdefault(record["language"], []).append(record)
    yield from found.items()


def _small(
    language: str,
    cells: list[tuple[str, str, int, int]],
    stages: list[str],
    ticks: list[tuple[str, str, str]],
    *,
    simulated: bool = False,
) -> Small:
    """The columns of the cells (name, stage, count, place), those of one place beside each other, the highest to the ceiling."""
    places = max((place for *_, place in cells), default=0) + 1
    most = max((count for _, _, count, _ in cells), default=0) or 1
    slot = SMALL_WIDTH / places
    wide = slot * 0.78 / max(len(stages), 1)
    columns = []
    for name, stage, count, place in cells:
        x = slot * place + slot * 0.11 + wide * stages.index(stage)
        height = (FLOOR - CEILING) * count / most
        numbers = (x, FLOOR - height, wide, height, x + wide / 2, FLOOR - height - 4)
        columns.append(Column(name, stage, count, *(f"{number:.1f}" for number in numbers)))
    total = {stage: sum(count for _, one, count, _ in cells if one == stage) for stage in stages}
    return Small(language, columns, total, ticks, most, simulated)
