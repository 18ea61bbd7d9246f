"""Which units a campaign's rule admits now, and in which order they are worked on."""

import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from annotation.models import Campaign, Finding, Task, Unit
from annotation.plans import Admission, After, FindingRule
from core.hashing import digest

CHUNK = 2000
# The value below which so large a part of a check's values lies, over the present texts of each language.
LOWEST = """
SELECT u.language, percentile_disc(%(part)s) WITHIN GROUP (ORDER BY f.value)
FROM annotation_finding f JOIN annotation_unit u ON u.current_id = f.translation_id JOIN annotation_item i ON i.id = u.item_id
WHERE i.dataset_id = %(dataset)s AND f.check_name = %(check)s AND f.value IS NOT NULL GROUP BY u.language
"""
# Items without a text of their own, in each language in which every text they point at has one of the statuses.
COMPOSED = """
SELECT i.id, l.tag FROM annotation_item i CROSS JOIN unnest(%(tags)s::text[]) AS l (tag)
JOIN annotation_reference r ON r.item_id = i.id
LEFT JOIN annotation_unit u ON u.item_id = r.target_id AND u.language = l.tag
WHERE i.dataset_id = %(dataset)s AND i.kind = ANY(%(kinds)s::text[])
GROUP BY i.id, l.tag HAVING bool_and(u.status IS NOT NULL AND u.status = ANY(%(statuses)s::text[])) ORDER BY i.id, l.tag
"""


def admitted(campaign: Campaign) -> Iterator[tuple[int, str, int]]:
    """(unit id, language, round) of every unit that is to get a task now; asked again after they got one, none of them."""
    rule = Admission.model_validate(campaign.admission)
    schema = campaign.dataset.kinds
    composed = [kind for kind in rule.kinds if not schema.kind(kind).translatable]
    if composed:
        _compose(campaign, rule, composed)
    tags = _tags(campaign)
    units = Unit.objects.filter(item__dataset=campaign.dataset, language__in=tags)
    texts = units.filter(status__in=rule.status)
    if rule.kinds:
        texts = texts.filter(item__kind__in=set(rule.kinds) - set(composed))
    if rule.route:
        texts = texts.filter(route=rule.route)
    if rule.findings:
        texts = texts.filter(_any_finding(campaign, rule.findings))
    sources = [texts, units.filter(status="composed", item__kind__in=composed)] if composed else [texts]
    for found in sources:
        linked = rule.after if found is texts else None
        for unit, tag, number in _without_task(found, campaign, linked).iterator(CHUNK):
            if rule.share >= 1 or found is not texts or drawn([rule.seed, unit], rule.share):
                yield unit, tag, number


def drawn(what: Any, share: float) -> bool:
    """Whether something is in a random share: chance, but the same at every look."""
    return int(digest(what)[:8], 16) < share * 2**32


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


def _tags(campaign: Campaign) -> list[str]:
    return campaign.languages or campaign.dataset.language_tags


def _without_task(units: QuerySet, campaign: Campaign, after: After | None) -> QuerySet:
    """Units that have no task yet; in a chain, that have none since the earlier campaign last finished with them.

    A unit whose answer is known here, or was, is never work: who has met it as gold has been told what is right.
    """
    here = Task.objects.filter(campaign=campaign, unit=OuterRef("pk"))
    mine, units = here.filter(purpose=Task.Purpose.WORK), units.exclude(Exists(here.exclude(purpose=Task.Purpose.WORK)))
    if after is None:
        found = units.filter(~Exists(mine)).annotate(asked=Value(1, IntegerField()))
        return found.order_by("pk").values_list("pk", "language", "asked")
    earlier = Task.objects.filter(
        campaign__dataset=campaign.dataset_id, campaign__slug=after.campaign, unit=OuterRef("pk"), purpose=Task.Purpose.WORK
    ).order_by("-round")
    last = Coalesce(Subquery(mine.order_by("-round").values("round")[:1]), 0)
    found = units.filter(~Exists(mine.filter(status=Task.Status.OPEN)), Exists(earlier)).annotate(
        asked=Subquery(earlier.values("round")[:1]),
        ended=Subquery(earlier.values("status")[:1]),
        outcome=Subquery(earlier.values("consensus__outcome")[:1]),
        last=last,
    )
    wanted = Q(pk__in=[])
    for one in after.outcome:
        wanted |= Q(ended=one) if one in ("done", "rejected") else Q(ended="done", outcome=one)
    return found.filter(wanted, asked__gt=F("last")).order_by("pk").values_list("pk", "language", "asked")


def _any_finding(campaign: Campaign, rules: Iterable[FindingRule]) -> Q:
    wanted = Q(pk__in=[])
    for rule in rules:
        present = Finding.objects.filter(translation=OuterRef("current"))
        if rule.check:
            present = present.filter(check_name=rule.check)
        if rule.verdict:
            wanted |= Q(Exists(present.filter(verdict__in=rule.verdict)))
        elif rule.below is not None:
            wanted |= Q(Exists(present.filter(value__lt=rule.below)))
        else:
            for tag, bound in _lowest(campaign, rule):
                wanted |= Q(Exists(present.filter(value__lte=bound)), language=tag)
    return wanted


def _lowest(campaign: Campaign, rule: FindingRule) -> list[tuple[str, float]]:
    with connection.cursor() as cursor:
        cursor.execute(LOWEST, {"dataset": campaign.dataset_id, "check": rule.check, "part": rule.lowest})
        return cursor.fetchall()


def _compose(campaign: Campaign, rule: Admission, kinds: list[str]) -> None:
    """Give a unit to each drawn item that has no text of its own and whose texts are as the rule wants them."""
    known = {"dataset": campaign.dataset_id, "kinds": kinds, "tags": _tags(campaign), "statuses": rule.status}
    with connection.cursor() as cursor:
        cursor.execute(COMPOSED, known)
        found = cursor.fetchall()
    rows = (
        Unit(item_id=item, language=tag, status=Unit.Status.COMPOSED)
        for item, tag in found if drawn([rule.seed, item, tag], rule.share)
    )  # fmt: skip
    Unit.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)


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
