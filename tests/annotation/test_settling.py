"""What comes of the answers: one consensus, one text, one verdict, or another round."""

import pytest

from annotation.actions import assignments, consensus, units
from annotation.admission import drawn
from annotation.models import Assignment, Consensus, Submission, Task
from core.errors import Invalid, Refused
from core.models import Event
from tests.world import task, translation, world

pytestmark = pytest.mark.django_db
DRAFT, BETTER, WORSE = "Paka aliketi.", "Paka ameketi.", "Paka."


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def unit(cast):
    return cast.drafted("The cat sat.", DRAFT)


def now(row):
    row.refresh_from_db()
    return row


def write(campaign, person, text) -> Submission:
    return answer(campaign, person, {"content": {"text": text}})


def answer(campaign, person, payload) -> Submission:
    mine = assignments.claim(campaign, by=person)
    assert mine is not None
    return assignments.submit(mine, payload, by=person, key=f"key-{mine.pk}")


ACCEPT = {"decision": "accept", "rating": 5}
REDO = {"decision": "redo", "reason": "“Ameketi” says it sits now."}


def test_the_third_answer_settles_the_task(cast, unit):
    campaign = cast.campaign(overlap=3)
    one = task(campaign, unit, needed=3)
    write(campaign, cast.bola, BETTER)
    write(campaign, cast.bisi, WORSE)
    assert not Consensus.objects.exists() and now(one).stage == "annotate"
    write(campaign, cast.ben, BETTER)
    agreed = now(one).consensus
    assert (agreed.outcome, agreed.chosen.assignment.person) == ("agreed", cast.bola)
    assert round(agreed.confidence, 3) == 0.667 and agreed.signature == "majority|v:1|threshold:0.5"
    assert (one.stage, one.status, one.needed, one.open) == ("verify", "open", 1, 1)


def test_the_chosen_text_becomes_the_units_with_its_parent_and_author(cast, unit):
    draft = unit.current
    campaign = cast.campaign()
    task(campaign, unit)
    write(campaign, cast.bola, BETTER)
    text = now(unit).current
    assert (text.content, text.origin, text.parent, text.author) == ({"text": BETTER}, "post-edited", draft, cast.bola)
    assert unit.status == "drafted", "the expert has not looked at it yet"


def test_an_unchanged_draft_stands_and_no_translation_is_added(cast, unit):
    draft = unit.current
    campaign = cast.campaign()
    task(campaign, unit)
    write(campaign, cast.bola, DRAFT)
    assert now(unit).current == draft and unit.translations.count() == 1


def test_a_text_without_a_draft_is_human(cast):
    from tests.world import unit as new_unit

    unit = new_unit(cast.sentence("The cat sat."))
    campaign = cast.campaign()
    task(campaign, unit)
    write(campaign, cast.bola, BETTER)
    assert (now(unit).current.origin, unit.current.parent, unit.status) == ("human", None, "drafted")


def test_a_verified_text_ends_the_task(cast, unit):
    campaign = cast.campaign()
    one = task(campaign, unit)
    write(campaign, cast.bola, BETTER)
    answer(campaign, cast.efe, ACCEPT)
    assert (now(one).status, now(unit).status, unit.current.content["text"]) == ("done", "verified", BETTER)
    assert unit.translations.count() == 2


def test_an_expert_who_accepts_with_an_edit_is_the_texts_author(cast, unit):
    campaign = cast.campaign()
    task(campaign, unit)
    write(campaign, cast.bola, BETTER)
    crowds = now(unit).current
    answer(campaign, cast.efe, ACCEPT | {"content": {"text": "Paka huyo ameketi."}})
    text = now(unit).current
    assert (text.author, text.parent, text.origin, unit.status) == (cast.efe, crowds, "post-edited", "verified")


