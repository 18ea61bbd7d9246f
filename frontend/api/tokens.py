"""Who calls: a program by its token, or a person's own browser by their session."""

from typing import Any

from django.db.models import Q
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from core.clock import DatabaseNow
from core.models import ApiToken, User
from core.prepared import Hole, Prepared

LIVING = Q(expires=None) | Q(expires__gt=DatabaseNow())
# What no call needs of it, and costs to read.
UNREAD = ("created", "expires", "user__password", "user__last_login", "user__date_joined")
TOKEN = Prepared(lambda: ApiToken.objects.select_related("user").defer(*UNREAD).filter(LIVING, hash=Hole("hash")))


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer dgm_…``: the token's owner, within the token's scopes."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = TOKEN.first(hash=ApiToken.hash_of(text.strip()))
        if token is None or not token.user.is_active:
            raise AuthenticationFailed("This token is unknown or has expired, or its owner's account is closed.")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class InScope(BasePermission):
    """Signed in, and a token has the scope the call names for its verb; anybody may read what is ``public``."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method not in view.scopes:
            return True  # and then the call answers that there is no such verb
        if request.auth is not None:
            wanted = view.scopes[request.method]
            self.message = f"This token lacks the scope {wanted!r}: make one that has it."
            return wanted in request.auth.scopes
        return request.user.is_authenticated or (view.public and request.method in SAFE_METHODS)


class TokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document says it."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token from your account page: dgm_…"}
