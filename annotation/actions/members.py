"""People of a dataset: invite, accept, sign up, suspend, reinstate."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from annotation import policies
from annotation.actions.assignments import release_all
from annotation.models import Dataset, Invitation, Member
from annotation.models.members import Role
from core.errors import Conflict, Invalid, Missing, Refused
from core.events import record
from core.languages import language
from core.models import User
from core.policy import require
from core.told import joined, listed, told

LASTS = timedelta(days=14)


def invite(
    dataset: Dataset, *, email: str, role: str, languages: Iterable[str], by: User | None
) -> tuple[Invitation, str]:  # fmt: skip
    """Offer membership to one address. Returns the link's token too: it is shown this once and kept as a hash.

    A new invitation takes the place of an open one to the same address.
    """
    require(policies.manage(by, dataset))
    if by is None:
        raise Invalid("An invitation comes from a person: sign in to invite.")
    tags = _checked(dataset, email, role, languages)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        for older in dataset.invitations.filter(email__iexact=email, status=Invitation.Status.OPEN):
            Invitation.flow.move(older, "withdraw", by=by)
        row = Invitation.objects.create(
            dataset=dataset,
            email=email,
            role=role,
            languages=tags,
            hash=Invitation.hash_of(token),
            expires=Now() + LASTS,
            created_by=by,
        )
        record("invite", row, by=by, data={"role": role, "languages": tags})
    return row, token


def withdraw(invitation: Invitation, *, by: User | None) -> None:
    """Make an invitation's link useless."""
    require(policies.manage(by, invitation.dataset))
    Invitation.flow.move(invitation, "withdraw", by=by)


def find(token: str) -> Invitation:
    """The open invitation behind a link; raises, saying why, when the link is good for nothing (any more)."""
    row = Invitation.objects.select_related("dataset").filter(hash=Invitation.hash_of(token)).first()
    if row is None:
        raise Missing("There is no such invitation: check that the whole link was copied.")
    if row.status != Invitation.Status.OPEN:
        raise Conflict(told("This invitation was {status} already: ask for a new one.", status=told(row.get_status_display())))
    if not Invitation.objects.filter(pk=row.pk, expires__gt=Now()).exists():
        raise Conflict("This invitation has run out: ask for a new one.")
    return row


def accept(token: str, *, by: User) -> Member:
    """Become a member, by the invitation to this very person's address. A role one has already never changes by it."""
    row = find(token)
    if not by.email or by.email.casefold() != row.email.casefold():
        raise Refused("This invitation is for another e-mail address: sign in with the account it was sent to.")
    if Member.objects.filter(dataset=row.dataset, user=by).exists():
        raise Conflict("You are a member of this dataset already; only a manager changes your part in it.")
    try:
        with transaction.atomic():
            Invitation.flow.move(row, "accept", by=by, accepted_by=by)
            member = Member.objects.create(dataset=row.dataset, user=by, role=row.role, languages=row.languages)
            record("join", member, by=by, data={"role": row.role, "languages": row.languages})
    except IntegrityError as error:
        raise Conflict("You have just become a member, perhaps in another tab.") from error
    return member


def sign_up(token: str, *, username: str, password: str, name: str = "", language: str = "en") -> User:
    """Make the account an invitation is for, and accept with it; ``language`` is that of the pages."""
    row = find(token)
    if User.objects.filter(email__iexact=row.email).exists():
        raise Conflict("There is an account with this e-mail address: sign in, then open the link again.")
    user = User(username=username, email=row.email, first_name=name, interface_language=language)
    _check_account(user, password)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            accept(token, by=user)
    except IntegrityError as error:
        raise Conflict("This name or address was taken a moment ago: choose another name.") from error
    return user


def suspend(member: Member, *, by: User | None) -> None:
    """Stop a person's work in a dataset and take back what they hold; what they did stays."""
    require(policies.manage(by, member.dataset))
    if by is not None and by.pk == member.user_id:
        raise Invalid("You cannot suspend yourself: another manager can.")
    with transaction.atomic():
        Member.flow.move(member, "suspend", by=by)
        release_all(member.user, member.dataset_id, by=by)


def reinstate(member: Member, *, by: User | None) -> None:
    """Let a suspended person work again."""
    require(policies.manage(by, member.dataset))
    Member.flow.move(member, "reinstate", by=by)


def _checked(dataset: Dataset, email: str, role: str, languages: Iterable[str]) -> list[str]:
    """The canonical language tags of an invitation that makes sense."""
    errors = {}
    try:
        validate_email(email)
    except ValidationError:
        errors["email"] = told("is no e-mail address")
    if role not in Role.values:
        errors["role"] = told("must be one of {roles}", roles=", ".join(Role.values))
    tags = sorted({language(tag).tag for tag in languages})
    if unknown := [tag for tag in tags if tag not in dataset.language_tags]:
        errors["languages"] = told("{unknown} is no language of this dataset", unknown=", ".join(unknown))
    elif not tags and role != Role.MANAGER:
        errors["languages"] = told("choose at least one: nobody works without a language")
    if errors:
        raise Invalid(told("This invitation cannot be sent: {problems}.", problems=listed(errors)), errors)
    if Member.objects.filter(dataset=dataset, user__email__iexact=email).exists():
        raise Conflict(told("{email} belongs to a member of this dataset already.", email=email))
    return tags


def _check_account(user: User, password: str) -> None:
    errors = {"name": told("The name contains the NUL character.")} if "\x00" in user.first_name else {}
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        errors |= {field: " ".join(texts) for field, texts in error.message_dict.items()}
    try:
        validate_password(password, user)
    except ValidationError as error:
        errors["password"] = " ".join(error.messages)
    if errors:
        raise Invalid(told("The account cannot be made: {problems}", problems=joined(errors.values())), errors)
