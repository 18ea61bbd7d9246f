"""Which units a campaign's rule admits now."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import (
    BigIntegerField,
    Exists,
    FilteredRelation,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
)

from annotation.models import Campaign, Finding, Selected, Task, Unit
from annotation.plans import Admission, After, FindingRule
from core.hashing import digest

CHUNK = 2000
# How a task ends for good, besides by what its consensus says.
ENDS = (Task.Status.DONE, Task.Status.REJECTED)
# The value below which so large a part of a check's values lies, over the present texts of each language.
LOWEST = """
SELECT u.language, percentile_disc(%(part)s) WITHIN GROUP (ORDER BY f.value)
FROM annotation_finding f JOIN annotation_unit u ON u.current_id = f.translation_id JOIN annotation_item i ON i.id = u.item_id
WHERE i.dataset_id = %(dataset)s AND f.check_name = %(check)s AND f.value IS NOT NULL GROUP BY u.language
"""
# Drawn items without a text of their own, and without a unit yet, in each language in which every text they point at has one of
# the statuses. What is cheap is asked first: nearly always there is nothing new.
COMPOSED = """
SELECT i.id, l.tag FROM annotation_item i CROSS JOIN unnest(%(tags)s::text[]) AS l (tag)
WHERE i.dataset_id = %(dataset)s AND i.kind = ANY(%(kinds)s::text[])
  AND {draw} < %(share)s * 4294967296
  AND (%(selection)s::text IS NULL OR EXISTS (
       SELECT FROM annotation_selected c JOIN annotation_selection s ON s.id = c.selection_id
       WHERE s.dataset_id = %(dataset)s AND s.slug = %(selection)s AND c.item_id = i.id AND c.kept
       AND %(bucket)s IN ('', c.bucket) AND %(split)s IN ('', c.split)))
  AND NOT EXISTS (SELECT FROM annotation_unit u WHERE u.item_id = i.id AND u.language = l.tag)
  AND (SELECT bool_and(u.status IS NOT NULL AND u.status = ANY(%(statuses)s::text[])) FROM annotation_reference r
       LEFT JOIN annotation_unit u ON u.item_id = r.target_id AND u.language = l.tag WHERE r.item_id = i.id)
ORDER BY i.id, l.tag
"""
# `drawn`, for the database: the hash of a text of JSON as a number from 0 to 2 ** 32 - 1.
DRAW = "('x' || left(encode(sha256(convert_to({what}, 'UTF8')), 'hex'), 8))::bit(32)::bigint"


def admitted(campaign: Campaign) -> Iterator[tuple[int, str, int]]:
    """(unit id, language, round) of every unit that is to get a task now; asked again after they got one, none of them."""
    rule = Admission.model_validate(campaign.admission)
    schema = campaign.dataset.kinds
    composed = [kind for kind in rule.kinds if not schema.kind(kind).translatable]
    if composed:
        _compose(campaign, rule, composed)
    tags = _tags(campaign)
    units = Unit.objects.filter(_chosen(campaign, rule), item__dataset=campaign.dataset, language__in=tags)
    texts = units.filter(status__in=rule.status)
    if rule.kinds:
        texts = texts.filter(item__kind__in=set(rule.kinds) - set(composed))
    if rule.route:
        texts = texts.filter(route=rule.route)
    if rule.findings:
        texts = texts.filter(_any_finding(campaign, rule.findings))
    if rule.share < 1:
        texts = texts.alias(draw=_Draw(Value(f"[{rule.seed},"), "pk", Value("]"))).filter(draw__lt=rule.share * 2**32)
    sources = [texts, units.filter(status="composed", item__kind__in=composed)] if composed else [texts]
    for found in sources:
        linked = rule.after if found is texts else None
        yield from _without_task(found, campaign, linked).iterator(CHUNK)


def drawn(what: Any, share: float) -> bool:
    """Whether something is in a random share: chance, but the same at every look."""
    return int(digest(what)[:8], 16) < share * 2**32


class _Draw(Func):
    """What `drawn` compares, of the texts that together are the JSON it hashes."""

    template = DRAW.format(what="concat(%(expressions)s)")
    output_field = BigIntegerField()


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
    # From the tasks that ended, not from the units: then all is set beside all once, and nothing is looked up unit by unit.
    earlier = list(Campaign.objects.filter(dataset=campaign.dataset_id, slug=after.campaign).values_list("pk", flat=True))
    work = Q(tasks__campaign__in=earlier, tasks__purpose=Task.Purpose.WORK)
    found = units.annotate(before=FilteredRelation("tasks", condition=work))
    wanted = Q(before__status__in=[one for one in after.outcome if one in ENDS])
    if concluded := [one for one in after.outcome if one not in ENDS]:
        wanted |= Q(before__status=Task.Status.DONE, before__consensus__outcome__in=concluded)
    same = Task.objects.filter(unit=OuterRef("pk"), purpose=Task.Purpose.WORK)
    later = same.filter(campaign=OuterRef("before__campaign"), round__gt=OuterRef("before__round"))
    followed = same.filter(Q(round__gte=OuterRef("before__round")) | Q(status=Task.Status.OPEN), campaign=campaign)
    found = found.filter(wanted, ~Exists(later), ~Exists(followed))
    return found.order_by("pk").values_list("pk", "language", "before__round")


def _chosen(campaign: Campaign, rule: Admission) -> Q:
    """Units of what the rule's selection kept: of its items, and of the texts that these are made of."""
    if (wanted := rule.selection) is None:
        return Q()
    kept = Selected.objects.filter(selection__dataset=campaign.dataset_id, selection__slug=wanted.name, kept=True)
    kept = kept.filter(bucket=wanted.bucket) if wanted.bucket else kept
    kept = kept.filter(split=wanted.split) if wanted.split else kept
    used = kept.filter(item__references__target=OuterRef("item"))
    return Q(Exists(kept.filter(item=OuterRef("item")))) | Q(Exists(used))


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
    what = "concat('[', %(seed)s::text, ',', i.id, ',', to_json(l.tag), ']')"
    known = {
        "dataset": campaign.dataset_id, "kinds": kinds, "tags": _tags(campaign), "statuses": rule.status,
        "seed": rule.seed, "share": rule.share, "selection": None, "bucket": "", "split": "",
    }  # fmt: skip
    if rule.selection:
        known |= {"selection": rule.selection.name, "bucket": rule.selection.bucket, "split": rule.selection.split}
    with connection.cursor() as cursor:
        cursor.execute(COMPOSED.format(draw=DRAW.format(what=what)), known)
        found = cursor.fetchall()
    rows = (Unit(item_id=item, language=tag, status=Unit.Status.COMPOSED) for item, tag in found)
    Unit.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)
