"""Who gave a campaign how much: counted from answers, grades and holds, and nothing of another campaign."""

from datetime import UTC, datetime

import pytest

from annotation.accuracy import wilson
from annotation.contributions import contributions
from annotation.models import Gold, Grade, Hold, Member, Submission
from tests.answered import answered, asked, judged
from tests.world import world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def cast():
    return world()


def graded(cast, campaign, person, *, right: bool, status: str = "active") -> None:
    row = asked(cast, campaign, purpose="gold")
    gold = Gold.objects.create(task=row, accepted=[], status=status)
    answered(row, (person, "Paka."), at=NOW)
    given = Submission.objects.get(assignment__task=row)
    Grade.objects.create(
        submission=given, gold=gold, campaign=campaign, person=person, language="sw", purpose="gold", score=1.0, right=right
    )


def test_everybody_is_there_with_what_they_did_the_busiest_first(cast):
    campaign = cast.campaign()
    rows = [asked(cast, campaign) for _ in range(3)]
    for row, seconds in zip(rows, (10, 20, 90), strict=True):
        answered(row, (cast.bisi, "Paka."), at=NOW, seconds=seconds)
    answered(rows[0], (cast.bola, "Paka."), at=NOW)
    answered(rows[0], (cast.efe, judged("accept")), stage="verify", at=NOW)
    answered(asked(cast, cast.campaign("other")), (cast.ben, "Paka."), at=NOW)
    found = [(one.person.username, one.annotated, one.judged, one.seconds, one.gold) for one in contributions(campaign)]
    assert found == [("bisi", 3, 0, 20, None), ("bola", 1, 0, 1, None), ("efe", 0, 1, 1, None)]


def test_gold_counts_apart_and_retired_gold_not_at_all(cast):
    campaign = cast.campaign()
    answered(asked(cast, campaign), (cast.bola, "Paka."), at=NOW)
    for right in (True, True, False):
        graded(cast, campaign, cast.bola, right=right)
    graded(cast, campaign, cast.bola, right=False, status="retired")
    [one] = contributions(campaign)
    assert one.annotated == 1 and one.gold == wilson(2, 3)


def test_who_is_paused_and_who_is_simulated_is_said(cast):
    campaign = cast.campaign()
    answered(asked(cast, campaign), (cast.bola, "Paka."), (cast.bisi, "Paka."), at=NOW)
    Hold.objects.create(campaign=campaign, person=cast.bola, language="sw", reason="Too many wrong.")
    Hold.objects.create(campaign=campaign, person=cast.bola, language="my", reason="Was wrong.", status="lifted")
    Member.objects.filter(user=cast.bisi).update(simulated=True)
    found = {one.person.username: (one.held, one.simulated) for one in contributions(campaign)}
    assert found == {"bola": (["sw"], False), "bisi": ([], True)}


def test_training_and_tests_are_no_contribution(cast):
    campaign = cast.campaign()
    for purpose in ("training", "test"):
        answered(asked(cast, campaign, purpose=purpose), (cast.bola, "Paka."), at=NOW)
    assert contributions(campaign) == []


def test_it_takes_five_statements_however_many_people(cast, django_assert_num_queries):
    campaign = cast.campaign()
    for _ in range(3):
        answered(asked(cast, campaign), *((one, "Paka.") for one in (cast.bola, cast.bisi, cast.ben)), at=NOW)
    with django_assert_num_queries(5):
        contributions(campaign)
