"""What a draft starts from: the unit's source, its text if it has one, and what the dataset knows that helps."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from annotation.models import Dataset, Translation, Unit
from annotation.models import Term as TermRow
from core.languages import language
from pipelines.around import Around, around
from pipelines.examples import most_alike
from pipelines.glossary import Glossary, glossary
from pipelines.norms import norms
from pipelines.records import Draft, Example, Remembered, Term, text_of

POOL = 500
"""So many of the newest verified units of a kind and language are looked through for examples."""
EXAMPLES = 5
PEOPLE = (Translation.Origin.HUMAN, Translation.Origin.POST_EDITED)
# A text that may stand for another unit's: an expert said so, a person wrote it, or every check let it pass.
TRUSTED = Q(status=Unit.Status.VERIFIED) | Q(status=Unit.Status.DRAFTED) & (
    Q(route=Unit.Route.PASS) | Q(current__origin__in=PEOPLE)
)


@dataclass(frozen=True)
class _Helps:
    """What the dataset knows of the units of a chunk: by language, by kind, hash and language, by unit; what is usual by language."""

    glossaries: dict[str, Glossary]
    memory: dict[tuple[str, str, str], tuple[dict[str, Any], Remembered]]
    around: dict[int, Around]
    examples: dict[int, tuple[Example, ...]]
    norms: dict[str, dict[str, tuple[float, ...]]]


AT_LEISURE = 20
"""So many times as long as it took to find what is usual it is taken to be still so: a large dataset is looked through for a while."""


@dataclass
class Known:
    """What is kept from one chunk of a dataset's units to the next."""

    pools: dict[tuple[str, str], list[Example]] = field(default_factory=dict)
    """By kind and language, what examples are drawn from."""
    usual: dict[str, tuple[float, dict[str, tuple[float, ...]]]] = field(default_factory=dict)
    """By language, what is usual in it, and when to find that anew."""

    def norms(self, dataset: Dataset, tag: str) -> dict[str, tuple[float, ...]]:
        """What is usual in the language."""
        began = time.monotonic()
        if tag not in self.usual or began >= self.usual[tag][0]:
            found, now = norms(dataset, tag), time.monotonic()
            self.usual[tag] = now + AT_LEISURE * (now - began), found
        return self.usual[tag][1]


def starts(dataset: Dataset, units: list[Unit], known: Known | None = None) -> Iterator[tuple[Unit, Draft]]:
    """Each unit with the draft it starts from; the units come with their item and their present translation.

    However many units there are, it is a query or two for each kind of help, and one more for each kind and language of theirs.
    """
    known = known or Known()
    for unit in units:
        unit.item.dataset = dataset  # so that its schema is read once
    new = [unit for unit in units if unit.current is None]
    usual = {tag: known.norms(dataset, tag) for tag in {unit.language for unit in units}}
    helps = _Helps(_glossaries(dataset, units), _memory(dataset, new), around(units), _examples(dataset, new, known.pools), usual)
    for unit in units:
        yield unit, _start(unit, helps)


def _start(unit: Unit, helps: _Helps) -> Draft:
    item, given = unit.item, unit.current
    kind, source = item.dataset.kinds.kind(item.kind), _source(unit)
    content = given and {name: given.content[name] for name in source}
    its = helps.glossaries.get(unit.language)
    terms = tuple(its.find(text_of(source))) if its else ()
    known: dict[str, Any] = {"terms": terms, "around": helps.around.get(unit.pk, {}), "norms": helps.norms[unit.language]}
    if given is None:
        memory, remembered = helps.memory.get((item.kind, item.hash, unit.language), (None, None))
        known |= {"memory": memory, "remembered": remembered, "examples": helps.examples.get(unit.pk, ())}
    return Draft(kind, source, item.language, unit.language, content=content, given=given is not None, item=item.content, **known)


def _source(unit: Unit) -> dict[str, Any]:
    return _texts(unit.item.dataset, unit.item.kind, unit.item.content)


def _texts(dataset: Dataset, kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """The translatable fields of a content."""
    return {name: content[name] for name in dataset.kinds.kind(kind).translatable if content.get(name) is not None}


def _glossaries(dataset: Dataset, units: Iterable[Unit]) -> dict[str, Glossary]:
    """The dataset's glossary of each language the units are in."""
    by_language: dict[str, list[Term]] = defaultdict(list)
    rows = TermRow.objects.filter(dataset=dataset, language__in={unit.language for unit in units}).order_by("source")
    for tag, *term in rows.values_list("language", "source", "target", "locked"):
        by_language[tag].append(Term(*term))
    source = language(dataset.source_language)
    return {tag: glossary(tuple(terms), source) for tag, terms in by_language.items()}


def _memory(dataset: Dataset, units: list[Unit]) -> dict[tuple[str, str, str], tuple[dict[str, Any], Remembered]]:
    """The best text there is of each record that is the same, by kind, hash and language: a verified one first, then the newest."""
    same = {"item__hash__in": {unit.item.hash for unit in units}, "language__in": {unit.language for unit in units}}
    found = Unit.objects.filter(TRUSTED, item__dataset=dataset, **same).exclude(current=None).select_related("item", "current")
    ranked = sorted(found, key=lambda unit: (unit.status == Unit.Status.VERIFIED, unit.current.pk))
    return {(unit.item.kind, unit.item.hash, unit.language): _remembered(unit) for unit in ranked}


def _remembered(unit: Unit) -> tuple[dict[str, Any], Remembered]:
    text = unit.current
    verified = unit.status == Unit.Status.VERIFIED
    return text.content, Remembered(text.pk, text.hash, verified, text.origin == Translation.Origin.RECORDED)


def _examples(dataset: Dataset, units: list[Unit], pools: dict[tuple[str, str], list[Example]]) -> dict[int, tuple[Example, ...]]:
    """For each unit the verified translations of its kind and language whose sources are most like its own."""
    alike: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    for unit in units:
        alike[unit.item.kind, unit.language].append(unit)
    found: dict[int, tuple[Example, ...]] = {}
    for (kind, tag), its in alike.items():
        if (kind, tag) not in pools:
            pools[kind, tag] = _pool(dataset, kind, tag)
        sources = [text_of(_source(unit)) for unit in its]
        found |= zip((unit.pk for unit in its), most_alike(sources, pools[kind, tag], EXAMPLES), strict=True)
    return found


def _pool(dataset: Dataset, kind: str, tag: str) -> list[Example]:
    verified = Unit.objects.filter(language=tag, status=Unit.Status.VERIFIED, item__dataset=dataset, item__kind=kind)
    # What a machine made in this language was translated from nothing: it is no example of a translation.
    newest = verified.exclude(current=None).exclude(item__language=tag).order_by("-pk").values_list("item__content", "current__content")[:POOL]
    return [Example(_texts(dataset, kind, source), _texts(dataset, kind, target)) for source, target in newest]
