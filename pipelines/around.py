"""What items point at, with its present translation: the passage of a question, the table its answer stands in."""

from collections import defaultdict
from typing import Any

from annotation.models import Reference, Unit

Around = dict[str, dict[str, Any]]


def around(units: list[Unit]) -> dict[int, Around]:
    """Unit to reference field to what the item points at there: its texts and, under ``target``, their translation if any.

    Two queries, however many units; none of them where no kind has references.
    """
    kinds = {unit.item.kind: unit.item.dataset.kinds.kind(unit.item.kind) for unit in units}
    pointing = [unit.item_id for unit in units if kinds[unit.item.kind].references]
    if not pointing:
        return {}
    links: dict[int, list[Reference]] = defaultdict(list)
    for link in Reference.objects.filter(item__in=pointing).select_related("target").order_by("pk"):
        links[link.item_id].append(link)
    targets = {link.target_id for found in links.values() for link in found}
    wanted = Unit.objects.filter(item__in=targets, language__in={unit.language for unit in units}, current__isnull=False)
    present = {(item, language): text for item, language, text in wanted.values_list("item", "language", "current__content")}
    return {
        unit.pk: {
            link.field: _shown(unit, link, present.get((link.target_id, unit.language)))
            for link in links.get(unit.item_id, [])
        }
        for unit in units
    }


def _shown(unit: Unit, link: Reference, translation: dict[str, Any] | None) -> dict[str, Any]:
    kind = unit.item.dataset.kinds.kind(link.target.kind)
    source = {name: link.target.content[name] for name in kind.translatable if link.target.content.get(name) is not None}
    return source if translation is None else source | {"target": translation}
