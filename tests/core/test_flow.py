"""A move is one UPDATE that names the old state, plus one Event."""

import threading

import pytest
from django.db import connection, connections

from annotation.models import Dataset, Invitation
from core.errors import Conflict
from core.models import Event, User

SCHEMA = {"kinds": {"sentence": {"fields": {"text": {"type": "text", "translate": True}}}}}


@pytest.fixture
def invitation(db):
    ada = User.objects.create_user("ada")
    dataset = Dataset.objects.create(slug="flow", name="Flow", schema=SCHEMA, created_by=ada)
    return Invitation.objects.create(
        dataset=dataset, email="b@example.org", role="annotator", hash="h", expires="2100-01-01T00:00Z", created_by=ada
    )


def test_a_move_changes_the_row_and_leaves_an_event(invitation):
    Invitation.flow.move(invitation, "withdraw", by=invitation.created_by, data={"why": "typo"})
    assert invitation.status == "withdrawn"
    event = Event.objects.get(subject=f"invitation:{invitation.pk}")
    assert (event.verb, event.actor, event.data) == ("withdraw", invitation.created_by, {"why": "typo"})
    assert event.scope == f"dataset:{invitation.dataset_id}"


def test_a_move_that_is_not_in_the_table_is_a_conflict_and_leaves_nothing(invitation):
    Invitation.flow.move(invitation, "withdraw")
    with pytest.raises(Conflict, match="withdrawn"):
        Invitation.flow.move(invitation, "accept")
    assert Event.objects.count() == 1


def test_a_row_read_long_ago_cannot_move_twice(invitation):
    stale = Invitation.objects.get(pk=invitation.pk)
    Invitation.flow.move(invitation, "accept")
    with pytest.raises(Conflict):
        Invitation.flow.move(stale, "withdraw")


def racing(move) -> list[str]:
    """What came of eight threads that make the same move at once."""
    barrier, came = threading.Barrier(8), []

    def one() -> None:
        try:
            barrier.wait()
            move(barrier)
            came.append("moved")
        except Conflict:
            came.append("conflict")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_move_at_once_one_does(invitation):
    def move(_: threading.Barrier) -> None:
        Invitation.flow.move(Invitation.objects.get(pk=invitation.pk), "accept")

    assert racing(move).count("moved") == 1
    assert Event.objects.filter(verb="accept").count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_old_state_in_the_update_all_eight_do(invitation):
    def move(barrier: threading.Barrier) -> None:
        row = Invitation.objects.get(pk=invitation.pk)
        barrier.wait()
        if row.status != "open":
            raise Conflict("gone")
        row.status = "accepted"
        row.save()

    assert racing(move).count("moved") == 8


@pytest.mark.parametrize("table", ["core_event", "annotation_item", "annotation_translation", "annotation_submission", "annotation_formeranswer"])
def test_a_fact_s_table_has_its_guard(db, table):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = 'append_only'", [table])
        assert cursor.fetchone() == (1,)


def test_an_event_cannot_be_rewritten(invitation):
    from django.db import DatabaseError, transaction

    Invitation.flow.move(invitation, "withdraw")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.update(verb="nothing happened")


def test_control_without_the_guard_it_can(invitation):
    Invitation.flow.move(invitation, "withdraw")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the table may not be altered yet
        cursor.execute("ALTER TABLE core_event DISABLE TRIGGER append_only")
    Event.objects.update(verb="nothing happened")
    assert Event.objects.get().verb == "nothing happened"


def test_many_rows_move_together_each_with_its_own_changes_and_event(invitation):
    ada, dataset = invitation.created_by, invitation.dataset
    others = [
        Invitation.objects.create(
            dataset=dataset, email=f"{n}@example.org", role="annotator", hash=f"h{n}", expires="2100-01-01T00:00Z", created_by=ada
        )
        for n in range(3)
    ]
    Invitation.flow.move(others[0], "withdraw")
    rows = [invitation, *others]
    moved = Invitation.flow.move_all(
        rows, "accept", {row.pk: {"email": f"new-{row.pk}@example.org"} for row in rows}, by=ada, data={invitation.pk: {"why": "both"}}
    )
    assert moved == {invitation.pk, others[1].pk, others[2].pk}
    now = dict(Invitation.objects.values_list("pk", "email"))
    assert now[invitation.pk] == f"new-{invitation.pk}@example.org" and now[others[0].pk] == "0@example.org"
    events = Event.objects.filter(verb="accept")
    assert events.count() == 3 and events.get(subject=f"invitation:{invitation.pk}").data == {"why": "both"}
    assert Invitation.flow.move_all([], "accept", {}) == set()
