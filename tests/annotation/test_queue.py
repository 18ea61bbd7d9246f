"""What a person sees next, and what becomes of leases nobody holds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation import policies, queue
from annotation.models import Assignment, Campaign, Member
from core.models import Event, User
from tests.world import task, unit, world

pytestmark = pytest.mark.django_db
VERIFY = {"stage": "verify"}


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def campaign(cast):
    return cast.campaign()


def units(cast, number, language="sw"):
    return [cast.drafted(f"Sentence {n}.", f"Sentensi {n}.", language) for n in range(number)]


def claimed(campaign, person) -> Assignment | None:
    found = queue.claim(campaign.pk, person.pk)
    return found and Assignment.objects.get(pk=found)


def run_out(assignment) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE annotation_assignment SET lease_until = clock_timestamp() - interval '1 second' WHERE id = %s",
            [assignment.pk],
        )


def test_a_claim_takes_a_slot_and_leases_it_on_the_databases_clock(cast, campaign):
    one = task(campaign, *units(cast, 1), needed=2)
    got = claimed(campaign, cast.bola)
    one.refresh_from_db()
    assert (got.task_id, got.stage, got.status, one.open) == (one.pk, "annotate", "active", 1)
    length = (got.lease_until - got.started).total_seconds()
    assert 1799 < length < 1801


def test_a_claim_is_one_statement(cast, campaign):
    task(campaign, *units(cast, 1))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        queue.claim(campaign.pk, cast.bola.pk)
    # The test itself runs in a transaction, so the statement has a savepoint around it.
    assert len([q for q in queries if "SAVEPOINT" not in q["sql"]]) == 1


def test_who_has_an_assignment_gets_the_same_again(cast, campaign):
    for one in units(cast, 2):
        task(campaign, one)
    assert claimed(campaign, cast.bola) == claimed(campaign, cast.bola)
    assert Assignment.objects.count() == 1


def test_who_comes_back_after_the_leases_end_before_the_sweep_goes_on_with_the_same(cast, campaign):
    one = task(campaign, *units(cast, 1))
    first = claimed(campaign, cast.bola)
    run_out(first)
    assert claimed(campaign, cast.bola) == first
    assert queue.sweep() == 0
    one.refresh_from_db()
    assert one.open == 0


def test_nobody_gets_a_task_twice(cast, campaign):
    task(campaign, *units(cast, 1), needed=3)
    got = claimed(campaign, cast.bola)
    for status in ("submitted", "skipped"):
        Assignment.objects.filter(pk=got.pk).update(status=status)
        assert claimed(campaign, cast.bola) is None


@pytest.mark.parametrize("status", ["expired", "released"])
def test_an_assignment_that_ran_out_or_was_given_back_is_revived_with_its_draft(cast, campaign, status):
    one = task(campaign, *units(cast, 1))
    got = claimed(campaign, cast.bola)
    Assignment.objects.filter(pk=got.pk).update(status=status, draft={"content": {"text": "Nusu"}})
    one.open = 1
    one.save()
    again = claimed(campaign, cast.bola)
    one.refresh_from_db()
    assert again.pk == got.pk and again.status == "active" and again.draft == {"content": {"text": "Nusu"}}
    assert again.started > got.started and one.open == 0


def test_higher_priority_comes_first_then_the_older(cast, campaign):
    old, new, urgent = units(cast, 3)
    tasks = [task(campaign, old), task(campaign, new), task(campaign, urgent, priority=5)]
    order = []
    for _ in tasks:
        got = claimed(campaign, cast.bola)
        order.append(got.task_id)
        Assignment.objects.filter(pk=got.pk).update(status="submitted")
    assert order == [tasks[2].pk, tasks[0].pk, tasks[1].pk]


def test_priority_goes_across_languages(cast, campaign):
    task(campaign, *units(cast, 1, "my"))
    urgent = task(campaign, *units(cast, 1, "sw"), priority=1)
    assert claimed(campaign, cast.bola).task_id == urgent.pk


def test_only_a_persons_languages_come(cast, campaign):
    task(campaign, *units(cast, 1, "my"))
    Member.objects.filter(user=cast.bola).update(languages=["sw"])
    assert claimed(campaign, cast.bola) is None
    assert claimed(campaign, cast.bisi)


def test_annotators_annotate_and_experts_verify(cast, campaign):
    one, two = units(cast, 2)
    annotate, verify = task(campaign, one), task(campaign, two, **VERIFY)
    assert claimed(campaign, cast.bola).task_id == annotate.pk
    assert claimed(campaign, cast.efe).task_id == verify.pk


def test_managers_strangers_and_the_suspended_get_nothing(cast, campaign):
    one = task(campaign, *units(cast, 1))
    Member.objects.filter(user=cast.ben).update(status="suspended")
    for person in (cast.ada, cast.zed, cast.olu, cast.admin, cast.ben):
        assert claimed(campaign, person) is None
    one.refresh_from_db()
    assert one.open == 1


def answered(campaign, person, tasks):
    rows = [
        Assignment(
            task=one, campaign=campaign, person=person, stage=one.stage, status="submitted", lease_until="2026-01-01T00:00Z"
        )
        for one in tasks
    ]
    Assignment.objects.bulk_create(rows)


@pytest.fixture
def long_queue(cast, campaign):
    """More tasks than a claim looks at from the head of the queue."""
    return [task(campaign, one, needed=3) for one in units(cast, 130)]


def test_who_is_far_ahead_of_the_others_goes_on_behind_their_last_task(cast, campaign, long_queue):
    answered(campaign, cast.bola, long_queue[5:120])
    answered(campaign, cast.bola, long_queue[:5])
    assert claimed(campaign, cast.bola).task_id == long_queue[120].pk


def test_who_has_reached_the_end_is_given_what_they_left_out(cast, campaign, long_queue):
    answered(campaign, cast.bola, long_queue[:110] + long_queue[111:])
    assert claimed(campaign, cast.bola).task_id == long_queue[110].pk


def test_what_became_urgent_is_given_to_those_who_are_far_ahead_too(cast, campaign, long_queue):
    answered(campaign, cast.bola, long_queue[:120])
    urgent = task(campaign, cast.drafted("Now.", "Sasa."), priority=1)
    assert claimed(campaign, cast.bola).task_id == urgent.pk


@pytest.mark.parametrize("holds", [False, True], ids=["new work", "what they hold"])
@pytest.mark.parametrize(
    "change",
    [
        lambda cast: None,
        lambda cast: Campaign.objects.update(status="paused"),
        lambda cast: Member.objects.filter(user=cast.bola).update(status="suspended"),
        lambda cast: Member.objects.filter(user=cast.bola).update(role="manager"),
        lambda cast: Member.objects.filter(user=cast.bola).delete(),
        lambda cast: User.objects.filter(pk=cast.bola.pk).update(is_active=False),
    ],
    ids=["allowed", "paused", "suspended", "manager", "stranger", "closed account"],
)
def test_the_statement_gives_work_to_exactly_those_whom_the_policy_lets_work(cast, campaign, change, holds):
    for one in units(cast, 2):
        task(campaign, one)
    if holds:
        assert claimed(campaign, cast.bola)
    change(cast)
    bola = User.objects.get(pk=cast.bola.pk)
    allowed = policies.work_in(bola, Campaign.objects.get())
    assert bool(claimed(campaign, bola)) == bool(allowed)


@pytest.mark.parametrize("status", ["draft", "paused", "closed"])
def test_a_campaign_that_is_not_live_gives_nothing(cast, campaign, status):
    task(campaign, *units(cast, 1))
    Campaign.objects.update(status=status)
    assert claimed(campaign, cast.bola) is None


def test_another_campaigns_tasks_do_not_come(cast, campaign):
    task(cast.campaign("second"), *units(cast, 1))
    assert claimed(campaign, cast.bola) is None


@pytest.mark.parametrize("status", ["done", "redo", "rejected", "withdrawn"])
def test_a_task_that_is_over_does_not_come(cast, campaign, status):
    task(campaign, *units(cast, 1), status=status)
    assert claimed(campaign, cast.bola) is None


def test_nobody_verifies_what_they_answered_in_any_round(cast, campaign):
    one = cast.drafted("One.", "Moja.")
    first = task(campaign, one, status="redo")
    Assignment.objects.create(
        task=first, campaign=campaign, person=cast.bola, stage="annotate", status="submitted", lease_until="2026-01-01T00:00Z"
    )
    Member.objects.filter(user=cast.bola).update(role="expert")
    second = task(campaign, one, round=2, **VERIFY)
    assert claimed(campaign, cast.bola) is None
    assert claimed(campaign, cast.efe).task_id == second.pk


def test_the_sweep_takes_back_what_ran_out_and_nothing_else(cast, campaign):
    one = task(campaign, *units(cast, 1), needed=3)
    gone, gone_too, held = (claimed(campaign, person) for person in (cast.bola, cast.bisi, cast.ben))
    run_out(gone)
    run_out(gone_too)
    assert queue.sweep() == 2
    assert queue.sweep() == 0, "sweeping again takes nothing back"
    one.refresh_from_db()
    held.refresh_from_db()
    assert (one.open, held.status) == (2, "active")
    assert set(Assignment.objects.filter(status="expired")) == {gone, gone_too}
    assert Event.objects.filter(verb="expire", scope=f"dataset:{cast.dataset.pk}").count() == 2


def test_new_units_are_no_work_until_they_are_admitted(cast, campaign):
    unit(cast.sentence("One."))
    assert claimed(campaign, cast.bola) is None
