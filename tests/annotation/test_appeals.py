"""Appeals: once for each text, decided blind by an expert who had no part in it."""

import pytest

from annotation import policies
from annotation.actions import appeals, assignments, campaigns
from annotation.models import Appeal, Credit, Submission, Task
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from tests.world import join, person, task, world

pytestmark = pytest.mark.django_db
DRAFT, MINE = "Paka aliketi.", "Paka ameketi."
REDO = {"decision": "redo", "reason": "It sits now."}
REJECT = {"decision": "reject", "reason": "No sentence."}


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def eve(cast):
    eve = person("eve")
    join(cast.dataset, eve, "expert")
    return eve


@pytest.fixture
def campaign(cast):
    return cast.campaign(credit={"rate": "1"})


def give(campaign, by, payload) -> Submission:
    mine = assignments.claim(campaign, by=by)
    return assignments.submit(mine, payload, by=by, key=f"k{mine.pk}")


def judged(cast, campaign, verdict, words=MINE) -> Submission:
    """Bola's text, which Efe sent back or rejected."""
    task(campaign, cast.drafted("The cat sat.", DRAFT))
    mine = give(campaign, cast.bola, {"content": {"text": words}})
    give(campaign, cast.efe, verdict)
    return Submission.objects.get(pk=mine.pk)


def letter(row, words=MINE) -> str:
    return next(name for name, shown in appeals.sides(row).items() if shown == {"text": words})


def now(row):
    row.refresh_from_db()
    return row


def test_a_person_appeals_once_about_a_text_that_was_sent_back(cast, campaign):
    mine = judged(cast, campaign, REDO)
    made = appeals.appeal(mine, "It does sit.", by=cast.bola)
    assert (made.status, made.judgement.assignment.person) == ("open", cast.efe)
    with pytest.raises(Conflict, match="already"):
        appeals.appeal(mine, "It does!", by=cast.bola)


def test_the_text_is_shown_beside_the_one_it_came_from_in_an_order_that_stays(cast, campaign):
    made = appeals.appeal(judged(cast, campaign, REDO), "It does.", by=cast.bola)
    shown = appeals.sides(made)
    assert sorted(shown) == ["A", "B"] and appeals.sides(made) == shown
    assert sorted(one["text"] for one in shown.values()) == sorted([DRAFT, MINE])


def test_which_text_comes_first_is_chance(cast, campaign):
    firsts = {appeals.sides(Appeal(pk=pk, submission=sub, other={"text": DRAFT}))["A"]["text"]
              for sub in [judged(cast, campaign, REDO)] for pk in range(1, 30)}  # fmt: skip
    assert firsts == {DRAFT, MINE}


def test_a_text_without_another_is_shown_alone(cast, campaign):
    made = appeals.appeal(judged(cast, campaign, REJECT, words=DRAFT), "It is the draft.", by=cast.bola)
    assert appeals.sides(made) == {"A": {"text": DRAFT}}


def test_overturned_after_a_rejection_the_text_is_the_draft_again_and_goes_to_verification(cast, campaign, eve):
    mine = judged(cast, campaign, REJECT)
    unit = mine.assignment.task.unit
    assert now(unit).status == "rejected"
    made = appeals.appeal(mine, "It is one.", by=cast.bola)
    assert appeals.decide(made, [letter(made)], "It is a sentence.", by=eve)
    assert (now(unit).status, unit.current.content) == ("drafted", {"text": MINE})
    again = Task.objects.get(round=2)
    assert (again.stage, again.status, again.needed, again.open) == ("verify", "open", 1, 1)
    assert (now(made).status, made.decided_by, made.note) == ("overturned", eve, "It is a sentence.")
    assert Event.objects.filter(verb="overturn", subject=f"appeal:{made.pk}").count() == 1
    assert Event.objects.filter(verb="reopen", subject=f"unit:{unit.pk}").count() == 1


