"""Endpoints: servers of models beside the environment's own, each with its key, which belongs to one origin."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from core.flow import Flow
from pipelines.outbound import parsed


class Endpoint(models.Model):
    """One OpenAI-compatible server. Its key is kept sealed for this row and origin, and shows its last four characters at most."""

    class Status(models.TextChoices):
        ACTIVE = "active", "active"
        RETIRED = "retired", "retired"

    flow = Flow(retire=((Status.ACTIVE,), Status.RETIRED))

    name = models.SlugField(max_length=40, unique=True, help_text="as in openai:MODEL@name; never changed")
    base_url = models.CharField(max_length=200)
    sealed_key = models.TextField(blank=True, editable=False, help_text="empty for a server that asks for no key")
    key_end = models.CharField(max_length=4, blank=True, editable=False)
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    tokens_per_minute = models.PositiveIntegerField(null=True, blank=True)
    concurrency = models.PositiveSmallIntegerField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"endpoint {self.name}"

    @property
    def key_shown(self) -> str:
        """All that is ever shown of the key; empty without one."""
        return f"…{self.key_end}" if self.sealed_key else ""

    @property
    def origin(self) -> str:
        """Scheme, host and port, which the key belongs to. Read out of the base URL, so that the two cannot differ."""
        return parsed(self.base_url).origin

    @property
    def key_use(self) -> str:
        """What the key is sealed for: with another origin, or in another row, it does not open."""
        return f"endpoint:{self.pk}:{self.origin}"
