"""How people come into a dataset and out of it."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from annotation.actions import assignments, members
from annotation.models import Invitation, Member
from core.errors import Conflict, Invalid, Missing, Refused
from core.models import Event, User
from tests.world import person, task, world

pytestmark = pytest.mark.django_db
NEW = {"username": "nia", "password": "long enough and odd"}


@pytest.fixture
def cast():
    return world()


def invite(cast, email="nia@example.org", role="annotator", languages=("sw",), by=None):
    return members.invite(cast.dataset, email=email, role=role, languages=languages, by=by or cast.ada)


def test_an_invitation_brings_a_new_person_in(cast):
    invitation, token = invite(cast)
    nia = members.sign_up(token, name="Nia Otieno", **NEW)
    member = cast.member(nia)
    assert (member.role, member.languages, member.status, member.simulated) == ("annotator", ["sw"], "active", False)
    assert (nia.email, str(nia), nia.check_password(NEW["password"])) == ("nia@example.org", "Nia Otieno", True)
    invitation.refresh_from_db()
    assert (invitation.status, invitation.accepted_by) == ("accepted", nia)


def test_an_account_of_the_invited_address_accepts_by_itself(cast):
    _, token = invite(cast, email="Zed@Example.org", role="expert", languages=["my", "sw"])
    member = members.accept(token, by=cast.zed)
    assert (member.role, member.languages) == ("expert", ["my", "sw"])


def test_the_token_is_kept_as_a_hash_only(cast):
    invitation, token = invite(cast)
    assert token not in str(Invitation.objects.filter(pk=invitation.pk).values().get())
    assert not Event.objects.filter(data__icontains=token).exists()


def test_a_link_works_once(cast):
    _, token = invite(cast, email="zed@example.org")
    members.accept(token, by=cast.zed)
    with pytest.raises(Conflict, match="accepted already"):
        members.accept(token, by=cast.zed)


def test_a_link_is_for_its_address_only(cast):
    _, token = invite(cast)
    for other in (cast.zed, person("anon", email=None)):
        with pytest.raises(Refused, match="another e-mail address"):
            members.accept(token, by=other)
    assert Invitation.objects.get().status == "open"


def test_a_role_one_has_never_changes_by_an_invitation(cast):
    invitation, token = invite(cast, email="zed@example.org", role="manager", languages=[])
    members.accept(token, by=cast.zed)
    Member.objects.filter(user=cast.zed).update(role="annotator")
    with pytest.raises(Conflict):
        members.accept(token, by=cast.zed)
    Invitation.objects.filter(pk=invitation.pk).update(status="open")  # as if it had been one more
    with pytest.raises(Conflict, match="member of this dataset already"):
        members.accept(token, by=cast.zed)
    assert cast.member(cast.zed).role == "annotator"


def test_a_link_that_ran_out_by_the_databases_clock_is_useless(cast):
    invitation, token = invite(cast)
    lasts = Invitation.objects.values_list("expires", flat=True).get() - Invitation.objects.get().created
    assert abs(lasts - timedelta(days=14)) < timedelta(minutes=1)
    Invitation.objects.filter(pk=invitation.pk).update(expires=Now() - timedelta(seconds=1))
    with pytest.raises(Conflict, match="run out"):
        members.sign_up(token, **NEW)


def test_a_withdrawn_link_and_an_unknown_one_are_useless(cast):
    invitation, token = invite(cast)
    members.withdraw(invitation, by=cast.ada)
    with pytest.raises(Conflict, match="withdrawn already"):
        members.sign_up(token, **NEW)
    with pytest.raises(Missing, match="whole link"):
        members.sign_up(token[:-1], **NEW)
    assert not User.objects.filter(username="nia").exists()


def test_a_new_invitation_replaces_the_open_one_to_the_same_address(cast):
    _, old = invite(cast)
    _, new = invite(cast, email="NIA@example.org", role="expert")
    with pytest.raises(Conflict, match="withdrawn"):
        members.sign_up(old, **NEW)
    assert cast.member(members.sign_up(new, **NEW)).role == "expert"


def test_nobody_signs_up_over_an_account_that_is_there(cast):
    _, token = invite(cast, email="ZED@example.org")
    with pytest.raises(Conflict, match="sign in, then open the link again"):
        members.sign_up(token, **NEW)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": "bola"}, "username"),
        ({"username": "a b"}, "username"),
        ({"username": ""}, "username"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "x" * 200}, "first_name"),
    ],
)
def test_an_account_that_cannot_be_says_which_field(cast, change, field):
    _, token = invite(cast)
    with pytest.raises(Invalid) as refused:
        members.sign_up(token, **(NEW | change))
    assert field in refused.value.errors
    assert Invitation.objects.get().status == "open"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"role": "owner"}, "role"),
        ({"languages": ["fr"]}, "languages"),
        ({"languages": []}, "languages"),
    ],
)
def test_an_invitation_that_makes_no_sense_says_which_field(cast, change, field):
    with pytest.raises(Invalid) as refused:
        invite(cast, **change)
    assert field in refused.value.errors


def test_who_is_a_member_is_not_invited_again(cast):
    with pytest.raises(Conflict, match="member of this dataset already"):
        invite(cast, email="Bola@example.org", role="manager")


def test_suspending_takes_back_what_the_person_holds_and_ends_their_work(cast):
    campaign = cast.campaign()
    one = task(campaign, cast.drafted("One.", "Moja."))
    held = assignments.claim(campaign, by=cast.bola)
    members.suspend(cast.member(cast.bola), by=cast.ada)
    held.refresh_from_db()
    one.refresh_from_db()
    assert (held.status, one.open) == ("released", 1)
    with pytest.raises(Refused, match="suspended"):
        assignments.claim(campaign, by=cast.bola)
    assert Event.objects.get(verb="take_back").actor == cast.ada


def test_a_reinstated_person_works_again(cast):
    campaign = cast.campaign()
    task(campaign, cast.drafted("One.", "Moja."))
    members.suspend(cast.member(cast.bola), by=cast.ada)
    members.reinstate(cast.member(cast.bola), by=cast.ada)
    assert assignments.claim(campaign, by=cast.bola)


def test_suspending_in_one_dataset_takes_nothing_in_another(cast):
    campaign = cast.campaign()
    task(campaign, cast.drafted("One.", "Moja."))
    held = assignments.claim(campaign, by=cast.bola)
    elsewhere = Member.objects.create(dataset=cast.other, user=cast.bola, role="annotator", languages=["sw"])
    members.suspend(elsewhere, by=cast.olu)
    held.refresh_from_db()
    assert held.status == "active"


def test_nobody_suspends_themselves_and_only_managers_decide_about_people(cast):
    with pytest.raises(Invalid, match="yourself"):
        members.suspend(cast.member(cast.ada), by=cast.ada)
    invitation, _ = invite(cast)
    for by in (cast.bola, cast.efe, cast.zed, cast.olu):
        with pytest.raises(Refused):
            invite(cast, email="x@example.org", by=by)
        with pytest.raises(Refused):
            members.withdraw(invitation, by=by)
        with pytest.raises(Refused):
            members.suspend(cast.member(cast.ben), by=by)
        with pytest.raises(Refused):
            members.reinstate(cast.member(cast.ben), by=by)