def test_overturned_after_a_text_was_sent_back_nobody_writes_it_again(cast, campaign, eve):
    mine = judged(cast, campaign, REDO)
    made = appeals.appeal(mine, "It is right.", by=cast.bola)
    appeals.decide(made, ["A", "B"], "Both will do.", by=eve)
    second = Task.objects.get(round=2)
    assert (second.stage, second.open, second.reason) == ("verify", 1, "After an appeal: “Both will do.”")
    assert assignments.claim(campaign, by=cast.bisi) is None


def test_a_round_somebody_has_begun_stays_theirs(cast, campaign, eve):
    made = appeals.appeal(judged(cast, campaign, REDO), "It is right.", by=cast.bola)
    assert assignments.claim(campaign, by=cast.bisi).task.round == 2
    assert appeals.decide(made, [letter(made)], "It was.", by=eve)
    assert Task.objects.get(round=2).stage == "annotate"


def test_a_unit_that_was_verified_meanwhile_stays_verified(cast, campaign, eve):
    mine = judged(cast, campaign, REDO)
    made = appeals.appeal(mine, "It is right.", by=cast.bola)
    give(campaign, cast.bisi, {"content": {"text": "Paka alikaa."}})
    give(campaign, cast.efe, {"decision": "accept", "rating": 5})
    unit = mine.assignment.task.unit
    assert now(unit).status == "verified"
    appeals.decide(made, [letter(made)], "It was, too.", by=eve)
    assert (now(unit).status, unit.current.content) == ("verified", {"text": "Paka alikaa."})
    assert now(made).status == "overturned"


def test_upheld_nothing_changes(cast, campaign, eve):
    mine = judged(cast, campaign, REJECT)
    made = appeals.appeal(mine, "It is one.", by=cast.bola)
    other = next(name for name in appeals.sides(made) if name != letter(made))
    assert not appeals.decide(made, [other], "The first reading is better.", by=eve)
    assert now(mine.assignment.task.unit).status == "rejected" and not Task.objects.filter(round=2).exists()
    assert now(made).status == "upheld"


def test_credits_stay_as_they_are(cast, campaign, eve):
    made = appeals.appeal(judged(cast, campaign, REJECT), "It is one.", by=cast.bola)
    before = list(Credit.objects.values())
    appeals.decide(made, ["A", "B"], "Yes.", by=eve)
    assert list(Credit.objects.values()) == before


def test_only_an_expert_without_a_part_in_it_decides(cast, campaign, eve):
    made = appeals.appeal(judged(cast, campaign, REDO), "It is right.", by=cast.bola)
    author = cast.member(cast.bola)
    author.role = "expert"
    author.save()
    for who in (cast.efe, cast.bola):
        assert "written or judged" in str(policies.judge_appeal(who, made))
    for who in (cast.ada, cast.ben, cast.zed, cast.olu, None):
        assert not policies.judge_appeal(who, made)
    other = cast.member(eve)
    other.languages = ["my"]
    other.save()
    with pytest.raises(Refused, match="of this language"):
        appeals.decide(made, ["A"], "Yes.", by=eve)
    assert now(made).status == "open"


def test_a_decision_needs_a_note_and_letters_that_are_there_and_is_made_once(cast, campaign, eve):
    made = appeals.appeal(judged(cast, campaign, REDO), "It is right.", by=cast.bola)
    for wrong in ((["A"], " "), (["C"], "Yes."), ([], "\x00")):
        with pytest.raises(Invalid):
            appeals.decide(made, *wrong, by=eve)
    appeals.decide(made, [], "Neither.", by=eve)
    with pytest.raises(Conflict):
        appeals.decide(Appeal.objects.get(pk=made.pk), ["A", "B"], "Both.", by=eve)


