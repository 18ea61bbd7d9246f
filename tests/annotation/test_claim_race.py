"""Many people at once, each with a connection of their own; beside each protection the race that shows without it."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import Count, QuerySet

from annotation import queue
from annotation.actions import assignments
from annotation.models import Assignment, Submission, Task
from core.errors import Conflict
from core.models import User
from core.prepared import Prepared
from tests.annotation.crowds import OVERLAP, PEOPLE, TASKS, at_once, crowd, slots
from tests.world import task, world

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = {"content": {"text": "Paka ameketi."}}

# The trap: the assignments are counted in the statement that locks the task, but by the statement's older snapshot.
COUNTED = """
INSERT INTO annotation_assignment (task_id, campaign_id, person_id, stage, status, lease_until, started, reason)
SELECT t.id, t.campaign_id, %(person)s, 'annotate', 'submitted', clock_timestamp(), clock_timestamp(), ''
FROM annotation_task t WHERE t.id = (
    SELECT t.id FROM annotation_task t WHERE t.campaign_id = %(campaign)s
      AND (SELECT count(*) FROM annotation_assignment a WHERE a.task_id = t.id) < t.needed
      AND NOT EXISTS (SELECT FROM annotation_assignment a WHERE a.task_id = t.id AND a.person_id = %(person)s)
    ORDER BY t.id LIMIT 1 FOR UPDATE OF t SKIP LOCKED)
RETURNING id
"""


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def campaign(cast):
    return cast.campaign()


def take_all(take: Callable[[int, int], int | None], campaign, people: list[User]) -> Counter[int]:
    """Everybody takes and answers until nothing is left; how many assignments each task has then."""

    def work(one: User) -> None:
        while found := take(campaign.pk, one.pk):
            Assignment.objects.filter(pk=found).update(status="submitted")

    problems = [one for one in at_once([lambda one=one: work(one) for one in people]) if one is not None]
    assert not problems, problems[0]
    counts = Task.objects.annotate(made=Count("assignments")).values_list("pk", "made")
    return Counter(dict(counts))


def count_then_insert(campaign_id: int, person_id: int) -> int | None:
    """What everybody writes first: look for a task that lacks an answer, then take it."""
    free = Task.objects.filter(campaign=campaign_id).exclude(assignments__person=person_id)
    found = free.annotate(made=Count("assignments")).filter(made__lt=OVERLAP).order_by("pk").first()
    if found is None:
        return None
    made = Assignment(task=found, campaign_id=campaign_id, person_id=person_id, stage="annotate", lease_until=found.created)
    made.save()
    return made.pk


def count_while_locking(campaign_id: int, person_id: int) -> int | None:
    """The trap: as careful as it looks, it counts by a snapshot that is older than its lock."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"campaign": campaign_id, "person": person_id})
        found = cursor.fetchone()
        return found and found[0]


def test_twenty_four_people_at_three_hundred_slots_make_exactly_three_hundred_assignments(cast, campaign):
    slots(campaign)
    made = take_all(queue.claim, campaign, crowd(cast.dataset))
    assert set(made.values()) == {OVERLAP}
    assert made.total() == Assignment.objects.count() == TASKS * OVERLAP
    assert set(Task.objects.values_list("open", flat=True)) == {0}


@pytest.mark.parametrize("careless", [count_then_insert, count_while_locking])
def test_control_without_the_guarded_counter_more_are_made(cast, campaign, careless):
    slots(campaign)
    made = take_all(careless, campaign, crowd(cast.dataset))
    assert made.total() > TASKS * OVERLAP
    assert max(made.values()) > OVERLAP


def tabs(cast, campaign) -> list[set[Any]]:
    """Six tabs of each of the annotators ask at once; what each person was given."""
    slots(campaign)
    given = []
    for one in (cast.bola, cast.bisi, cast.ben):
        given.append(set(at_once([lambda one=one: queue.claim(campaign.pk, one.pk) for _ in range(6)])))
    return given


def test_all_tabs_of_one_person_get_the_same_assignment(cast, campaign):
    given = tabs(cast, campaign)
    assert [len(one) for one in given] == [1, 1, 1] and None not in set.union(*given)
    assert Assignment.objects.count() == 3
    assert sum(OVERLAP - one.open for one in Task.objects.all()) == 3


