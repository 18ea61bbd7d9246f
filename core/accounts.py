"""What people do with their own account: their name and language, their password, the tokens of their programs."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from core.errors import Invalid
from core.events import record
from core.models import ApiToken, User
from core.told import listed, told

MOST_A_DAY = 10_000


def describe(user: User, *, name: str, interface_language: str) -> None:
    """Choose how one is called, and the language one reads the pages in."""
    if interface_language not in dict(settings.LANGUAGES):
        known = ", ".join(dict(settings.LANGUAGES))
        raise Invalid(told("The pages are in {known} only.", known=known), {"interface_language": told("is none of these")})
    if len(name) > 150 or "\x00" in name:
        raise Invalid("A name has at most 150 characters.", {"name": told("is too long, or no text")})
    user.first_name, user.last_name, user.interface_language = name, "", interface_language
    with transaction.atomic():
        user.save(update_fields=["first_name", "last_name", "interface_language"])
        record("describe", user, by=user)


def choose_keys(user: User, chosen: dict[str, str], *, usual: dict[str, str]) -> None:
    """Choose the keys of the work screen. Each action has one, no two have the same; those left as `usual` are not written."""
    keys = usual | {name: key.casefold() for name, key in chosen.items() if name in usual}
    errors = {name: said for name, key in keys.items() if (said := _no_key(key))}
    for name, key in keys.items():
        if twin := next((other for other in keys if other != name and keys[other] == key), None):
            errors.setdefault(name, told("has the key of {twin}", twin=twin))
    if errors:
        raise Invalid(told("These keys cannot be: {problems}.", problems=listed(errors)), errors)
    user.keys = {name: key for name, key in keys.items() if key != usual[name]}
    with transaction.atomic():
        user.save(update_fields=["keys"])
        record("choose_keys", user, by=user, data={"keys": user.keys})


def _no_key(key: str) -> str:
    """Why this is no key that can be chosen; empty when it is one."""
    if len(key) != 1 or not key.isprintable() or key.isspace():
        return told("is one character")
    return told("is a digit, and digits choose among answers") if key.isdigit() else ""


def set_goal(user: User, goal: int | None) -> None:
    """How many answers a day one means to give; None for no goal. Nobody else sees it."""
    if goal is not None and not 1 <= goal <= MOST_A_DAY:
        raise Invalid(told("A goal is a number from 1 to {most}.", most=MOST_A_DAY), {"goal": told("is out of range")})
    user.daily_goal = goal
    user.save(update_fields=["daily_goal"])


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
        raise Invalid(told(
            "Say what the token may do: {known}.",
            known=known,
        ), {"scopes": told("choose some of {known}", known=known)})
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
