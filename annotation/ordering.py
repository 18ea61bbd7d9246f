"""In which order a campaign's units are worked on."""

import re
import zlib
from typing import Any

from django.db.models import Count, F, Min, Q

from annotation.models import Campaign, Finding, Unit

CHUNK = 2000


def priorities(campaign: Campaign, units: list[int]) -> dict[int, int]:
    """Unit id to priority, by the campaign's order: the highest is worked on first, and equal ones by age."""
    order = Campaign.Order
    if campaign.order == order.PRIORITY:
        return dict.fromkeys(Unit.objects.filter(pk__in=units, route="people").values_list("pk", flat=True), 1)
    if campaign.order == order.UNCERTAINTY:
        return _uncertainty(units)
    if campaign.order == order.SIMILAR:
        rows = Unit.objects.filter(pk__in=units).values_list("pk", "item__content").iterator(CHUNK)
        ranked = sorted((_sketch(content), pk) for pk, content in rows)
        return {pk: -number for number, (_, pk) in enumerate(ranked)}
    return {}


def _uncertainty(units: list[int]) -> dict[int, int]:
    """A failed check weighs more than any score; of equals the lowest score, which runs to 100, comes first."""
    present = Finding.objects.filter(translation__unit__current=F("translation"), translation__unit__in=units)
    rows = present.values("translation__unit").annotate(
        failed=Count("pk", filter=Q(verdict="fail")), least=Min("value", filter=Q(verdict="score"))
    )
    return {
        row["translation__unit"]: 1000 * row["failed"] + round(100 - (100 if row["least"] is None else row["least"])) for row in rows
    }


def _sketch(content: dict[str, Any]) -> tuple[int, ...]:
    """Four minima of hashed word trigrams (MinHash, Broder 1997): texts that share many trigrams come to lie together."""
    words = re.findall(r"\w+", " ".join(str(value) for _, value in sorted(content.items())).lower())
    grams = {" ".join(words[i : i + 3]).encode() for i in range(max(len(words) - 2, 1))}
    return tuple(min(zlib.crc32(gram, seed) for gram in grams) for seed in range(4))
