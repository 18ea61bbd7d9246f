"""What people do with their own account: their name and language, their password, the tokens of their programs."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from core.errors import Invalid
from core.events import record
from core.models import ApiToken, User


def describe(user: User, *, name: str, interface_language: str) -> None:
    """Choose how one is called, and the language one reads the pages in."""
    if interface_language not in dict(settings.LANGUAGES):
        known = ", ".join(dict(settings.LANGUAGES))
        raise Invalid(f"The pages are in {known} only.", {"interface_language": "is none of these"})
    if len(name) > 150 or "\x00" in name:
        raise Invalid("A name has at most 150 characters.", {"name": "is too long, or no text"})
    user.first_name, user.last_name, user.interface_language = name, "", interface_language
    with transaction.atomic():
        user.save(update_fields=["first_name", "last_name", "interface_language"])
        record("describe", user, by=user)


def change_password(user: User, password: str) -> None:
    """A new password, which the form has checked; every other session of this person ends by it."""
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        record("change_password", user, by=user)


def issue_token(user: User, *, name: str, scopes: list[str], days: int | None) -> tuple[ApiToken, str]:
    """A token for a program of one's own and, this once, its text; without `days` it does not run out."""
    if not scopes or not set(scopes) <= set(dict(ApiToken.SCOPES)):
        known = ", ".join(dict(ApiToken.SCOPES))
        raise Invalid(f"Say what the token may do: {known}.", {"scopes": f"choose some of {known}"})
    with transaction.atomic():
        token, text = ApiToken.issue(user, name=name, scopes=sorted(scopes))
        if days is not None:
            ApiToken.objects.filter(pk=token.pk).update(expires=Now() + timedelta(days=days))
        record("issue_token", token, by=user, data={"scopes": token.scopes})
    return token, text


def revoke_token(token: ApiToken, *, by: User) -> None:
    """The token opens nothing from now on."""
    with transaction.atomic():
        record("revoke_token", token, by=by, data={"name": token.name})
        token.delete()
