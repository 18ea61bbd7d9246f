"""What is done to many units is what was told, to each of them and to no other, or nothing is done."""

import pytest

from annotation.actions import deeds, units
from annotation.models import Assignment, Task, Unit
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from tests.world import drafted, item, task, unit, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db):
    return world()


@pytest.fixture
def five(cast):
    """Two drafted, one verified, one new and one rejected, in this order."""
    rows = [cast.drafted(f"Sentence {n}.", f"Neno {n}.", key=f"k{n}") for n in range(5)]
    Unit.objects.filter(pk=rows[2].pk).update(status="verified")
    Unit.objects.filter(pk=rows[3].pk).update(status="new", current=None)
    Unit.objects.filter(pk=rows[4].pk).update(status="rejected")
    return [row.pk for row in rows]


def do(cast, picked, deed, *, by=None, mark="", reason="Why.", **more):
    mark = mark or deeds.preview(cast.dataset, picked, deed, by=by or cast.ada, **more).mark
    return deeds.carry_out(cast.dataset, picked, deed, mark=mark, reason=reason, by=by or cast.ada, **more)


def statuses(picked) -> str:
    return " ".join(dict(Unit.objects.values_list("pk", "status"))[pk] for pk in picked)


@pytest.mark.parametrize(
    ("deed", "touched", "after", "left"),
    [
        ("reject", 2, "rejected rejected verified new rejected", {"It is verified, and so cannot be rejected.": 1}),
        ("reopen", 2, "drafted drafted drafted new drafted", {"It is new, and so cannot be reopened.": 1}),
    ],
)
def test_a_move_touches_those_that_can_make_it_and_says_why_not_the_others(cast, five, deed, touched, after, left):
    told = deeds.preview(cast.dataset, five, deed, by=cast.ada)
    assert len(told.touched) == touched and left.items() <= told.left.items() and sum(told.left.values()) == 5 - touched
    assert statuses(five) == "drafted drafted verified new rejected", "a preview does nothing"
    assert do(cast, five, deed) == touched
    assert statuses(five) == after
    moved = Event.objects.filter(verb=deed, actor=cast.ada)
    assert sorted(one.subject for one in moved) == sorted(f"unit:{pk}" for pk in told.touched)
    assert {one.data["reason"] for one in moved} == {"Why."}
    assert Event.objects.get(verb="bulk").data == {"deed": deed, "units": touched, "left": 5 - touched, "reason": "Why."}


def test_withdrawn_units_are_given_to_nobody_and_those_in_hand_are_released(cast, five):
    one, two = cast.campaign("one"), cast.campaign("two")
    rows = Unit.objects.in_bulk(five)
    held = task(one, rows[five[0]])
    Assignment.objects.create(task=held, campaign=one, person=cast.bola, stage="annotate", lease_until="2030-01-01T00:00Z")
    task(two, rows[five[1]])
    assert deeds.preview(cast.dataset, five, "withdraw", by=cast.ada).left == {"No campaign is at work on it.": 3}
    assert do(cast, five, "withdraw", campaign=one) == 1
    assert list(Task.objects.order_by("pk").values_list("status", "open", "reason")) == [("withdrawn", 0, "Why."), ("open", 1, "")]
    assert Assignment.objects.get().status == "released"


def test_units_are_given_to_a_campaign_that_has_not_had_them(cast, five):
    campaign = cast.campaign("third", languages=["sw"], overlap=3)
    task(campaign, Unit.objects.get(pk=five[0]), status="done", purpose="gold")
    burmese = drafted(unit(cast.sentence("It rained."), "my"), "မိုး").pk
    told = deeds.preview(cast.dataset, [*five, burmese], "admit", campaign=campaign, by=cast.ada)
    assert told.touched == [five[1], five[2]] and sorted(told.left.values()) == [1, 1, 1, 1]
    assert do(cast, [*five, burmese], "admit", campaign=campaign, reason="") == 2
    made = campaign.tasks.filter(status="open")
    assert sorted(made.values_list("unit", "needed", "open", "language")) == [(pk, 3, 3, "sw") for pk in told.touched]
    assert deeds.preview(cast.dataset, five, "admit", campaign=campaign, by=cast.ada).touched == []


