"""Taking work and answering it: nothing a person wrote is dropped, nothing counts twice."""

import pytest
from django.db import connection

from annotation import queue
from annotation.actions import assignments, campaigns, members
from annotation.models import Assignment, Submission, Task
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from tests.world import task, world

pytestmark = pytest.mark.django_db
TEXT = {"content": {"text": "Paka ameketi."}}


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def campaign(cast):
    return cast.campaign()


@pytest.fixture
def one(cast, campaign):
    """A task that wants two answers."""
    return task(campaign, cast.drafted("The cat sat.", "Paka aliketi."), needed=2)


def claim(campaign, person) -> Assignment:
    got = assignments.claim(campaign, by=person)
    assert got is not None
    return got


def run_out(assignment: Assignment) -> None:
    """The lease's end comes, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE annotation_assignment SET lease_until = clock_timestamp() - interval '1 second' WHERE id = %s",
            [assignment.pk],
        )


def now(row):
    row.refresh_from_db()
    return row


def test_an_answer_is_stored_as_given_with_the_guideline_and_the_time_it_took(cast, campaign, one):
    mine = claim(campaign, cast.bola)
    text = {"content": {"text": "  Paka\u200f ameketi. \n"}, "comment": "sure"}
    stored = assignments.submit(mine, text, by=cast.bola, key="k1", flagged="is the source right?")
    stored.refresh_from_db()
    assert stored.payload == text
    assert stored.guideline.version == 1
    assert stored.flagged == "is the source right?"
    assert 0 < stored.seconds < 60
    assert now(mine).status == "submitted"
    assert now(one).open == 1


def test_the_guideline_on_record_is_the_one_in_force_when_the_work_was_taken(cast, campaign, one):
    mine = claim(campaign, cast.bola)
    campaigns.revise_guideline(campaign, "Say it shorter.", by=cast.ada)
    assert assignments.submit(mine, TEXT, by=cast.bola, key="k").guideline.version == 1
    assert assignments.submit(claim(campaign, cast.bisi), TEXT, by=cast.bisi, key="k").guideline.version == 2


def test_how_often_something_was_pasted_is_kept_beside_the_answer_and_is_no_part_of_it(cast, campaign, one):
    mine = claim(campaign, cast.bola)
    first = assignments.submit(mine, TEXT, by=cast.bola, key="k", pastes=3)
    assert assignments.submit(mine, TEXT, by=cast.bola, key="k", pastes=0) == first
    assert Submission.objects.get().pastes == 3


def test_every_answer_leaves_an_event(cast, campaign, one):
    mine = claim(campaign, cast.bola)
    stored = assignments.submit(mine, TEXT, by=cast.bola, key="k")
    event = Event.objects.get(verb="submit", subject=f"assignment:{mine.pk}")
    assert (event.actor, event.scope) == (cast.bola, f"dataset:{cast.dataset.pk}")
    assert event.data == {"submission": stored.pk, "stage": "annotate"}


def test_the_same_key_with_the_same_answer_is_the_same_submission(cast, campaign, one):
    mine = claim(campaign, cast.bola)
    first = assignments.submit(mine, TEXT, by=cast.bola, key="k")
    assert assignments.submit(mine, TEXT, by=cast.bola, key="k") == first
    assert Submission.objects.count() == 1 and now(one).open == 1


@pytest.mark.parametrize("other", [{"payload": {"content": {"text": "Paka."}}}, {"payload": TEXT, "flagged": "look"}])
def test_the_same_key_with_another_answer_is_invalid(cast, campaign, one, other):
    mine = claim(campaign, cast.bola)
    assignments.submit(mine, TEXT, by=cast.bola, key="k")
    with pytest.raises(Invalid, match="needs a new key"):
        assignments.submit(mine, by=cast.bola, key="k", **other)


def test_a_second_answer_to_an_assignment_is_a_conflict(cast, campaign, one):
    mine = claim(campaign, cast.bola)
    assignments.submit(mine, TEXT, by=cast.bola, key="k")
    with pytest.raises(Conflict, match="answered this already"):
        assignments.submit(mine, TEXT, by=cast.bola, key="another tab")


def test_two_people_may_use_the_same_key(cast, campaign, one):
    for person in (cast.bola, cast.bisi):
        assignments.submit(claim(campaign, person), TEXT, by=person, key="same")
    assert Submission.objects.count() == 2


def test_an_answer_after_the_leases_end_counts_before_the_sweep(cast, campaign, one):
    mine = claim(campaign, cast.bola)
    run_out(mine)
    assert assignments.submit(mine, TEXT, by=cast.bola, key="k")


def test_an_answer_after_the_sweep_counts_while_the_slot_is_free(cast, campaign, one):
    mine = claim(campaign, cast.bola)
    run_out(mine)
    queue.sweep()
    assert now(one).open == 2
    assignments.submit(mine, TEXT, by=cast.bola, key="k")
    assert now(one).open == 1 and now(mine).status == "submitted"
    assert Event.objects.get(verb="submit", subject=f"assignment:{mine.pk}").data["late"] is True


def test_an_answer_whose_slot_is_taken_is_kept_as_the_persons_draft(cast, campaign, one):
    mine = claim(campaign, cast.bola)
    run_out(mine)
    queue.sweep()
    claim(campaign, cast.bisi), claim(campaign, cast.ben)
    with pytest.raises(Conflict, match="kept as your draft"):
        assignments.submit(mine, TEXT, by=cast.bola, key="k")
    assert now(mine).draft == TEXT
    assert now(one).open == 0 and not Submission.objects.exists()


def test_a_late_answer_to_a_task_that_is_settled_is_kept_too(cast, campaign, one):
    mine = claim(campaign, cast.bola)
    run_out(mine)
    queue.sweep()
    for person in (cast.bisi, cast.ben):
        assignments.submit(claim(campaign, person), TEXT, by=person, key="k")
    assert now(one).stage == "verify"
    with pytest.raises(Conflict, match="kept as your draft"):
        assignments.submit(mine, TEXT, by=cast.bola, key="k")
    assert now(mine).draft == TEXT and now(one).open == 1


def test_what_is_held_may_be_answered_while_the_campaign_is_paused_or_closed(cast, campaign, one):
    mine, theirs = claim(campaign, cast.bola), claim(campaign, cast.bisi)
    campaigns.pause(campaign, by=cast.ada)
    with pytest.raises(Refused, match="paused"):
        assignments.claim(campaign, by=cast.ben)
    assert assignments.submit(mine, TEXT, by=cast.bola, key="k")
    campaigns.close(campaign, by=cast.ada)
    assert assignments.submit(theirs, TEXT, by=cast.bisi, key="k")


def test_a_suspended_persons_answer_is_refused_but_kept(cast, campaign, one):
    mine = claim(campaign, cast.bola)
    members.suspend(cast.member(cast.bola), by=cast.ada)
    with pytest.raises(Refused, match="suspended"):
        assignments.submit(mine, TEXT, by=cast.bola, key="k")
    assert now(mine).draft == TEXT and not Submission.objects.exists()


def test_nobody_answers_for_another(cast, campaign, one):
    mine = claim(campaign, cast.bola)
    for person in (cast.bisi, cast.efe, cast.ada, cast.zed, cast.admin, None):
        with pytest.raises(Refused, match="somebody else's"):
            assignments.submit(mine, TEXT, by=person, key="k")
    assert now(mine).draft is None


@pytest.mark.parametrize(
    ("payload", "key", "flagged", "problem"),
    [
        ({"content": {"text": "a\x00b"}}, "k", "", "NUL"),
        ({"content": {"text": "a\ud800b"}}, "k", "", "surrogate"),
        ({"content": {"text": "a"}, "comment": "\x00"}, "k", "", "NUL"),
        ({"content": {"te\x00xt": "a"}}, "k", "", "NUL"),
        ({"content": {"text": float("nan")}}, "k", "", "no plain text or number"),
        (TEXT, "k\x00", "", "NUL"),
        (TEXT, "k" * 81, "", "longer than 80"),
        (TEXT, "", "", "needs an idempotency key"),
        (TEXT, "k", "\x00", "NUL"),
        (TEXT, "k", "x" * 2001, "longer than 2000"),
        ([TEXT], "k", "", "valid dictionary"),
    ],
)
def test_what_cannot_be_stored_exactly_is_refused_with_its_reason(cast, campaign, one, payload, key, flagged, problem):
    mine = claim(campaign, cast.bola)
    with pytest.raises(Invalid, match=problem):
        assignments.submit(mine, payload, by=cast.bola, key=key, flagged=flagged)
    assert not Submission.objects.exists() and now(mine).status == "active"


def test_nesting_without_end_is_refused(cast, campaign, one):
    deep: dict = {}
    for _ in range(2000):
        deep = {"a": deep}
    with pytest.raises(Invalid, match="nesting"):
        assignments.save_draft(claim(campaign, cast.bola), deep, by=cast.bola)


def test_a_heartbeat_begins_the_lease_anew(cast, campaign, one):
    mine = claim(campaign, cast.bola)
    until = assignments.heartbeat(mine, by=cast.bola)
    assert until > mine.lease_until
    run_out(mine)
    queue.sweep()
    with pytest.raises(Conflict, match="not yours any more"):
        assignments.heartbeat(mine, by=cast.bola)


def test_a_draft_is_saved_whatever_its_shape_and_never_counts(cast, campaign, one):
    mine = claim(campaign, cast.bola)
    assignments.save_draft(mine, {"content": {"text": ""}}, by=cast.bola)
    assert claim(campaign, cast.bola).draft == {"content": {"text": ""}}
    assignments.submit(mine, TEXT, by=cast.bola, key="k")
    with pytest.raises(Conflict, match="answered already"):
        assignments.save_draft(mine, {"content": {"text": "late"}}, by=cast.bola)


def test_a_skip_needs_a_reason_and_gives_the_slot_to_others_for_good(cast, campaign, one):
    mine = claim(campaign, cast.bola)
    with pytest.raises(Invalid, match="why you skip"):
        assignments.skip(mine, " ", by=cast.bola)
    assignments.skip(mine, "a name I do not know", by=cast.bola)
    assert (now(mine).status, mine.reason, now(one).open) == ("skipped", "a name I do not know", 2)
    assert assignments.claim(campaign, by=cast.bola) is None
    assert Event.objects.get(verb="skip").data == {"reason": "a name I do not know"}


def test_giving_back_frees_the_slot_once(cast, campaign, one):
    mine = claim(campaign, cast.bola)
    assignments.give_back(mine, by=cast.bola)
    with pytest.raises(Conflict, match="released"):
        assignments.give_back(mine, by=cast.bola)
    assert now(one).open == 2
    assert claim(campaign, cast.bola).pk == mine.pk


def test_an_experts_draft_does_not_come_up_as_an_annotators(cast, campaign, one):
    """Who became an expert meanwhile gets an empty form, not the answer to another question."""
    mine = claim(campaign, cast.bola)
    assignments.save_draft(mine, TEXT, by=cast.bola)
    assignments.give_back(mine, by=cast.bola)
    member = cast.member(cast.bola)
    member.role = "expert"
    member.save()
    Task.objects.update(stage="verify", needed=1, open=1)
    again = claim(campaign, cast.bola)
    assert (again.pk, again.stage, again.draft) == (mine.pk, "verify", None)


def test_somebody_made_annotator_again_does_not_verify(cast, campaign, one):
    Task.objects.update(stage="verify", needed=1, open=1)
    mine = claim(campaign, cast.efe)
    member = cast.member(cast.efe)
    member.role = "annotator"
    member.save()
    with pytest.raises(Refused, match="may not verify"):
        assignments.submit(mine, {"decision": "accept", "rating": 5}, by=cast.efe, key="k")
