"""What helps beside a text that is written: terms of the glossary in it, and verified translations of the same or a like source."""

from dataclasses import dataclass

from django.db.models import Value
from django.db.models.functions import Lower, StrIndex

from annotation.edits import distance
from annotation.models import Assignment, Gold, Term, Unit
from annotation.schema import Kind
from core.languages import language
from pipelines.glossary import glossary
from pipelines.records import Term as Agreed

# So many of the newest verified texts are looked through, and of those that are like enough the best are shown.
POOL, LIKE, SHOWN = 300, 0.7, 3


@dataclass(frozen=True)
class Remembered:
    """A verified translation of a source that is the same or like this one, by how much (0 to 1)."""

    source: str
    target: str
    share: float

    @property
    def same(self) -> bool:
        return self.share == 1


def terms(assignment: Assignment) -> list[Term]:
    """The glossary's terms in what is to be translated, in order of their places."""
    item, tag = assignment.task.unit.item, assignment.task.language
    text = _text(item.dataset.kinds.kind(item.kind), item.content)
    near = Term.objects.filter(dataset=item.dataset, language=tag).annotate(at=StrIndex(Value(text.lower()), Lower("source")))
    rows = {one.source: one for one in near.filter(at__gt=0)}
    agreed = tuple(Agreed(one.source, one.target, one.locked) for one in rows.values())
    return [rows[one.source] for one in glossary(agreed, language(item.language)).find(text)]


def memory(assignment: Assignment) -> list[Remembered]:
    """Verified translations of other records with the same or a like text, the likest first.

    Of the text itself there is none: whoever works on it is to say what is right. Nor of gold, whose translation is the answer.
    """
    unit = assignment.task.unit
    kind = unit.item.dataset.kinds.kind(unit.item.kind)
    if [kind.fields[name].type for name in kind.translatable] != ["text"]:
        return []
    [name] = kind.translatable
    mine = unit.item.content[name]
    found: dict[tuple[str, str], Remembered] = {}
    for source, target in _pool(unit, name):
        if (share := alike(mine, source, unit.item.language)) >= LIKE:
            found.setdefault((source, target), Remembered(source, target, share))
    return sorted(found.values(), key=lambda one: -one.share)[:SHOWN]


def _pool(unit: Unit, name: str) -> list[tuple[str, str]]:
    verified = Unit.objects.filter(item__dataset=unit.item.dataset, item__kind=unit.item.kind, language=unit.language)
    verified = verified.filter(status=Unit.Status.VERIFIED).exclude(item=unit.item_id).exclude(current=None)
    known = verified.exclude(pk__in=Gold.objects.values("task__unit"))
    same = known.filter(item__hash=unit.item.hash).order_by("-pk")[:SHOWN]
    pairs = (f"item__content__{name}", f"current__content__{name}")
    return [*same.values_list(*pairs), *known.order_by("-pk")[:POOL].values_list(*pairs)]


def alike(one: str, other: str, tag: str) -> float:
    """How much of two texts is the same, 0 to 1: words where words have spaces between them, characters elsewhere."""
    if one == other:
        return 1.0
    spoken = language(tag)
    mine, theirs = (text.split() if spoken is None or spoken.spaced else list(text) for text in (one, other))
    longer = max(len(mine), len(theirs))
    if min(len(mine), len(theirs)) < LIKE * longer:
        return 0.0
    return 1 - distance(mine, theirs) / longer


def _text(kind: Kind, content: dict[str, object]) -> str:
    """All of a record that is translated, as one text."""
    found: list[str] = []
    rest = [content[name] for name in kind.translatable if content.get(name) is not None]
    while rest:
        one = rest.pop(0)
        found, rest = ([*found, one], rest) if isinstance(one, str) else (found, [*one, *rest])
    return "\n".join(found)
