"""The burn-down chart: where its line begins, how far ahead it looks, and which days are named."""

from datetime import date, timedelta

from annotation.progress import DAYS, BurnDown, Day
from frontend.pages.pace import AHEAD, HEIGHT, WIDTH, chart

TODAY = date(2026, 11, 24)


def found(*left: float, done_in: int | None = None, answers: int = 1) -> BurnDown:
    """A burn-down whose last days had so much left; before them there was nothing."""
    values = [0.0] * (DAYS - len(left)) + list(left)
    days = [
        Day(TODAY - timedelta(days=DAYS - 1 - place), value, answers if value else 0, value + answers if place == DAYS - len(left) else 0)
        for place, value in enumerate(values)
    ]
    done_on = TODAY + timedelta(days=done_in) if done_in else None
    return BurnDown(days, 0, 1, "dated" if done_on else "idle", done_on)


def test_the_line_begins_on_the_first_day_with_tasks_with_all_that_was_wanted():
    drawn = chart(found(9, 8, 7))
    points = drawn.line.removeprefix("M").split("L")
    heights = [float(point.split()[1]) for point in points]
    assert len(points) == 4 and heights == sorted(heights)
    assert drawn.ticks[-1] == (10, points[0].split()[1]), "ten were wanted before the first answer"
    assert drawn.now == tuple(points[-1].split())


def test_the_dashed_line_ends_at_zero_on_the_day_of_the_end():
    drawn = chart(found(9, 8, 7, done_in=14))
    x, y = drawn.ahead.split("L")[1].split()
    assert (float(x), float(y)) == (drawn.right, drawn.floor) and not drawn.leaves


def test_an_end_far_away_leaves_the_picture():
    drawn = chart(found(9, 8, 7, done_in=4 * AHEAD))
    x, y = drawn.ahead.split("L")[1].split()
    assert drawn.leaves and float(x) == drawn.right and float(y) < drawn.floor


def test_without_an_end_nothing_is_dashed_and_the_past_has_all_the_room():
    drawn = chart(found(9, 8, 7))
    assert drawn.ahead == "" and float(drawn.now[0]) == drawn.right
    assert [day for day, _x in drawn.days] == [TODAY - timedelta(days=7 * weeks) for weeks in (3, 2, 1, 0)]


def test_an_end_of_the_next_days_takes_the_place_of_todays_name():
    assert chart(found(3, 2, done_in=2)).days[-1][0] == TODAY - timedelta(days=7)
    assert chart(found(3, 2, done_in=12)).days[-1][0] == TODAY


def test_everything_stands_within_the_picture_whatever_the_numbers():
    for left in ((0.05,), (1,), (3, 9, 11), (123_456.5, 99_999), (0, 0)):
        drawn = chart(found(*left, done_in=5))
        pairs = [tuple(map(float, point.split())) for point in drawn.line.removeprefix("M").split("L")]
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in pairs)
        assert all(float(bar.y) + float(bar.height) <= HEIGHT for bar in drawn.bars)


def test_the_table_has_the_days_on_which_something_moved_the_latest_first():
    assert [one.left for one in chart(found(9, 8, 7)).moved] == [7, 8, 9]
