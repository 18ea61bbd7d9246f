"""The simulated crowd works like everybody else, at the skill it was given, and says that it is simulated."""

import pytest
from django.core.management import call_command
from django.db import transaction

from annotation.actions import assignments, campaigns
from annotation.models import Assignment, Consensus, Member, Submission, Translation, Unit
from core.errors import Invalid, Refused
from core.models import Event, User
from pipelines.actions import crowd
from tests.world import unit, world

pytestmark = pytest.mark.django_db


def told(row: Unit) -> dict | None:
    """The right text where the draft is wrong, which is where the key says so."""
    return {"text": f"Sahihi {row.item.key}."} if row.item.key.startswith("wrong") else None


@pytest.fixture
def cast():
    return world()


def opened(cast, texts=24, **plan):
    for number in range(texts):
        faulty = number % 3 == 0
        key = f"{'wrong' if faulty else 'fine'}-{number}"
        cast.drafted(f"Sentence {number}.", f"Sentensi {number}.", key=key)
    row = campaigns.create(cast.dataset, slug="crowd", name="Crowd", by=cast.ada, **plan)
    campaigns.open_campaign(row, by=cast.ada)
    return row


def texts() -> dict[str, str]:
    return dict(Unit.objects.values_list("item__key", "current__content__text"))


def test_a_perfect_crowd_makes_every_text_right(cast):
    campaign = opened(cast)
    done = crowd.simulate(campaign, people=3, experts=2, skill=1.0, answers=told)
    assert (done["answers"], done["sent_back"], done["edited"]) == (48, 0, 0)
    assert set(Unit.objects.values_list("status", flat=True)) == {"verified"}
    assert all(text == f"Sahihi {key}." for key, text in texts().items() if key.startswith("wrong"))
    assert Translation.objects.filter(origin="post-edited").count() == 8, "right drafts stay as they are"


def test_a_careless_crowd_is_mostly_caught_by_the_experts(cast):
    campaign = opened(cast)
    done = crowd.simulate(campaign, people=3, experts=2, skill=0.0, answers=told)
    assert done["sent_back"] + done["edited"] >= 8
    still_wrong = [key for key, text in texts().items() if key.startswith("wrong") and not text.startswith("Sahihi")]
    assert len(still_wrong) <= 2
    assert not campaign.tasks.filter(status="open").exists()


def test_the_same_seed_gives_the_same_work_and_another_seed_another(cast):
    def story(seed: int) -> list:
        with transaction.atomic():
            crowd.simulate(opened(cast), people=3, skill=0.5, seed=seed, answers=told)
            found = list(Submission.objects.order_by("pk").values_list("assignment__person__username", "payload"))
            transaction.set_rollback(True)
        return found

    first = story(1)
    assert story(1) == first
    assert story(2) != first


def test_everything_simulated_says_so(cast):
    campaign = opened(cast, texts=6)
    crowd.simulate(campaign, people=2, skill=0.5, answers=told)
    people = User.objects.filter(username__startswith="sim-")
    assert people.count() == 3
    assert not any(one.has_usable_password() for one in people)
    assert set(Member.objects.filter(user__in=people).values_list("simulated", flat=True)) == {True}
    assert cast.dataset.simulated and not cast.other.simulated
    by_them = Event.objects.filter(actor__in=people)
    assert by_them.exists() and all(event.data.get("simulated") for event in by_them)
    written = Translation.objects.filter(author__in=people)
    assert written.exists() and all(one.made_by == {"simulated": True} for one in written)


def test_what_real_people_do_is_not_called_simulated(cast):
    campaign = opened(cast, texts=1)
    mine = assignments.claim(campaign, by=cast.bola)
    assignments.submit(mine, {"content": {"text": "Moja."}}, by=cast.bola, key="k")
    assert not any("simulated" in event.data for event in Event.objects.filter(actor=cast.bola))


def test_what_nobody_knows_is_skipped(cast):
    unit(cast.sentence("Without a draft."))
    campaign = opened(cast, texts=0, admission={"status": ["new"]})
    done = crowd.simulate(campaign, people=2)
    assert (done["answers"], done["skipped"]) == (0, 2)
    assert set(Assignment.objects.values_list("status", flat=True)) == {"skipped"}


def test_a_crowd_of_impossible_skill_or_for_a_task_there_is_not_is_refused(cast):
    campaign = opened(cast, texts=0)
    with pytest.raises(Invalid, match="between 0 and 1"):
        crowd.simulate(campaign, skill=1.5)
    with pytest.raises(Invalid, match="between 0 and 1"):
        crowd.simulate(campaign, faulty=-1)
    campaign.task_type = {"name": "essay", "version": "1", "params": {}}
    with pytest.raises(Invalid, match="No task_type 'essay'"):
        crowd.simulate(campaign)
    with pytest.raises(Refused):
        crowd.simulate(campaign, by=cast.bola)


def test_the_command_prints_what_the_crowd_did(cast, capsys):
    opened(cast, texts=6)
    call_command("simulate", "xnli", "crowd", "--people", "2", "--skill", "1", "--json")
    line = capsys.readouterr().out.splitlines()[-1]
    assert '"campaign":"crowd"' in line and '"simulated":true' in line and '"answers":12' in line
    with pytest.raises(Exception, match="no campaign 'nothing'"):
        call_command("simulate", "xnli", "nothing")


def test_a_task_type_that_nobody_wrote_a_crowd_for_is_answered_by_samples_and_who_knows_agrees(cast):
    for number in range(6):
        cast.drafted(f"The cat sat {number} times.", f"Paka {number}.")
    asked = {"name": "custom", "params": {"questions": [
        {"type": "rating", "name": "stars", "text": "How good?", "low": 0, "high": 1000},
        {"type": "labels", "name": "traits", "text": "Which?", "options": ["a", "b", "c"]}]}}  # fmt: skip
    campaign = campaigns.create(
        cast.dataset, slug="own", name="Own", task_type=asked, overlap=3, verification="none", effects=[{"do": "label"}],
        languages=["sw"], by=cast.ada,
    )  # fmt: skip
    campaigns.open_campaign(campaign, by=cast.ada)
    done = crowd.simulate(campaign, people=3, experts=0, skill=1.0)
    assert (done["answers"], done["left"]) == (18, 0)
    assert set(Consensus.objects.values_list("outcome", flat=True)) == {"agreed"}, "1 of 1,001 is agreed on by no chance"
