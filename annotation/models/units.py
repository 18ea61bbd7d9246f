"""Units: one item in one language, the translations proposed for it, and what checks found in them."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from annotation.models.items import Item
from core.flow import Flow


class Unit(models.Model):
    """One item in one target language: what is worked on. Every item with translatable fields has one in each language.

    An item without any, such as a pair, gets one when a campaign asks about it: it is *composed* of the texts it points at.
    """

    class Status(models.TextChoices):
        NEW = "new", "new"
        DRAFTED = "drafted", "drafted"
        VERIFIED = "verified", "verified"
        REJECTED = "rejected", "rejected"
        COMPOSED = "composed", "composed of other texts"

    class Route(models.TextChoices):
        NONE = "", "not routed"
        PASS = "pass", "checks passed"
        PEOPLE = "people", "needs people"

    flow = Flow(
        draft=((Status.NEW, Status.DRAFTED), Status.DRAFTED),
        adopt=((Status.NEW, Status.DRAFTED), Status.DRAFTED),
        verify=((Status.NEW, Status.DRAFTED), Status.VERIFIED),
        reject=((Status.DRAFTED,), Status.REJECTED),
        reopen=((Status.VERIFIED, Status.REJECTED), Status.DRAFTED),
    )

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="units", db_index=False)
    language = models.CharField(max_length=35, help_text="BCP 47")
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    current = models.ForeignKey("Translation", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    route = models.CharField(max_length=8, choices=Route, default=Route.NONE, blank=True)
    reasons = models.JSONField(default=list, help_text="why the machines sent it to people")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "language"], name="one_unit_per_language")]
        indexes = [models.Index(fields=["language", "status", "id"], name="unit_walk")]

    def __str__(self) -> str:
        return f"{self.item} in {self.language}"

    @property
    def event_scope(self) -> str:
        return f"dataset:{self.item.dataset_id}"


class Translation(models.Model):
    """One candidate text of a unit, immutable. ``content`` holds exactly the translatable fields its source has."""

    class Origin(models.TextChoices):
        MACHINE = "machine", "machine"
        RECORDED = "recorded", "recorded"
        LOCALISED = "localised", "localised"
        IMPORTED = "imported", "imported"
        POST_EDITED = "post-edited", "post-edited"
        HUMAN = "human", "human"

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="translations", db_index=False)
    content = models.JSONField()
    hash = models.CharField(max_length=64, help_text="SHA-256 of the canonical JSON of content")
    origin = models.CharField(max_length=12, choices=Origin)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # How it was made, when a machine made it: provider, model, prompt signature, request hashes, back-translation.
    made_by = models.JSONField(default=dict)
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["unit", "id"], name="translation_history")]

    def __str__(self) -> str:
        return f"{self.get_origin_display()} translation {self.pk}"


class Finding(models.Model):
    """What one check or metric said about one translation, with the signature of what said it."""

    class Verdict(models.TextChoices):
        OK = "ok", "passed"
        WARN = "warn", "look at this"
        FAIL = "fail", "failed"
        ABSTAIN = "abstain", "cannot tell"
        # A number that by itself says neither good nor bad: a dropped "not" comes back almost whole.
        SCORE = "score", "a score"

    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="findings", db_index=False)
    check_name = models.CharField(max_length=40)
    verdict = models.CharField(max_length=8, choices=Verdict)
    value = models.FloatField(null=True, blank=True)
    detail = models.TextField(blank=True, help_text="one sentence for the person who must act")
    signature = models.CharField(max_length=300)
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["translation", "check_name", "signature"], name="one_finding_per_signature")
        ]
        indexes = [models.Index(fields=["check_name", "verdict"], name="finding_by_check")]
