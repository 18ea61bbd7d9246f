"""A campaign's progress is counted from its tasks and answers: where tasks stand, what was wanted by day, and when it would end."""

from datetime import UTC, date, datetime, timedelta

import pytest

from annotation import progress
from annotation.actions import assignments, revising
from annotation.models import Task
from tests.answered import VERIFY, answered, judged
from tests.world import task, world

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture
def cast():
    return world()


def at(days_ago: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, 24, hour, tzinfo=UTC) - timedelta(days=days_ago)


def made(cast, campaign, days_ago: int, language: str = "sw", **changes) -> Task:
    """A task that was made so many days ago."""
    row = task(campaign, cast.drafted("A cat.", "Paka.", language), **changes)
    Task.objects.filter(pk=row.pk).update(created=at(days_ago))
    return row


def done(row: Task, *people, days_ago: int) -> None:
    """So many answers, and with them the task's end."""
    answered(row, *((person, "Paka.") for person in people), at=at(days_ago, 13))
    Task.objects.filter(pk=row.pk).update(status="done", open=0)


def left(found: progress.BurnDown) -> dict[int, float]:
    """Answers still wanted by days ago."""
    return {(TODAY - one.day).days: one.left for one in found.days}


def test_the_matrix_has_each_language_and_where_its_work_stands(cast):
    campaign = cast.campaign()
    for language, changes in (
        ("sw", {}), ("sw", {"stage": "verify"}), ("sw", {"stage": "adjudicate"}), ("sw", {"status": "done", "open": 0}),
        ("sw", {"status": "redo", "open": 0}), ("sw", {"status": "withdrawn", "open": 0}),
        ("my", {"status": "rejected", "open": 0}), ("my", {"status": "done", "open": 0}), ("my", {"purpose": "gold"}),
    ):  # fmt: skip
        made(cast, campaign, 0, language, **changes)
    made(cast, cast.campaign("other"), 0)
    burmese, swahili = progress.matrix(campaign)
    assert (burmese.language, swahili.language) == ("my", "sw")
    assert swahili.counts == {"annotate": 1, "verify": 1, "adjudicate": 1, "done": 1, "redo": 1, "rejected": 0, "withdrawn": 1}
    assert {stage: n for stage, n in burmese.counts.items() if n} == {"done": 1, "rejected": 1}
    whole = progress.total([burmese, swahili])
    assert (whole.tasks, whole.total, whole.counts["done"]) == (8, 6, 2)
    assert progress.total([]).tasks == 0


def test_the_matrix_is_one_statement(cast, django_assert_num_queries):
    campaign = cast.campaign()
    for language in ("sw", "my"):
        made(cast, campaign, 0, language)
    with django_assert_num_queries(1):
        progress.matrix(campaign)


def test_what_is_wanted_falls_with_every_answer(cast):
    campaign = cast.campaign(verification="none")
    rows = [made(cast, campaign, 40) for _ in range(4)]
    done(rows[0], cast.bola, days_ago=35)
    done(rows[1], cast.bola, days_ago=10)
    done(rows[2], cast.bola, days_ago=2)
    found = progress.burn_down(campaign, TODAY)
    assert [left(found)[ago] for ago in (27, 11, 10, 3, 2, 0)] == [3, 3, 2, 2, 1, 1]
    assert [one.answers for one in found.days if one.answers] == [1, 1]
    assert not any(one.added for one in found.days)


def test_tasks_that_are_added_let_the_line_go_up(cast):
    campaign = cast.campaign(verification="none")
    done(made(cast, campaign, 20), cast.bola, days_ago=10)
    late = made(cast, campaign, 5, needed=2)
    answered(late, (cast.bola, "Paka."), at=at(5, 13))
    Task.objects.filter(pk=late.pk).update(open=1)
    found = progress.burn_down(campaign, TODAY)
    assert [left(found)[ago] for ago in (21, 20, 10, 6, 5, 0)] == [0, 1, 0, 0, 1, 1]
    assert {(TODAY - one.day).days: one.added for one in found.days if one.added} == {20: 1, 5: 2}


