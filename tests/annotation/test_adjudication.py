"""Answers that disagree: an expert chooses among them without knowing whose they are, or writes their own."""

import pytest

from annotation.actions import adjudication, assignments, campaigns
from annotation.candidates import candidates
from annotation.models import Assignment, Consensus
from core.errors import Conflict, Refused
from tests.annotation.test_chains import answer, now, text
from tests.world import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


def disputed(cast, **changes):
    campaign = cast.campaign(overlap=2, **changes)
    unit = cast.drafted("A cat sat.", "Paka aliketi.")
    campaigns.admit(campaign)
    answer(campaign, cast.bola, text("b"))
    answer(campaign, cast.bisi, text("c"))
    return campaign, unit


def test_an_expert_takes_one_of_the_answers_that_disagree(cast):
    campaign, unit = disputed(cast)
    mine = assignments.claim(campaign, by=cast.efe)
    assert (mine.stage, assignments.task_type(mine).name) == ("adjudicate", "adjudicate")
    assignments.submit(mine, {"take": "A"}, by=cast.efe, key="k")
    decided = Consensus.objects.get()
    assert decided.outcome == "adjudicated" and decided.chosen.payload["content"] == now(unit).current.content
    assert unit.current.author in (cast.bola, cast.bisi) and unit.status == "verified"


def test_while_answers_differ_none_of_them_is_the_units_text_so_that_none_stands_out(cast):
    campaign, unit = disputed(cast)
    assert now(unit).current.content == {"text": "Paka aliketi."} and unit.translations.count() == 1
    mine = assignments.claim(campaign, by=cast.efe)
    taken = candidates(mine.task)[0].submission
    assignments.submit(mine, {"take": "A"}, by=cast.efe, key="k")
    unit = now(unit)
    assert unit.current.author == taken.assignment.person
    assert unit.current.parent.content == {"text": "Paka aliketi."}, "it was made from the draft, not from the other answer"


def test_an_expert_writes_their_own_where_none_will_do(cast):
    campaign, unit = disputed(cast)
    answer(campaign, cast.efe, {"own": text("Paka alikaa."), "note": "both are half"})
    assert now(unit).current.content == {"text": "Paka alikaa."} and unit.current.author == cast.efe


def test_with_a_second_opinion_two_experts_must_agree_and_a_third_decides(cast):
    campaign, unit = disputed(cast)
    other, third = cast.bola, cast.olu
    for person in (third, cast.zed):
        cast.dataset.members.create(user=person, role="expert", languages=["sw"])
    mine = assignments.claim(campaign, by=cast.efe)
    adjudication.ask_second(mine, by=cast.efe)
    with pytest.raises(Conflict, match="asked for already"):
        adjudication.ask_second(mine, by=cast.efe)
    assignments.submit(mine, {"take": "A"}, by=cast.efe, key="k")
    assert now(unit).status == "drafted"
    assert assignments.claim(campaign, by=other) is None
    answer(campaign, third, {"take": "B"})
    assert campaign.tasks.get().needed == 3
    answer(campaign, cast.zed, {"take": "B"})
    assert now(unit).status == "verified" and round(Consensus.objects.get().confidence, 2) == 0.67


def test_who_answered_does_not_adjudicate(cast):
    campaign, _ = disputed(cast)
    cast.dataset.members.filter(user=cast.bola).update(role="expert")
    assert assignments.claim(campaign, by=cast.bola) is None
    forced = Assignment.objects.get(person=cast.bola)
    forced.stage = "adjudicate"
    with pytest.raises(Refused):
        assignments.submit(forced, {"take": "A"}, by=cast.bola, key="other")