def test_what_is_sent_back_begins_a_new_round_with_the_reason(cast, unit):
    campaign = cast.campaign(overlap=2)
    first = task(campaign, unit, needed=2, priority=3)
    write(campaign, cast.bola, WORSE)
    write(campaign, cast.bisi, WORSE)
    answer(campaign, cast.efe, REDO)
    second = Task.objects.exclude(pk=first.pk).get()
    assert now(first).status == "redo"
    assert (second.round, second.stage, second.open, second.needed, second.priority) == (2, "annotate", 2, 2, 3)
    assert second.reason == REDO["reason"]
    assert now(unit).status == "drafted"
    assert write(campaign, cast.bola, BETTER).assignment.task == second, "the same people may try again"


def test_the_last_round_stays_with_the_expert(cast, unit):
    campaign = cast.campaign(max_rounds=2)
    task(campaign, unit)
    write(campaign, cast.bola, WORSE)
    answer(campaign, cast.efe, REDO)
    write(campaign, cast.bisi, WORSE)
    with pytest.raises(Invalid, match="2 of 2 rounds. Correct it yourself and accept it, or reject it"):
        answer(campaign, cast.efe, REDO)
    assert not Submission.objects.filter(payload__decision="redo", assignment__task__round=2).exists()
    answer(campaign, cast.efe, ACCEPT | {"content": {"text": BETTER}})
    assert now(unit).status == "verified"


def test_a_rejected_unit_says_why(cast, unit):
    campaign = cast.campaign()
    one = task(campaign, unit)
    write(campaign, cast.bola, WORSE)
    answer(campaign, cast.efe, {"decision": "reject", "reason": "an idiom"})
    assert (now(one).status, now(unit).status) == ("rejected", "rejected")
    event = Event.objects.get(verb="reject", subject=f"unit:{unit.pk}")
    assert (event.actor, event.data["reason"]) == (cast.efe, "an idiom")


@pytest.mark.parametrize(
    ("rule", "texts", "share", "stage"),
    [
        ("all", (BETTER, BETTER), 0, "verify"),
        ("none", (BETTER, WORSE), 1, "annotate"),
        ("disputed", (BETTER, BETTER), 0, "annotate"),
        ("disputed", (BETTER, WORSE), 0, "adjudicate"),
        ("disputed", (BETTER, BETTER), 1, "verify"),
        ("share", (BETTER, WORSE), 0, "annotate"),
        ("share", (BETTER, BETTER), 1, "verify"),
    ],
)
def test_the_verification_rule_says_what_an_expert_looks_at(cast, unit, rule, texts, share, stage):
    campaign = cast.campaign(overlap=2, verification=rule, verification_share=share)
    one = task(campaign, unit, needed=2)
    write(campaign, cast.bola, texts[0])
    write(campaign, cast.bisi, texts[1])
    assert now(one).stage == stage
    expected = ("done", "verified") if stage == "annotate" else ("open", "drafted")
    assert (one.status, now(unit).status) == expected


def test_a_random_share_is_near_its_size_and_the_same_at_every_look():
    chosen = [drawn([1, number], 0.05) for number in range(4000)]
    assert 150 < sum(chosen) < 250
    assert chosen == [drawn([1, number], 0.05) for number in range(4000)]


def test_what_was_sent_back_is_looked_at_again_whatever_the_rule(cast, unit):
    campaign = cast.campaign(verification="share", verification_share=0)
    one = task(campaign, unit, round=2)
    write(campaign, cast.bola, BETTER)
    assert now(one).stage == "verify"


def test_a_disputed_task_keeps_its_draft_until_an_expert_has_chosen(cast, unit):
    campaign = cast.campaign(overlap=2)
    one = task(campaign, unit, needed=2)
    write(campaign, cast.bola, BETTER)
    write(campaign, cast.bisi, WORSE)
    assert now(one).consensus.outcome == "disputed" and one.consensus.confidence == 0.5
    assert now(one).stage == "adjudicate" and now(unit).current.content == {"text": "Paka aliketi."}


def test_an_answer_about_a_unit_decided_elsewhere_is_kept_and_changes_nothing(cast, unit):
    campaign = cast.campaign()
    one = task(campaign, unit)
    mine = assignments.claim(campaign, by=cast.bola)
    units.verify(unit, by=cast.ada)
    stored = assignments.submit(mine, {"content": {"text": BETTER}}, by=cast.bola, key="k")
    assert (now(one).status, now(unit).status, unit.current.content["text"]) == ("done", "verified", DRAFT)
    assert one.consensus.chosen == stored
    assert unit.translations.filter(content={"text": BETTER}).exists()


