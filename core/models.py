"""People who sign in, what happened, and the tokens that let a program act for a person."""

import hashlib
import secrets

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now

from core.told import told


class User(AbstractUser):
    """A person with an account. ``is_superuser`` is the site's admin; every other right comes from a membership."""

    email = models.EmailField(unique=True, null=True, blank=True)
    # Chosen per person, not per project; see the interface's languages in settings.LANGUAGES.
    interface_language = models.CharField(max_length=12, default="en")
    keys = models.JSONField(default=dict, blank=True, help_text="keys of the work screen that were chosen instead of the usual ones")
    daily_goal = models.PositiveSmallIntegerField(null=True, blank=True, help_text="answers a day the person means to give")

    REQUIRED_FIELDS: list[str] = []

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Event(models.Model):
    """One thing that happened: who did what to which row, when by the database's clock. Appended, never changed."""

    at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=60, help_text="model:id")
    scope = models.CharField(max_length=60, blank=True, help_text="the row it belongs to, as model:id")
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="event_subject"),
            models.Index(fields=["scope", "id"], name="event_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"


class ApiToken(models.Model):
    """A program's key to the API: shown once, kept as a hash, never able to do more than its owner may now."""

    SCOPES = [
        ("work", told("claim and submit")), ("read", told("read")), ("import", told("import")), ("run", told("start runs")),
        ("release", told("build releases")),
    ]  # fmt: skip

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list)
    created = models.DateTimeField(db_default=Now(), editable=False)
    expires = models.DateTimeField(null=True, blank=True)

    @staticmethod
    def hash_of(token: str) -> str:
        """How a token is kept: SHA-256, which is enough for 256 random bits."""
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def issue(cls, user: User, *, name: str, scopes: list[str]) -> tuple["ApiToken", str]:
        """A new token and, this once, its text."""
        text = "dgm_" + secrets.token_urlsafe(32)
        return cls.objects.create(user=user, name=name, scopes=scopes, hash=cls.hash_of(text)), text