def test_there_is_no_appeal_about_what_was_not_judged_is_not_ones_own_or_lies_in_a_closed_campaign(cast, campaign):
    task(campaign, cast.drafted("A dog sat.", "Mbwa."))
    waiting = give(campaign, cast.bola, {"content": {"text": "Mbwa aliketi."}})
    assert "nothing to appeal" in str(policies.appeal(cast.bola, waiting))
    give(campaign, cast.efe, {"decision": "accept", "rating": 5})
    assert not policies.appeal(cast.bola, Submission.objects.get(pk=waiting.pk))
    mine = judged(cast, campaign, REDO)
    for who in (cast.bisi, cast.efe, cast.ada, None):
        assert not policies.appeal(who, mine)
    with pytest.raises(Invalid):
        appeals.appeal(mine, " ", by=cast.bola)
    campaign.status = "closed"
    campaign.save()
    with pytest.raises(Refused, match="closed"):
        appeals.appeal(Submission.objects.get(pk=mine.pk), "It is right.", by=cast.bola)
    assert not Appeal.objects.exists()


CHAIN = """
campaigns:
  - {slug: write, name: Write, verification: none, effects: [{do: adopt}]}
  - slug: ask
    name: Ask
    task_type: survey
    admission: {after: {campaign: write}}
    audience: {others: true}
    verification: none
    effects: [{when: {any: {quality: wrong}}, do: redo, to: write, reason: called wrong}, {do: adopt}]
  - {slug: judge, name: Judge, task_type: verify, admission: {after: {campaign: ask}}, audience: {role: expert, others: true}, verification: none}
"""


@pytest.fixture
def chain(cast):
    made = {one.slug: one for one in campaigns.from_yaml(cast.dataset, CHAIN, by=cast.ada)}
    cast.drafted("The cat sat.", DRAFT)
    for one in made.values():
        campaigns.open_campaign(one, by=cast.ada)
    return made


def asked(chain, cast, quality="good") -> tuple[Submission, Submission]:
    """Bola's text, and what Bisi says of it."""
    mine = give(chain["write"], cast.bola, {"content": {"text": MINE}})
    campaigns.admit_due()
    said = give(chain["ask"], cast.bisi, {"answers": {"quality": quality, "culture": "typical"}})
    campaigns.admit_due()
    return Submission.objects.get(pk=mine.pk), Submission.objects.get(pk=said.pk)


def test_what_a_later_campaign_of_a_chain_rejects_is_appealed_and_then_verified(cast, chain, eve):
    mine, _ = asked(chain, cast)
    assert not policies.appeal(cast.bola, mine)
    give(chain["judge"], cast.efe, REJECT)
    row = appeals.appeal(mine, "It is one.", by=cast.bola)
    assert row.judgement.assignment.campaign == chain["judge"]
    assert not policies.judge_appeal(cast.efe, row), "who rejected it did so in another campaign"
    appeals.decide(row, [letter(row)], "It will do.", by=eve)
    again = chain["write"].tasks.get(round=2)
    assert (again.stage, again.status, now(again.unit).status) == ("verify", "open", "drafted")
    give(chain["write"], eve, {"decision": "accept", "rating": 5})
    assert now(again.unit).status == "verified" and not campaigns.admit_due()


def test_who_calls_a_text_wrong_has_nothing_to_appeal_about_but_its_author_has(cast, chain):
    mine, said = asked(chain, cast, quality="wrong")
    assert policies.appeal(cast.bola, mine) and not policies.appeal(cast.bisi, said)


def test_another_round_is_another_text(cast, chain):
    mine, _ = asked(chain, cast, quality="wrong")
    second = give(chain["write"], cast.ben, {"content": {"text": "Paka."}})
    campaigns.admit_due()
    give(chain["ask"], cast.bisi, {"answers": {"quality": "good", "culture": "typical"}})
    campaigns.admit_due()
    give(chain["judge"], cast.efe, REJECT)
    row = appeals.appeal(mine, "It is one.", by=cast.bola)
    assert row.judgement.assignment.person == cast.bisi
    other = appeals.appeal(Submission.objects.get(pk=second.pk), "It is one.", by=cast.ben)
    assert other.judgement.assignment.person == cast.efe
