"""The charts of the revision report: where a line and a column stand."""

import pytest

from annotation.revision_tables import Table
from frontend.pages import revision_charts

HEADER = ("language", "stage", "value", "low", "high")


def lines(*rows):
    return revision_charts.lines(Table(HEADER, list(rows)), "value", "low", "high")


@pytest.mark.parametrize(
    ("largest", "end", "steps"), [(0.61, 0.8, 4), (1.0, 1.0, 5), (0.095, 0.1, 5), (47, 50, 5), (101, 150, 3)]
)
def test_an_axis_ends_at_a_round_number_beyond_everything(largest, end, steps):
    drawn = lines(("sw", "crowd", 0.0, 0.0, largest))
    assert drawn.end == pytest.approx(end)
    assert len(drawn.ticks) == steps + 1
    assert (drawn.ticks[0], drawn.ticks[-1]) == ("0.00", "100.00")


def test_nothing_but_zeros_still_has_an_axis():
    assert lines(("sw", "crowd", 0.0, 0.0, 0.0)).lines[0].x == "0.00"
    assert lines().lines == []


def test_a_line_stands_where_its_value_is_on_the_axis():
    drawn = lines(("sw", "crowd", 20, 10, 40), ("sw", "expert", 5, 0, 10), ("my", "crowd", None, None, None), ("my", "expert", 1, 1, 1))
    assert [(line.x, line.low, line.high) for line in drawn.lines] == [
        ("50.00", "25.00", "100.00"), ("12.50", "0.00", "25.00"), ("2.50", "2.50", "2.50"),
    ]  # fmt: skip
    # The name of a language stands at its first line that is drawn.
    assert [line.is_first for line in drawn.lines] == [True, False, True]


def test_columns_of_crowd_and_experts_stand_beside_each_other():
    rows = [("sw", stage, place / 10, (place + 1) / 10, count) for stage, count in (("crowd", 4), ("expert", 2)) for place in (0, 1)]
    rows.append(("sw", "whole", 0, 0.1, 9))
    [small] = revision_charts.distances(Table(("language", "stage", "from", "to", "texts"), rows))
    first, _, beside, _ = small.columns
    assert (first.name, first.count, beside.count, small.most) == ("0% – 10%", 4, 2, 4)
    assert float(beside.x) == pytest.approx(float(first.x) + float(first.width), abs=0.1)
    assert float(first.height) == 2 * float(beside.height)
    assert small.total == {"crowd": 8, "expert": 4}


def test_five_ratings_are_five_columns_and_say_whether_programs_gave_them():
    rows = [("sw", rating, rating - 1, int(rating == 5)) for rating in range(1, 6)]
    [small] = revision_charts.ratings(Table(("language", "rating", "answers", "simulated"), rows))
    assert [column.count for column in small.columns] == [0, 1, 2, 3, 4]
    assert [name for _, _, name in small.ticks] == ["1", "2", "3", "4", "5"]
    assert small.simulated
