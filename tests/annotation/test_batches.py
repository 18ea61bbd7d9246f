"""Batches: many tasks at once until a day, one after the other, and the rest given back."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Count

from annotation import batches, queue
from annotation.actions import assignments, members, quality
from annotation.models import Assignment, Task
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from tests.annotation.crowds import OVERLAP, TASKS, at_once, crowd, slots
from tests.world import task, world

TEXT = {"content": {"text": "Paka ameketi."}}


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def campaign(cast):
    return cast.campaign(batch_size=3, batch_days=5)


def fill(cast, campaign, count, **changes):
    return [task(campaign, cast.drafted(f"Sentence {n}.", f"Sentensi {n}."), **changes) for n in range(count)]


def answer(campaign, person):
    mine = assignments.claim(campaign, by=person)
    assignments.submit(mine, TEXT, by=person, key=f"k{mine.pk}")
    return mine


def make_due(person):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE annotation_assignment SET lease_until = clock_timestamp() - interval '1 second' WHERE person_id = %s",
            [person.pk],
        )


@pytest.mark.django_db
def test_a_batch_is_reserved_in_the_queues_order_and_due_at_one_moment(cast, campaign):
    tasks = fill(cast, campaign, 5)
    Task.objects.filter(pk=tasks[4].pk).update(priority=1)
    assert assignments.take_batch(campaign, by=cast.bola) == 3
    mine = Assignment.objects.filter(person=cast.bola).order_by("pk")
    assert {one.task_id for one in mine} == {tasks[4].pk, tasks[0].pk, tasks[1].pk}
    assert {one.status for one in mine} == {"reserved"} and len({one.lease_until for one in mine}) == 1
    [term] = {(one.lease_until - one.started).days for one in mine[:1]}
    assert term in (4, 5)
    assert list(Task.objects.order_by("pk").values_list("open", flat=True)) == [0, 0, 1, 1, 0]
    assert Event.objects.get(verb="take_batch").data == {"tasks": 3}


@pytest.mark.django_db
def test_a_claim_activates_the_batch_one_by_one_and_then_gives_nothing_more(cast, campaign):
    fill(cast, campaign, 4)
    assert assignments.claim(campaign, by=cast.bola) is None, "nothing is given but in batches"
    assignments.take_batch(campaign, by=cast.bola)
    first = assignments.claim(campaign, by=cast.bola)
    assert assignments.claim(campaign, by=cast.bola) == first, "the present one comes again"
    seen = {answer(campaign, cast.bola).pk for _ in range(3)}
    assert len(seen) == 3 and assignments.claim(campaign, by=cast.bola) is None
    assert assignments.take_batch(campaign, by=cast.bola) == 1, "the next batch is what is left"


@pytest.mark.django_db
def test_the_time_of_a_task_begins_when_it_comes_onto_the_screen_and_its_lease_is_the_later_one(cast, campaign):
    fill(cast, campaign, 2)
    assignments.take_batch(campaign, by=cast.bola)
    Assignment.objects.update(started=Assignment.objects.first().started - timedelta(hours=9))
    due = Assignment.objects.first().lease_until
    mine = assignments.claim(campaign, by=cast.bola)
    assert mine.lease_until == due, "five days are later than thirty minutes"
    assert assignments.heartbeat(mine, by=cast.bola) == due
    assert assignments.submit(mine, TEXT, by=cast.bola, key="k").seconds < 3600
    make_due(cast.bola)
    late = assignments.claim(campaign, by=cast.bola)
    assert late.lease_until > late.started + timedelta(minutes=29), "due by now, but nobody took it: half an hour more"


@pytest.mark.django_db
def test_progress_counts_what_is_done_of_the_present_batch_only(cast, campaign):
    fill(cast, campaign, 7)
    assignments.take_batch(campaign, by=cast.bola)
    for _ in range(3):
        answer(campaign, cast.bola)
    assert batches.of(cast.bola, [campaign]) == {}
    assignments.take_batch(campaign, by=cast.bola)
    answer(campaign, cast.bola)
    assignments.skip(assignments.claim(campaign, by=cast.bola), "No idea.", by=cast.bola)
    batch = batches.of(cast.bola, [campaign])[campaign.pk]
    assert (batch.done, batch.held, batch.total) == (2, 1, 3)


@pytest.mark.django_db
def test_the_rest_given_back_is_free_for_others_and_the_present_task_stays(cast, campaign):
    fill(cast, campaign, 3)
    assignments.take_batch(campaign, by=cast.bola)
    mine = assignments.claim(campaign, by=cast.bola)
    assert assignments.give_back_batch(campaign, by=cast.bola) == 2
    assert sorted(Task.objects.values_list("open", flat=True)) == [0, 1, 1]
    assert assignments.claim(campaign, by=cast.bola) == mine
    assert assignments.give_back_batch(campaign, by=cast.bola) == 0
    assert assignments.take_batch(campaign, by=cast.bisi) == 2


@pytest.mark.django_db
def test_a_batch_past_its_due_day_is_swept_and_a_late_answer_still_counts_while_its_slot_is_free(cast, campaign):
    fill(cast, campaign, 3)
    assignments.take_batch(campaign, by=cast.bola)
    mine = assignments.claim(campaign, by=cast.bola)
    make_due(cast.bola)
    assert queue.sweep() == 3
    assert set(Task.objects.values_list("open", flat=True)) == {1}
    assert assignments.submit(mine, TEXT, by=cast.bola, key="late").pk


@pytest.mark.django_db
def test_a_suspension_takes_the_reserved_ones_back(cast, campaign):
    fill(cast, campaign, 3)
    assignments.take_batch(campaign, by=cast.bola)
    members.suspend(cast.member(cast.bola), by=cast.ada)
    assert set(Task.objects.values_list("open", flat=True)) == {1}
    with pytest.raises(Refused):
        assignments.take_batch(campaign, by=cast.bola)


@pytest.mark.django_db
def test_what_was_skipped_is_in_no_batch_and_nobody_is_given_a_judgement_of_their_own_answer(cast, campaign):
    first, second = fill(cast, campaign, 2)
    assignments.take_batch(campaign, by=cast.bola)
    assignments.skip(assignments.claim(campaign, by=cast.bola), "No idea.", by=cast.bola)
    answer(campaign, cast.bola)
    cast_member = cast.member(cast.bola)
    cast_member.role = "expert"
    cast_member.save()
    assert assignments.take_batch(campaign, by=cast.bola) == 0, "the one to verify is their own"
    assert assignments.take_batch(campaign, by=cast.efe) == 1


@pytest.mark.django_db
def test_a_second_batch_and_a_batch_where_there_are_none_are_refused(cast, campaign):
    fill(cast, campaign, 5)
    assignments.take_batch(campaign, by=cast.bola)
    with pytest.raises(Conflict, match="give back the rest"):
        assignments.take_batch(campaign, by=cast.bola)
    with pytest.raises(Invalid, match="one by one"):
        assignments.take_batch(cast.campaign("single"), by=cast.bola)
    with pytest.raises(Refused):
        assignments.take_batch(campaign, by=cast.zed)


@pytest.mark.django_db
def test_gold_is_mixed_into_a_batch_at_its_rate(cast):
    campaign = cast.campaign(batch_size=20, gold_rate=0.5, languages=["sw"])
    fill(cast, campaign, 20)
    for number in range(20):
        quality.make_gold(campaign, cast.drafted(f"Known {number}.", f"Jua {number}."), expected=TEXT, by=cast.ada)
    assert assignments.take_batch(campaign, by=cast.bola) == 20
    given = Counter(Assignment.objects.filter(person=cast.bola).values_list("task__purpose", flat=True))
    assert 3 <= given["gold"] <= 17 and given["gold"] + given["work"] == 20


@pytest.mark.django_db
def test_who_is_in_training_gets_no_batch_and_is_trained_one_by_one(cast):
    rule = {"training": 1, "test": 1, "pass": 1, "tries": 1}
    campaign = cast.campaign(batch_size=3, qualification=rule, languages=["sw"])
    fill(cast, campaign, 3)
    for purpose in ("training", "test"):
        quality.make_gold(campaign, cast.drafted(purpose, "Jua."), expected=TEXT, purpose=purpose, by=cast.ada)
    assert assignments.take_batch(campaign, by=cast.bola) == 0
    assert [answer(campaign, cast.bola).task.purpose for _ in range(2)] == ["training", "test"]
    assert assignments.claim(campaign, by=cast.bola) is None, "work comes in batches"
    assert assignments.take_batch(campaign, by=cast.bola) == 3


@pytest.mark.django_db(transaction=True)
def test_twenty_four_people_who_take_batches_at_once_make_exactly_three_hundred_assignments(cast):
    campaign = cast.campaign(batch_size=7)
    slots(campaign)

    def work(one):
        while assignments.take_batch(campaign, by=one):
            Assignment.objects.filter(person=one).update(status="submitted")

    problems = [one for one in at_once([lambda one=one: work(one) for one in crowd(cast.dataset)]) if one is not None]
    assert not problems, problems[0]
    made = Counter(dict(Task.objects.annotate(made=Count("assignments")).values_list("pk", "made")))
    assert set(made.values()) == {OVERLAP} and made.total() == TASKS * OVERLAP
    assert set(Task.objects.values_list("open", flat=True)) == {0}


@pytest.mark.django_db(transaction=True)
def test_control_counting_assignments_instead_of_guarding_the_slot_gives_slots_away_twice(cast):
    """Without `open` on the locked row: free tasks are looked up first and reserved afterwards."""
    campaign = cast.campaign(batch_size=7)
    slots(campaign)

    def careless(one):
        free = Task.objects.annotate(made=Count("assignments")).filter(made__lt=OVERLAP).exclude(assignments__person=one)
        rows = [
            Assignment(task=found, campaign=campaign, person=one, stage="annotate", status="submitted", lease_until=found.created)
            for found in free.order_by("pk")[:7]
        ]
        return len(Assignment.objects.bulk_create(rows))

    def work(one):
        while careless(one):
            pass

    at_once([lambda one=one: work(one) for one in crowd(cast.dataset)])
    assert Assignment.objects.count() > TASKS * OVERLAP


@pytest.mark.django_db(transaction=True)
def test_six_tabs_of_one_person_get_one_batch(cast, campaign):
    fill(cast, campaign, 9)
    found = at_once([lambda: assignments.take_batch(campaign, by=cast.bola) for _ in range(6)])
    assert Counter(one if isinstance(one, int) else type(one) for one in found) == {3: 1, Conflict: 5}
    assert Assignment.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_control_without_the_members_lock_tabs_reserve_more_than_one_batch(cast, campaign):
    for _ in range(10):
        fill(cast, campaign, 9)
        at_once([lambda: [queue.reserve(campaign.pk, cast.bola.pk, campaign.created) for _ in range(3)] for _ in range(6)])
        if Assignment.objects.count() > 3:
            return
        Assignment.objects.all().delete()
        Task.objects.all().delete()
    pytest.fail("the race did not show")


@pytest.mark.django_db(transaction=True)
def test_all_tabs_that_claim_from_one_batch_get_its_first_task(cast, campaign):
    fill(cast, campaign, 3)
    assignments.take_batch(campaign, by=cast.bola)
    found = at_once([lambda: queue.claim(campaign.pk, cast.bola.pk) for _ in range(6)])
    assert len(set(found)) == 1 and Assignment.objects.filter(status="active").count() == 1
