"""What is known of people is read from what they did, and from nothing else."""

import numpy as np
import pytest

from annotation import people
from annotation.actions import assignments, quality, reviews
from annotation.models import Gold, Review
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from tests.world import task, translation, world

pytestmark = pytest.mark.django_db
RIGHT = "Paka mweusi ameketi."


@pytest.fixture
def cast():
    return world()


def answer(campaign, who, text):
    mine = assignments.claim(campaign, by=who)
    return assignments.submit(mine, {"content": {"text": text}}, by=who, key=f"key-{mine.pk}")


def golden(cast, campaign, number):
    made = []
    for n in range(number):
        unit = cast.drafted(f"Gold {n}.", f"Rasimu {n}.")
        made.append(quality.make_gold(campaign, unit, expected={"content": {"text": RIGHT}}, by=cast.ada))
    return made


def test_accuracy_is_counted_for_each_person_campaign_and_language(cast):
    campaign = cast.campaign(gold_rate=1)
    golden(cast, campaign, 3)
    task(campaign, cast.drafted("Work.", "Kazi."), needed=3)
    for who, texts in ((cast.bola, [RIGHT, RIGHT, "Mbwa."]), (cast.bisi, ["Mbwa."])):
        for text in texts:
            answer(campaign, who, text)
    found = {one.person.username: (one.language, one.accuracy.right, one.accuracy.graded) for one in people.skills(cast.dataset)}
    assert found == {"bola": ("sw", 2, 3), "bisi": ("sw", 0, 1)}
    quality.retire(Gold.objects.get(grades__person=cast.bisi), by=cast.ada)
    assert {one.person.username for one in people.skills(cast.dataset)} == {"bola"}
    assert people.skills(cast.other) == []


def test_what_the_machine_said_is_the_draft_that_stood_there_when_the_task_was_handed_out(cast):
    campaign = cast.campaign(overlap=2, verification="none")
    unit = cast.drafted("The cat sat.", "Paka aliketi.")
    task(campaign, unit, needed=2)
    answer(campaign, cast.bola, "Paka aliketi.")
    answer(campaign, cast.bisi, "Paka ameketi.")
    unit.refresh_from_db()
    translation(unit, "Paka alikaa.")  # another draft, which nobody of them saw
    columns, who = people.answers_of(campaign)
    copied = dict(zip((who[one] for one in columns.person), columns.label == columns.machine, strict=True))
    assert copied == {cast.bola.pk: True, cast.bisi.pk: False}


def test_of_gold_the_machine_said_what_was_shown(cast):
    campaign = cast.campaign(gold_rate=1)
    golden(cast, campaign, 1)
    task(campaign, cast.drafted("Work.", "Kazi."))
    answer(campaign, cast.bola, "Rasimu 0.")
    columns, _who = people.answers_of(campaign)
    assert list(columns.label) == list(columns.machine)


def test_an_answers_length_is_its_sources_and_training_is_left_out(cast):
    campaign = cast.campaign()
    task(campaign, cast.drafted("The cat sat.", "Paka."))
    answer(campaign, cast.bola, "Paka ameketi.")
    trained = cast.campaign("trained", qualification={"training": 1, "test": 1})
    quality.make_gold(trained, cast.drafted("T.", "T."), expected={"content": {"text": RIGHT}}, purpose="training", by=cast.ada)
    answer(trained, cast.bola, RIGHT)
    assert np.array_equal(people.answers_of(campaign)[0].characters, [12.0])
    assert people.answers_of(trained)[0].people == 0 and people.signals_of(trained) == []


@pytest.fixture
def same(cast):
    """A campaign in which Ben writes the same under every text."""
    campaign = cast.campaign(overlap=3, verification="none")
    for number in range(12):
        task(campaign, cast.drafted(f"The cat sat {number}.", f"Paka {number}."), needed=3)
        for who, text in ((cast.bola, f"Moja {number}"), (cast.bisi, f"Mbili {number}"), (cast.ben, "Sijui.")):
            answer(campaign, who, text)
    return campaign


def test_a_review_keeps_the_numbers_of_the_signal_and_an_event(cast, same):
    about = {"person": cast.ben.pk, "signal": "sameness", "by": cast.ada}
    row = reviews.review(same, **about, action="warned", note="Read the texts.")
    [found] = people.signals_of(same)
    assert row.evidence == found.evidence and found.person == cast.ben
    told = Event.objects.get(subject=f"review:{row.pk}")
    assert told.scope == f"quality:{cast.dataset.pk}" and told.actor == cast.ada


def test_only_a_manager_reviews_and_only_what_is_there_and_never_without_a_word(cast, same):
    about = {"person": cast.ben.pk, "signal": "sameness"}
    with pytest.raises(Refused):
        reviews.review(same, **about, action="warned", note="Why.", by=cast.bola)
    for action, note in (("warned", ""), ("suspended", " "), ("warned", "\x00"), ("praised", "Good.")):
        with pytest.raises(Invalid):
            reviews.review(same, **about, action=action, note=note, by=cast.ada)
    with pytest.raises(Conflict):
        reviews.review(same, **about | {"person": cast.bola.pk}, action="warned", note="Why.", by=cast.ada)
    assert not Review.objects.exists()


def test_nobody_appeals_for_somebody_else_nor_answers_an_appeal_against_their_own_decision(cast, same):
    row = reviews.review(same, person=cast.ben.pk, signal="sameness", action="warned", note="Read.", by=cast.ada)
    with pytest.raises(Refused):
        reviews.appeal(row, "No.", by=cast.bola)
    with pytest.raises(Conflict):
        reviews.answer(row, "uphold", "There is no appeal yet.", by=cast.admin)
    reviews.appeal(row, "No.", by=cast.ben)
    for who in (cast.ada, cast.ben, cast.olu):
        with pytest.raises(Refused):
            reviews.answer(row, "uphold", "Yes.", by=who)
    reviews.answer(row, "uphold", "Yes.", by=cast.admin)
    assert row.status == "upheld" and row.answered_by == cast.admin