def test_an_empty_selection_is_refused_and_is_never_all(cast, five):
    with pytest.raises(Invalid, match="none is not all"):
        deeds.preview(cast.dataset, [], "reject", by=cast.ada)
    with pytest.raises(Invalid, match="Nothing can be done"):
        do(cast, [five[4]], "reject")
    assert statuses(five) == "drafted drafted verified new rejected"


@pytest.mark.parametrize("changed", ["more", "other", "reason", "deed", "units"])
def test_what_has_changed_since_it_was_told_is_not_done(cast, five, changed):
    told = deeds.preview(cast.dataset, five, "reject", by=cast.ada)
    picked, deed = five, "reject"
    if changed == "more":
        Unit.objects.filter(pk=five[2]).update(status="drafted")
    elif changed == "other":  # as many as before, and others
        Unit.objects.filter(pk=five[2]).update(status="drafted")
        Unit.objects.filter(pk=five[0]).update(status="verified")
    elif changed == "reason":  # as many are touched, and another is left for another reason
        Unit.objects.filter(pk=five[2]).update(status="rejected")
    elif changed == "deed":
        deed = "reopen"
    else:
        picked = five[:1]
    before = statuses(five)
    with pytest.raises(Conflict, match="changed since you looked"):
        do(cast, picked, deed, mark=told.mark)
    assert statuses(five) == before and not Event.objects.filter(verb="bulk").exists()


def test_without_the_mark_the_change_would_be_done_unseen(cast, five):
    """The control of the test above: the same, told anew, is done."""
    Unit.objects.filter(pk=five[2]).update(status="drafted")
    assert do(cast, five, "reject") == 3


def test_what_is_not_of_the_dataset_is_left_alone(cast, five):
    foreign = drafted(unit(item(cast.other, "sentence", {"text": "Theirs."}), "sw"), "Yao.").pk
    told = deeds.preview(cast.dataset, [foreign, 10**9, five[0]], "reject", by=cast.ada)
    assert told.touched == five[:1] and told.left == {deeds.GONE: 2}
    assert do(cast, [foreign, five[0]], "reject") == 1
    assert Unit.objects.get(pk=foreign).status == "drafted"


@pytest.mark.parametrize("who", ["efe", "bola", "olu", "zed"])
def test_only_a_manager_of_the_dataset_does_things_to_many(cast, five, who):
    mark = deeds.preview(cast.dataset, five, "reject", by=cast.ada).mark
    for act in (deeds.preview, lambda *a, **k: deeds.carry_out(*a, mark=mark, reason="Why.", **k)):
        with pytest.raises(Refused):
            act(cast.dataset, five, "reject", by=getattr(cast, who))


def test_what_is_not_said_is_asked_for(cast, five, monkeypatch):
    of_others = cast.campaign()
    of_others.dataset = cast.other
    of_others.save()
    for wrong in ({"deed": "delete"}, {"deed": "admit"}, {"deed": "reject", "reason": " "}, {"deed": "reject", "reason": "a\x00"},
                  {"deed": "admit", "campaign": of_others}):  # fmt: skip
        with pytest.raises(Invalid):
            do(cast, five, **wrong)
    monkeypatch.setattr(deeds, "MOST", 4)
    with pytest.raises(Invalid, match="more than 4 units"):
        do(cast, five, "reject")


def test_a_single_move_meanwhile_is_noticed(cast, five):
    mark = deeds.preview(cast.dataset, five, "reject", by=cast.ada).mark
    units.verify(Unit.objects.select_related("item").get(pk=five[0]), by=cast.efe)
    with pytest.raises(Conflict):
        do(cast, five, "reject", mark=mark)
