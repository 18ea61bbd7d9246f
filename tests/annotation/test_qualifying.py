"""Training, then a test, then real work until it runs out: each by the database's clock."""

import pytest
from django.db.models.functions import Now

from annotation.actions import assignments, campaigns, grading, qualifying, quality
from annotation.models import Assignment, Qualification
from core.errors import Invalid, Refused
from core.models import Event
from tests.world import task, world

pytestmark = pytest.mark.django_db
RIGHT, WRONG = "Paka mweusi ameketi juu ya mkeka.", "Mbwa."
RULE = {"training": 2, "test": 4, "pass": 0.75, "tries": 2, "days": 180}


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def campaign(cast):
    """Work for five, and the gold that two tests need, in Swahili."""
    made = cast.campaign(qualification=RULE, languages=["sw"], verification="none")
    for number in range(5):
        task(made, cast.drafted(f"The cat sat {number}.", f"Paka aliketi {number}."), needed=3)
    for purpose, count in (("training", 2), ("test", 8)):
        for number in range(count):
            unit = cast.drafted(f"{purpose} {number}.", f"Rasimu {number}.")
            quality.make_gold(
                made, unit, expected={"content": {"text": RIGHT}}, purpose=purpose, explanation="It sits now.", by=cast.ada
            )
    return made


def answer(campaign, person, text=RIGHT) -> Assignment:
    mine = assignments.claim(campaign, by=person)
    assignments.submit(mine, {"content": {"text": text}}, by=person, key=f"key-{mine.pk}")
    return mine


def given(campaign, person, answers) -> list[str]:
    return [answer(campaign, person, text).task.purpose for text in answers]


def mine(person) -> Qualification:
    return Qualification.objects.get(person=person, language="sw")


def test_training_comes_first_then_the_test_then_work(cast, campaign):
    assert given(campaign, cast.bola, [RIGHT] * 7) == ["training"] * 2 + ["test"] * 4 + ["work"]
    one = mine(cast.bola)
    assert (one.status, one.score, one.tries) == ("passed", 1.0, 1)
    days = Qualification.objects.filter(pk=one.pk).values_list("expires", flat=True).get() - one.since
    assert 179.9 < days.total_seconds() / 86400 < 180.1
    verbs = list(Event.objects.filter(subject=f"qualification:{one.pk}").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["begin", "examine", "qualify"]


def test_without_a_rule_work_comes_at_once(cast, campaign):
    """The control twin."""
    campaign.qualification = {}
    campaign.save()
    assert given(campaign, cast.bola, [RIGHT]) == ["work"] and not Qualification.objects.exists()


def test_training_tells_what_was_right_and_the_test_does_not(cast, campaign):
    said = [grading.feedback(answer(campaign, cast.bola, WRONG)) for _ in range(3)]
    assert said[0] == {"right": False, "explanation": "It sits now.", "accepted": [{"content": {"text": RIGHT}, "comment": ""}]}
    assert said[1] and said[2] is None


def test_wrong_answers_in_training_count_for_nothing(cast, campaign):
    given(campaign, cast.bola, [WRONG] * 2 + [RIGHT] * 4)
    assert mine(cast.bola).status == "passed"


def test_a_failed_test_is_tried_again_with_other_gold(cast, campaign):
    given(campaign, cast.bola, [RIGHT] * 2 + [WRONG] * 4)
    one = mine(cast.bola)
    assert (one.status, one.tries, one.score) == ("testing", 1, 0.0)
    assert given(campaign, cast.bola, [RIGHT] * 4) == ["test"] * 4
    had = Assignment.objects.filter(person=cast.bola, task__purpose="test").values_list("task", flat=True)
    assert len(set(had)) == 8 and mine(cast.bola).status == "passed"


def test_who_fails_every_try_gets_no_work_and_reads_why_until_a_manager_renews(cast, campaign):
    given(campaign, cast.bola, [RIGHT] * 2 + [WRONG] * 8)
    assert (mine(cast.bola).status, mine(cast.bola).tries) == ("failed", 2)
    with pytest.raises(Refused, match="did not pass the test for sw: 0% was right"):
        assignments.claim(campaign, by=cast.bola)
    with pytest.raises(Refused):
        qualifying.renew(mine(cast.bola), by=cast.bola)
    qualifying.renew(mine(cast.bola), by=cast.ada)
    assert (mine(cast.bola).status, mine(cast.bola).tries) == ("testing", 0)
    with pytest.raises(Refused, match="no text of it is left"):
        assignments.claim(campaign, by=cast.bola)


def test_the_mark_itself_passes(cast, campaign):
    given(campaign, cast.bola, [RIGHT] * 2 + [RIGHT] * 3 + [WRONG])
    assert mine(cast.bola).status == "passed" and mine(cast.bola).score == 0.75


def test_skipping_in_the_test_is_not_right(cast, campaign):
    given(campaign, cast.bola, [RIGHT] * 4)
    for _ in range(2):
        assignments.skip(assignments.claim(campaign, by=cast.bola), "too hard", by=cast.bola)
    one = mine(cast.bola)
    assert (one.status, one.tries, one.score) == ("testing", 1, 0.5)


def test_a_qualification_that_ran_out_is_tested_again_without_training(cast, campaign):
    given(campaign, cast.bola, [RIGHT] * 7)
    Qualification.objects.update(expires=Now())
    assert given(campaign, cast.bola, [RIGHT]) == ["test"]
    assert (mine(cast.bola).status, mine(cast.bola).tries) == ("testing", 0)


def test_a_qualification_counts_in_every_campaign_of_the_dataset_with_the_same_task_type(cast, campaign):
    given(campaign, cast.bola, [RIGHT] * 6)
    other = cast.campaign("second", qualification=RULE, languages=["sw"])
    task(other, cast.drafted("Another.", "Nyingine."))
    assert given(other, cast.bola, [RIGHT]) == ["work"]
    with pytest.raises(Refused, match="in training"):
        assignments.claim(other, by=cast.bisi)


def test_a_qualification_is_of_one_language(cast, campaign):
    campaign.languages = ["my", "sw"]
    campaign.save()
    task(campaign, cast.drafted("The cat sat.", "ကြောင်", "my"))
    given(campaign, cast.bola, [RIGHT] * 6)
    assert {one.language: one.status for one in Qualification.objects.all()} == {"sw": "passed", "my": "training"}
    assert {answer(campaign, cast.bola).task.language for _ in range(3)} == {"sw"}


def test_a_campaign_opens_only_with_the_gold_its_test_needs(cast):
    plan = {"qualification": RULE, "gold_rate": 0.1, "quality_rule": {"pause_below": 0.6}, "languages": ["sw"]}
    campaign = campaigns.create(cast.dataset, slug="tested", name="Tested", by=cast.ada, **plan)
    assert campaign.qualification == RULE and campaign.quality_rule == {"pause_below": 0.6, "after": 10}
    with pytest.raises(Invalid, match="needs 2 training tasks in sw for all tries, and has 0"):
        campaigns.open_campaign(campaign, by=cast.ada)


def test_an_expert_who_judges_needs_no_test(cast, campaign):
    task(campaign, cast.drafted("Judged.", "Imehukumiwa."), stage="verify")
    assert assignments.claim(campaign, by=cast.efe).stage == "verify"
    assert not Qualification.objects.filter(person=cast.efe).exists()
