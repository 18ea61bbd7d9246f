"""Comments, and who reads them; flags, and what came of them; reasons that can be counted."""

import pytest
from django.db import IntegrityError, InternalError, transaction

from annotation import comments, policies, reasons
from annotation.actions import assignments, conversations
from annotation.models import Comment, Resolution, Submission
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
    return cast.campaign(overlap=2)


@pytest.fixture
def one(cast, campaign):
    """A task that Bola and Bisi both hold."""
    made = task(campaign, cast.drafted("The cat sat.", "Paka aliketi."), needed=2)
    for who in (cast.bola, cast.bisi):
        assignments.claim(campaign, by=who)
    return made


def read(one, reader):
    return [said.text for said in comments.on(one, reader)]


def test_annotators_read_their_own_comments_and_the_experts_but_never_each_others(cast, one):
    conversations.comment(one, "I wrote ameketi.", by=cast.bola)
    conversations.comment(one, "Is it the habitual?", by=cast.bisi)
    conversations.comment(one, "Mind the tense.", by=cast.efe)
    conversations.comment(one, "See the guideline.", by=cast.ada)
    assert read(one, cast.bola) == ["I wrote ameketi.", "Mind the tense.", "See the guideline."]
    assert read(one, cast.bisi) == ["Is it the habitual?", "Mind the tense.", "See the guideline."]
    assert len(read(one, cast.efe)) == len(read(one, cast.ada)) == 4


def test_readers_see_roles_and_managers_pseudonyms_and_nobody_names(cast, one):
    conversations.comment(one, "Mind the tense.", by=cast.efe)
    assert [(said.who, said.mine) for said in comments.on(one, cast.bola)] == [("expert", False)]
    [said] = comments.on(one, cast.ada)
    assert said.who == f"{cast.member(cast.efe).pseudonym} (expert)"


def test_comments_follow_a_text_into_its_next_round_of_the_campaign_and_no_other(cast, campaign, one):
    conversations.comment(one, "Mind the tense.", by=cast.efe)
    assert read(task(campaign, one.unit, round=2), cast.bola) == ["Mind the tense."]
    assert read(task(cast.campaign("other"), one.unit), cast.efe) == []


def test_who_holds_no_assignment_of_it_or_was_suspended_says_nothing(cast, one):
    for who in (cast.ben, cast.zed, cast.olu, None):
        with pytest.raises(Refused):
            conversations.comment(one, "Hello.", by=who)
    member = cast.member(cast.bola)
    member.status = "suspended"
    member.save()
    with pytest.raises(Refused):
        conversations.comment(one, "Hello.", by=cast.bola)
    assert not Comment.objects.exists()


def test_a_comment_leaves_an_event_and_a_double_click_is_one(cast, one):
    assert conversations.comment(one, "Hm.", by=cast.bola) == conversations.comment(one, "Hm.", by=cast.bola)
    assert Event.objects.filter(verb="comment").count() == 1


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "\ud800", "x" * 2001])
def test_a_comment_that_says_nothing_or_cannot_be_kept_is_refused(cast, one, text):
    with pytest.raises(Invalid):
        conversations.comment(one, text, by=cast.bola)


def test_postgresql_refuses_to_change_a_comment(cast, one):
    conversations.comment(one, "Hm.", by=cast.bola)
    with pytest.raises((IntegrityError, InternalError), match="append-only"), transaction.atomic():
        Comment.objects.update(text="Other.")


def flagged(cast, campaign, words="The source has a mistake") -> Submission:
    mine = assignments.claim(campaign, by=cast.bola)
    return assignments.submit(mine, TEXT, by=cast.bola, key="k", flagged=words)


def test_a_flag_is_resolved_once_with_a_note_by_somebody_else(cast, campaign, one):
    mine = flagged(cast, campaign)
    for who in (cast.bola, cast.bisi, cast.zed):
        with pytest.raises(Refused):
            conversations.resolve(mine, "Corrected.", by=who)
    with pytest.raises(Invalid):
        conversations.resolve(mine, " ", by=cast.efe)
    made = conversations.resolve(mine, "The source was corrected.", by=cast.efe)
    assert Event.objects.get(verb="resolve").subject == f"resolution:{made.pk}"
    with pytest.raises(Conflict):
        conversations.resolve(mine, "Again.", by=cast.ada)
    assert Resolution.objects.get().note == "The source was corrected."


def test_nobody_resolves_their_own_flag_nor_what_was_not_flagged(cast, campaign, one):
    mine = flagged(cast, campaign, "")
    with pytest.raises(Invalid, match="flagged nothing"):
        conversations.resolve(mine, "Fine.", by=cast.efe)
    member = cast.member(cast.bola)
    member.role = "expert"
    member.save()
    assert "yourself" in str(policies.resolve(cast.bola, mine))


def test_reasons_are_composed_of_the_list_and_ones_own_words_and_counted_by_the_list():
    first, second = reasons.SKIP[:2]
    assert reasons.composed(first, "") == first
    assert reasons.composed(first, " a law text ") == f"{first}:  a law text "
    assert reasons.composed("", "No idea.") == "No idea."
    given = [(first, 4), (f"{first}: a law text", 1), (second, 1), ("No idea.", 1), (f"{first}ly", 2)]
    assert reasons.tally(given, reasons.SKIP) == [(first, 5), (reasons.OTHER, 3), (second, 1)]
