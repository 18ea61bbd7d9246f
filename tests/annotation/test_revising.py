"""Changing a campaign under way: what is done stays done, and what people hold they may still send."""

import pytest

from annotation.actions import assignments, campaigns, revising
from annotation.models import Campaign, Submission, Task
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from tests.world import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


def live(cast, texts=1, **plan):
    for number in range(texts):
        cast.drafted(f"{number}.", f"{number}!")
    campaign = campaigns.create(cast.dataset, slug="one", name="One", by=cast.ada, **plan)
    campaigns.open_campaign(campaign, by=cast.ada)
    return campaign


def write(campaign, person, words):
    mine = assignments.claim(campaign, by=person)
    return assignments.submit(mine, {"content": {"text": words}}, by=person, key=f"key-{mine.pk}")


def slots(campaign):
    return list(campaign.tasks.order_by("pk").values_list("status", "stage", "needed", "open"))


def test_a_change_is_written_with_what_it_was(cast):
    campaign = live(cast)
    changed = revising.revise(campaign, by=cast.ada, lease_minutes=5, name="Renamed")
    assert changed == {"name": "One", "lease_minutes": 30}
    assert (campaign.name, campaign.lease_minutes, campaign.status) == ("Renamed", 5, "live")
    event = Event.objects.get(verb="revise", subject=f"campaign:{campaign.pk}")
    assert event.actor == cast.ada and event.data["changed"] == {"name": "Renamed", "lease_minutes": 5}
    assert revising.revise(campaign, by=cast.ada, lease_minutes=5) == {}


def test_a_changed_guideline_is_a_new_version_and_answers_name_the_one_they_followed(cast):
    campaign = live(cast, 2, guideline="Old.", verification="none")
    before = write(campaign, cast.bola, "a")
    revising.revise(campaign, by=cast.ada, guideline="New.")
    after = write(campaign, cast.bola, "b")
    assert (before.guideline.text, after.guideline.text) == ("Old.", "New.")


def test_what_makes_an_answer_cannot_change_while_there_are_tasks(cast):
    with pytest.raises(Invalid, match="task_type cannot change while the campaign has tasks"):
        revising.revise(live(cast), by=cast.ada, task_type="survey")
    assert Campaign.objects.get().task_type["name"] == "post_edit"


def test_a_change_that_cannot_be_changes_nothing(cast):
    campaign = live(cast)
    with pytest.raises(Invalid, match="overlapp"):
        revising.revise(campaign, by=cast.ada, overlapp=3)
    with pytest.raises(Refused):
        revising.revise(campaign, by=cast.bola, overlap=3)
    assert Campaign.objects.get().overlap == 1


def test_more_answers_open_more_slots_of_what_still_asks_for_them(cast):
    campaign = live(cast, 2, verification="none", overlap=2)
    write(campaign, cast.bola, "a")
    revising.revise(campaign, by=cast.ada, overlap=3)
    assert slots(campaign) == [("open", "annotate", 3, 2), ("open", "annotate", 3, 3)]


def test_fewer_answers_conclude_what_has_them_and_leave_what_people_hold(cast):
    campaign = live(cast, 3, verification="none", overlap=3)
    for person in (cast.bola, cast.bisi):
        write(campaign, person, "a")
    held = assignments.claim(campaign, by=cast.bola)
    revising.revise(campaign, by=cast.ada, overlap=1)
    # Two answers were given to the first; one is being written to the second.
    assert slots(campaign) == [("done", "annotate", 2, 0), ("open", "annotate", 1, 0), ("open", "annotate", 1, 1)]
    assignments.submit(held, {"content": {"text": "b"}}, by=cast.bola, key="k")
    assert slots(campaign)[1] == ("done", "annotate", 1, 0)


def test_a_withdrawn_unit_is_given_to_nobody_and_what_is_sent_for_it_is_kept(cast):
    campaign = live(cast, 1, overlap=2)
    held = assignments.claim(campaign, by=cast.bola)
    unit = held.task.unit
    assert revising.withdraw(unit, reason="the source is wrong", by=cast.ada) == 1
    assert assignments.claim(campaign, by=cast.bisi) is None and assignments.claim(campaign, by=cast.bola) is None
    with pytest.raises(Conflict, match="was withdrawn from the campaign while you worked on it. Your text is kept"):
        assignments.submit(held, {"content": {"text": "mine"}}, by=cast.bola, key="k")
    held.refresh_from_db()
    assert held.draft == {"content": {"text": "mine"}} and not Submission.objects.exists()
    assert Task.objects.get().reason == "the source is wrong"
    with pytest.raises(Conflict, match="No campaign is at work"):
        revising.withdraw(unit, reason="again", by=cast.ada)


def test_only_managers_withdraw_and_they_say_why(cast):
    live(cast)
    unit = Task.objects.get().unit
    with pytest.raises(Refused):
        revising.withdraw(unit, reason="no", by=cast.efe)
    with pytest.raises(Invalid, match="Say why"):
        revising.withdraw(unit, reason=" ", by=cast.ada)