def test_control_without_the_index_tabs_get_different_assignments(cast, campaign):
    index = "one_active_assignment_per_person"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_get_indexdef('{index}'::regclass)")
        [definition] = cursor.fetchone()
        cursor.execute(f"DROP INDEX {index}")
        try:
            tabs(cast, campaign)
            assert Assignment.objects.count() > 3
        finally:
            cursor.execute("DELETE FROM annotation_assignment")
            cursor.execute(definition)


def test_the_last_slot_goes_to_one_of_all_who_ask(cast, campaign):
    people = crowd(cast.dataset)
    task(campaign, cast.drafted("The cat sat.", "Paka aliketi."))
    found = at_once([lambda one=one: queue.claim(campaign.pk, one.pk) for one in people])
    assert Counter(type(one) for one in found) == {int: 1, type(None): PEOPLE - 1}


def test_nobody_goes_home_while_others_only_hold_the_lock(cast, campaign):
    """Somebody who finds every row locked waits for it, and is not told that nothing is left."""
    one = task(campaign, cast.drafted("The cat sat.", "Paka aliketi."), needed=2)
    for _ in range(20):
        Assignment.objects.all().delete()
        Task.objects.filter(pk=one.pk).update(open=2)
        found = at_once([lambda who=who: queue.claim(campaign.pk, who.pk) for who in (cast.bola, cast.bisi)])
        assert all(isinstance(got, int) for got in found), found


def submit(mine: Assignment, key: str) -> int:
    fresh = assignments.given(mine.pk, mine.person)
    assert fresh is not None
    return assignments.submit(fresh, TEXT, by=mine.person, key=key).pk


def held(cast, campaign) -> Assignment:
    task(campaign, cast.drafted("The cat sat.", "Paka aliketi."))
    mine = assignments.claim(campaign, by=cast.bola)
    assert mine is not None
    return mine


def test_a_double_click_is_one_submission(cast, campaign):
    mine = held(cast, campaign)
    found = at_once([lambda: submit(mine, "same") for _ in range(6)])
    assert set(found) == {Submission.objects.get().pk}


def test_two_tabs_that_answer_at_once_are_one_submission_and_a_conflict(cast, campaign):
    mine = held(cast, campaign)
    found = at_once([lambda key=key: submit(mine, key) for key in "abcdef"])
    assert Counter(type(one) for one in found) == {int: 1, Conflict: 5}
    assert Submission.objects.count() == 1
    assert Task.objects.get().open == 1, "settled once: one free slot, the expert's"


def test_control_without_the_lock_a_double_click_is_an_error(cast, campaign, monkeypatch):
    """The database still refuses the second row, but the person sees a failure where their answer was stored."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    monkeypatch.setattr(queue, "LOCKED", Prepared(queue.LOCKED.make))
    seen: list[Any] = []
    for _ in range(10):
        mine = held(cast, campaign)
        seen += at_once([lambda mine=mine: submit(mine, "same") for _ in range(6)])
    assert any(isinstance(one, IntegrityError | Conflict) for one in seen)


def run_out() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE annotation_assignment SET lease_until = clock_timestamp() - interval '1 second'")


def test_a_sweep_and_a_late_answer_never_both_have_the_slot(cast, campaign):
    for _ in range(15):
        mine = held(cast, campaign)
        run_out()
        at_once([queue.sweep, lambda mine=mine: submit(mine, "k"), queue.sweep])
        mine.refresh_from_db()
        done = mine.task
        done.refresh_from_db()
        assert (mine.status, done.stage, done.open) == ("submitted", "verify", 1)


def test_control_a_sweep_that_looks_first_and_writes_later_gives_an_answered_slot_away(cast, campaign):
    mine = held(cast, campaign)
    Task.objects.update(needed=2, open=1)
    run_out()
    due = list(Assignment.objects.filter(status="active").values_list("pk", "task"))
    submit(mine, "k")  # in between, as without the locks it may
    for assignment, one in due:
        Assignment.objects.filter(pk=assignment).update(status="expired")
        Task.objects.filter(pk=one).update(open=2)
    assert Task.objects.get().open == 2 and Submission.objects.count() == 1, "two free slots and one answer, of two"