def test_a_verdict_on_a_unit_decided_elsewhere_changes_nothing(cast, unit):
    campaign = cast.campaign()
    one = task(campaign, unit)
    write(campaign, cast.bola, BETTER)
    units.reject(unit, by=cast.ada, reason="not ours")
    answer(campaign, cast.efe, ACCEPT)
    assert (now(one).status, now(unit).status) == ("done", "rejected")


def test_nobody_verifies_their_own_work_even_as_an_expert_by_then(cast, unit):
    campaign = cast.campaign()
    one = task(campaign, unit, round=2)
    mine = write(campaign, cast.bola, BETTER)
    assert now(one).stage == "verify"
    member = cast.member(cast.bola)
    member.role = "expert"
    member.save()
    assert assignments.claim(campaign, by=cast.bola) is None
    third = Task.objects.create(campaign=campaign, unit=unit, language="sw", round=3, stage="verify")
    forged = Assignment.objects.create(
        task=third, campaign=campaign, person=cast.bola, stage="verify", lease_until=mine.created
    )  # fmt: skip
    with pytest.raises(Refused, match="somebody else must judge it"):
        assignments.submit(forged, ACCEPT, by=cast.bola, key="k")


def test_every_move_of_task_and_unit_leaves_an_event(cast, unit):
    campaign = cast.campaign()
    one = task(campaign, unit)
    write(campaign, cast.bola, BETTER)
    answer(campaign, cast.efe, ACCEPT)
    told = [
        (event.verb, event.actor)
        for event in Event.objects.filter(subject__in=(f"unit:{unit.pk}", f"task:{one.pk}")).order_by("pk")
    ]
    assert told == [("adopt", cast.bola), ("advance", cast.bola), ("verify", cast.efe), ("finish", cast.efe)]


def test_what_was_concluded_can_be_deleted_and_rebuilt_the_same(cast):
    campaign = cast.campaign(overlap=3)
    for number in range(6):
        unit = cast.drafted(f"Sentence {number}.", f"Sentensi {number}.")
        task(campaign, unit, needed=3)
        texts = [BETTER, WORSE, BETTER if number % 2 else DRAFT]
        for person, text in zip((cast.bola, cast.bisi, cast.ben), texts, strict=True):
            write(campaign, person, text)
    answer(campaign, cast.efe, {"take": "B"})
    answer(campaign, cast.efe, ACCEPT)
    answer(campaign, cast.efe, {"own": {"content": {"text": "Paka amekaa."}}})
    answer(campaign, cast.efe, REDO)
    unfinished = task(campaign, cast.drafted("Last.", "Mwisho."), needed=3)
    write(campaign, cast.bola, BETTER)
    write(campaign, cast.bola, BETTER)
    columns = ("task", "outcome", "chosen", "confidence", "signature")
    before = list(Consensus.objects.order_by("task").values_list(*columns))
    assert len(before) == 6
    assert consensus.rebuild(campaign, by=cast.ada) == 6
    assert list(Consensus.objects.order_by("task").values_list(*columns)) == before
    assert not Consensus.objects.filter(task=unfinished).exists()


def test_only_a_manager_rebuilds(cast):
    with pytest.raises(Refused):
        consensus.rebuild(cast.campaign(), by=cast.efe)


def test_a_post_edit_of_another_draft_than_the_present_one_is_still_its_child(cast, unit):
    """The machines may have drafted anew while somebody wrote: the text is an edit of what stands now."""
    campaign = cast.campaign()
    task(campaign, unit)
    mine = assignments.claim(campaign, by=cast.bola)
    newer = translation(unit, "Paka alikaa.")
    units.draft(unit, newer, route="people")
    assignments.submit(mine, {"content": {"text": BETTER}}, by=cast.bola, key="k")
    assert now(unit).current.parent == newer
