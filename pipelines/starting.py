"""What a draft starts from: the unit's source, its text if it has one, and what the dataset knows that helps."""

from collections.abc import Iterator

from annotation.models import Dataset, Unit
from pipelines.records import Draft


def starts(dataset: Dataset, units: list[Unit]) -> Iterator[tuple[Unit, Draft]]:
    """Each unit with the draft it starts from; the units come with their item and their present translation."""
    for unit in units:
        unit.item.dataset = dataset  # so that its schema is read once
        yield unit, _start(unit)


def _start(unit: Unit) -> Draft:
    item, given = unit.item, unit.current
    kind = item.dataset.kinds.kind(item.kind)
    source = {name: item.content[name] for name in kind.translatable if item.content.get(name) is not None}
    content = given and {name: given.content[name] for name in source}
    return Draft(kind, source, item.language, unit.language, content=content, given=given is not None, item=item.content)
