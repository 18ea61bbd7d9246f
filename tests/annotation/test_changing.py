"""Changing one's own answer: until the task is settled, as a new fact, and without a trace in counters and credits."""

import threading

import pytest
from django.db import DatabaseError, transaction

from annotation import policies, queue
from annotation.actions import assignments, changing
from annotation.models import Assignment, Consensus, Credit, FormerAnswer, Gold, Submission, Task
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from tests.annotation.crowds import at_once
from tests.world import task, world

PAY = {"per": "submission", "rate": "0.05", "unit": "EUR", "cap_minutes": 10}


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def campaign(cast):
    made = cast.campaign(overlap=2, credit=PAY)
    task(made, cast.drafted("The cat sat.", "Paka aliketi."), needed=2, open=2)
    return made


def text(said):
    return {"content": {"text": said}}


def give(campaign, who, said="Paka ameketi.", key="k"):
    mine = assignments.claim(campaign, by=who)
    assignments.submit(mine, text(said), by=who, key=f"{key}-{who.pk}")
    return assignments.given(mine.pk, who)


def change(mine, said="Paka yule ameketi.", key="again", **more):
    return changing.change(assignments.given(mine.pk, mine.person), text(said), by=mine.person, key=key, **more)


@pytest.mark.django_db
def test_an_answer_is_replaced_and_the_one_before_is_kept(cast, campaign):
    mine = give(campaign, cast.bola)
    before = Submission.objects.get()
    after = change(mine, flagged="Which cat?")
    stored = Submission.objects.get()
    assert (stored.pk, stored.created, stored.seconds) == (before.pk, before.created, before.seconds) and after.pk == stored.pk
    assert stored.payload["content"] == {"text": "Paka yule ameketi."} and stored.flagged == "Which cat?"
    assert FormerAnswer.objects.get().payload["content"] == {"text": "Paka ameketi."}
    assert Event.objects.get(verb="change_answer").data == {"submission": stored.pk}
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        FormerAnswer.objects.update(flagged="x")


@pytest.mark.django_db
def test_slots_credits_and_the_consensus_are_those_of_one_answer(cast, campaign):
    mine = give(campaign, cast.bola)
    change(mine, "Paka huyu.")
    change(mine, "Paka yule.", key="third")
    assert Task.objects.get().open == 1
    assert Credit.objects.get().submission == Submission.objects.get()
    give(campaign, cast.bisi, "Paka yule.")
    concluded = Consensus.objects.get()
    assert concluded.outcome == "agreed" and concluded.chosen.payload["content"] == {"text": "Paka yule."}
    assert Credit.objects.count() == 2 and FormerAnswer.objects.count() == 2


@pytest.mark.django_db
def test_once_the_task_is_settled_the_answer_stands(cast, campaign):
    mine = give(campaign, cast.bola)
    give(campaign, cast.bisi)
    with pytest.raises(Conflict, match="is settled"):
        change(mine)
    assert not FormerAnswer.objects.exists()


@pytest.mark.django_db
def test_sent_twice_it_is_changed_once_and_a_key_stands_for_one_answer(cast, campaign):
    mine = give(campaign, cast.bola)
    assert change(mine).pk == change(mine).pk
    assert FormerAnswer.objects.count() == 1
    for key in (f"k-{cast.bola.pk}", "again"):
        with pytest.raises(Invalid, match="was used for another answer"):
            change(mine, "Paka gani?", key=key)
    with pytest.raises(Invalid):
        change(mine, "", key="empty")


@pytest.mark.django_db
def test_who_may_change_what(cast, campaign):
    mine = give(campaign, cast.bola)
    given = assignments.given(mine.pk, cast.bola)
    with pytest.raises(Refused, match="somebody else's"):
        changing.change(given, text("x"), by=cast.bisi, key="x")
    assert policies.change_answer(cast.bola, given, policies.CHANGEABLE - 1)
    assert "last 10" in str(policies.change_answer(cast.bola, given, policies.CHANGEABLE))
    campaign.status = "closed"
    given.campaign = campaign
    assert "closed" in str(policies.change_answer(cast.bola, given, 0))
    single = cast.campaign("single")
    task(single, cast.drafted("It sat.", "Aliketi."))
    with pytest.raises(Refused, match="stands as soon as it is sent"):
        change(give(single, cast.bola))


@pytest.mark.django_db
def test_gold_takes_a_change_as_work_does_and_is_graded_by_the_first_answer(cast, campaign):
    held = assignments.claim(campaign, by=cast.bola)
    row = held.task
    Gold.objects.create(task=row, accepted=[text("Paka ameketi.")], shown=row.unit.current, explanation="", created_by=cast.ada)
    Task.objects.update(purpose="gold")
    held = assignments.given(held.pk, cast.bola)
    assignments.submit(held, text("Paka ameketi."), by=cast.bola, key="k")
    change(held, "Paka gani?")
    assert Submission.objects.get().grade.right is True


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False], ids=["locked", "control: without the lock"])
def test_a_change_and_the_answer_that_settles_come_one_after_the_other(cast, campaign, monkeypatch, locked):
    """Without the lock the consensus is about an answer that is not there any more."""
    mine = give(campaign, cast.bola)
    other = assignments.claim(campaign, by=cast.bisi)
    looked, settled = threading.Event(), threading.Event()
    require = changing._require_unsettled

    def slowly(found):
        require(found)
        looked.set()
        settled.wait(1 if locked else 10)

    def settle():
        looked.wait(10)
        try:
            return assignments.submit(other, text("Paka ameketi."), by=cast.bisi, key="b")
        finally:
            settled.set()

    monkeypatch.setattr(changing, "_require_unsettled", slowly)
    if not locked:
        seen = queue.Assignment.objects.select_related("task", "campaign__dataset")
        monkeypatch.setattr(changing.queue, "locked", _first_unlocked(seen, queue.locked))
    at_once([lambda: change(mine, "Paka gani?"), settle])
    concluded = Consensus.objects.get()
    assert concluded.outcome == ("disputed" if locked else "agreed")
    assert Assignment.objects.filter(status="submitted").count() == 2 and FormerAnswer.objects.count() == 1


def _first_unlocked(rows, locked):
    """The first who asks, which is the change, sees the row without holding it."""
    asked = iter([True])

    def inner(assignment):
        if next(asked, False):
            row = rows.get(pk=assignment.pk)
            row.simulated = False
            return row
        return locked(assignment)

    return inner