def test_each_day_follows_from_the_one_before(cast):
    campaign = cast.campaign()
    for ago in (33, 21, 20, 9, 3, 0):
        done(made(cast, campaign, ago, needed=2), cast.bola, cast.bisi, days_ago=ago // 2)
        made(cast, campaign, ago, needed=3)
    days = progress.burn_down(campaign, TODAY).days
    for before, after in zip(days, days[1:], strict=False):
        assert after.left == before.left + after.added - after.answers


def test_what_people_hold_is_still_wanted_until_they_answer(cast):
    campaign = cast.campaign(verification="none")
    made(cast, campaign, 3, needed=2)
    assignments.claim(campaign, by=cast.bola)
    assert progress.burn_down(campaign, TODAY).left == 2


def test_an_experts_look_is_wanted_of_all_that_is_still_annotated(cast):
    campaign = cast.campaign()
    made(cast, campaign, 3, needed=2)
    made(cast, campaign, 3, stage="verify")
    found = progress.burn_down(campaign, TODAY)
    assert (found.left, found.later) == (4, 1)
    revising.revise(campaign, by=cast.ada, verification="share", verification_share=0.25)
    found = progress.burn_down(campaign, TODAY)
    assert (found.left, found.later) == (3.25, 0.25)
    revising.revise(campaign, by=cast.ada, verification="none")
    assert progress.burn_down(campaign, TODAY).later == 0


def test_gold_and_what_was_withdrawn_want_nothing(cast):
    campaign = cast.campaign(verification="none")
    answered(made(cast, campaign, 3, purpose="gold"), (cast.bola, "Paka."), at=at(1))
    found = progress.burn_down(campaign, TODAY)
    assert found.ending == "empty" and not any(one.answers for one in found.days)
    made(cast, campaign, 3, status="withdrawn", open=0)
    assert progress.burn_down(campaign, TODAY).left == 0


def test_the_end_is_reckoned_from_the_last_seven_days(cast):
    campaign = cast.campaign(verification="none")
    for ago in (20, 6, 6, 5, 0, 0, 0, 0):
        done(made(cast, campaign, 25), cast.bola, days_ago=ago)
    for _ in range(10):
        made(cast, campaign, 25)
    found = progress.burn_down(campaign, TODAY)
    assert (found.by_day, found.ending, found.done_on) == (1.0, "dated", date(2026, 12, 4))


def test_a_campaign_that_began_two_days_ago_is_reckoned_from_its_two_days(cast):
    campaign = cast.campaign(verification="none")
    for ago in (1, 0, 0, 0):
        done(made(cast, campaign, 1), cast.bola, days_ago=ago)
    made(cast, campaign, 1)
    found = progress.burn_down(campaign, TODAY)
    assert (found.by_day, found.done_on) == (2.0, date(2026, 11, 25))


@pytest.mark.parametrize(
    ("status", "ago", "wanted", "ending"),
    [
        ("live", 1, 0, "reached"), ("paused", 1, 1, "stopped"), ("closed", 1, 1, "stopped"), ("live", 8, 1, "idle"),
        ("live", 1, 9_000, "far"), ("live", 1, 1, "dated"),
    ],
)  # fmt: skip
def test_where_no_end_can_be_reckoned_it_says_why(cast, status, ago, wanted, ending):
    campaign = cast.campaign(status=status, verification="none")
    done(made(cast, campaign, 20), cast.bola, days_ago=20)
    done(made(cast, campaign, 20), cast.bola, days_ago=ago)
    if wanted:
        made(cast, campaign, 20, needed=wanted)
    found = progress.burn_down(campaign, TODAY)
    assert found.ending == ending and bool(found.done_on) == (ending == "dated")


def test_the_burn_down_takes_three_statements(cast, django_assert_num_queries):
    campaign = cast.campaign(task_type=VERIFY)
    for ago in range(12):
        answered(made(cast, campaign, ago, needed=3), (cast.bola, judged("accept")), (cast.bisi, judged("redo")), at=at(ago))
    with django_assert_num_queries(3):
        progress.burn_down(campaign, TODAY)


def test_shares_of_answers_are_told_in_whole_ones(cast):
    campaign = cast.campaign(verification="share", verification_share=0.05)
    for _ in range(20):
        made(cast, campaign, 1)
    found = progress.burn_down(campaign, TODAY)
    assert (found.wanted, found.expected) == (21, 1)
