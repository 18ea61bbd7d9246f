"""What a draft starts from: the unit's source, its text if it has one, and what the dataset knows that helps."""

from collections.abc import Iterator

from annotation.models import Dataset, Unit
from pipelines.around import Around, around
from pipelines.norms import norms
from pipelines.records import Draft

Norms = dict[str, tuple[float, ...]]


def starts(dataset: Dataset, units: list[Unit]) -> Iterator[tuple[Unit, Draft]]:
    """Each unit with the draft it starts from; the units come with their item and their present translation."""
    for unit in units:
        unit.item.dataset = dataset  # so that its schema is read once
    places = around(units)
    usual = {language: norms(dataset, language) for language in {unit.language for unit in units}}
    for unit in units:
        yield unit, _start(unit, places.get(unit.pk, {}), usual[unit.language])


def _start(unit: Unit, around: Around, norms: Norms) -> Draft:
    item, given = unit.item, unit.current
    kind = item.dataset.kinds.kind(item.kind)
    source = {name: item.content[name] for name in kind.translatable if item.content.get(name) is not None}
    content = given and {name: given.content[name] for name in source}
    return Draft(
        kind,
        source,
        item.language,
        unit.language,
        content=content,
        given=given is not None,
        item=item.content,
        around=around,
        norms=norms,
    )
