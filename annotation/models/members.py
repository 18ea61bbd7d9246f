"""Who belongs to a dataset, as what, in which languages; and the invitations that bring them in."""

import hashlib
import secrets

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from annotation.models.datasets import Dataset
from core.flow import Flow


class Role(models.TextChoices):
    MANAGER = "manager", "manager"
    EXPERT = "expert", "expert"
    ANNOTATOR = "annotator", "annotator"


def pseudonym() -> str:
    """The name under which a person's work is published: random, so that it leads nowhere."""
    return "p-" + secrets.token_hex(6)


class Member(models.Model):
    """One person in one dataset. ``languages`` bounds what annotators and experts see; managers see all."""

    class Status(models.TextChoices):
        ACTIVE = "active", "active"
        SUSPENDED = "suspended", "suspended"

    flow = Flow(suspend=((Status.ACTIVE,), Status.SUSPENDED), reinstate=((Status.SUSPENDED,), Status.ACTIVE))

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    languages = models.JSONField(default=list, help_text="BCP 47 tags")
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    pseudonym = models.CharField(max_length=20, unique=True, default=pseudonym, editable=False)
    simulated = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "user"], name="one_membership_per_dataset")]

    def __str__(self) -> str:
        return f"{self.user} as {self.role}"

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.dataset_id}"


class Invitation(models.Model):
    """An offer of membership to one e-mail address: one use, an end date, kept as a hash."""

    class Status(models.TextChoices):
        OPEN = "open", "open"
        ACCEPTED = "accepted", "accepted"
        WITHDRAWN = "withdrawn", "withdrawn"

    flow = Flow(accept=((Status.OPEN,), Status.ACCEPTED), withdraw=((Status.OPEN,), Status.WITHDRAWN))

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role)
    languages = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    expires = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"invitation of {self.email}"

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.dataset_id}"

    @staticmethod
    def hash_of(token: str) -> str:
        """How the link's token is kept."""
        return hashlib.sha256(token.encode()).hexdigest()
