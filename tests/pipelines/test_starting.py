"""What drafts start from: glossary, examples, memory and context, at a number of queries that does not grow with the units."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.actions import terms
from annotation.models import Dataset, Item, Reference, Translation, Unit
from pipelines.examples import most_alike
from pipelines.records import Draft, Example, Term
from pipelines.starting import Known, starts
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> world.World:
    return world.world()


def start(dataset: Dataset, *units: Unit) -> list[Draft]:
    fresh = Unit.objects.filter(pk__in=[unit.pk for unit in units]).select_related("item", "current").order_by("pk")
    return [draft for _, draft in starts(dataset, list(fresh))]


def verified(cast: world.World, source: str, text: str, language: str = "sw", status: str = "verified", **changes) -> Unit:
    made = world.unit(cast.sentence(source), language)
    made.current = world.translation(made, text, **changes)
    made.status = status
    made.save()
    return made


def test_the_terms_of_the_language_that_occur_in_the_source_are_there(cast):
    for tag, source in (("sw", "Egypt"), ("sw", "Rome"), ("my", "old")):
        terms.add(cast.dataset, tag, source, f"{source}-{tag}", locked=True, by=None)
    terms.add(cast.other, "sw", "old", "theirs", by=None)
    [draft] = start(cast.dataset, world.unit(cast.sentence("The old Egypt.")))
    assert draft.terms == (Term("Egypt", "Egypt-sw", locked=True),)


def test_an_imported_text_has_its_terms_and_no_other_help(cast):
    terms.add(cast.dataset, "sw", "Egypt", "Misri", by=None)
    verified(cast, "Egypt here.", "Misri hapa.")
    [draft] = start(cast.dataset, verified(cast, "Egypt here.", "Misri.", status="drafted", origin="imported"))
    assert draft.given and draft.content == {"text": "Misri."}
    assert [term.target for term in draft.terms] == ["Misri"]
    assert (draft.memory, draft.examples, draft.around) == (None, (), {})


def test_the_examples_are_the_verified_texts_most_like_the_source(cast):
    verified(cast, "The cat sat on the mat.", "Paka ameketi mkekani.")
    verified(cast, "A dog barked at night.", "Mbwa alibweka usiku.")
    verified(cast, "The cat is on a mat.", "my", language="my")
    verified(cast, "The cat sat on a mat!", "not verified", status="drafted")
    [draft] = start(cast.dataset, world.unit(cast.sentence("A cat sat on a mat.")))
    assert draft.examples[0] == Example({"text": "The cat sat on the mat."}, {"text": "Paka ameketi mkekani."})
    assert {one.target["text"] for one in draft.examples} == {"Paka ameketi mkekani.", "Mbwa alibweka usiku."}


def test_an_example_is_of_the_same_dataset_and_kind(cast):
    verified(cast, "The cat sat on the mat.", "Paka.")
    theirs = world.unit(world.item(cast.other, "sentence", {"text": "The cat sat."}))
    [draft] = start(cast.other, theirs)
    assert draft.examples == ()
    [draft] = start(cast.dataset, world.unit(cast.question("The cat sat?", ["a", "b"])))
    assert draft.examples == ()


def test_long_passages_and_empty_texts_are_no_examples():
    pool = [Example({"text": "cat " * 1000}, {"text": "x"}), Example({"text": " "}, {"text": "y"})]
    assert most_alike(["cat"], pool, 3) == [()]
    assert most_alike(["cat", "ပ"], [Example({"text": "cat"}, {"text": "paka"})], 3) == [(Example({"text": "cat"}, {"text": "paka"}),), ()]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"status": "verified"}, True),
        ({"status": "drafted", "origin": "post-edited"}, True),
        ({"status": "drafted", "route": "pass"}, True),
        ({"status": "drafted", "route": "people"}, False),
        ({"status": "drafted", "origin": "imported"}, False),
        ({"status": "rejected"}, False),
        ({"status": "verified", "language": "my"}, False),
        ({"status": "verified", "source": "Hello!"}, False),
    ],
)
def test_the_memory_is_what_somebody_or_every_check_stood_for(cast, changes, found):
    changes = {"source": "Hello."} | changes
    route = changes.pop("route", "")
    there = verified(cast, changes.pop("source"), "Habari.", **changes)
    Unit.objects.filter(pk=there.pk).update(route=route)
    [draft] = start(cast.dataset, world.unit(cast.sentence("Hello.")))
    assert (draft.memory is not None) == found
    if found:
        assert draft.memory == {"text": "Habari."} and draft.remembered.translation == there.current_id
        assert draft.remembered.verified == (changes["status"] == "verified")


def test_a_verified_text_is_remembered_before_a_newer_one_and_another_datasets_never(cast):
    first = verified(cast, "Hello.", "Habari.", origin="recorded")
    verified(cast, "Hello.", "Salamu.", status="drafted", origin="human")
    [draft] = start(cast.dataset, world.unit(cast.sentence("Hello.")))
    assert draft.remembered.translation == first.current_id and draft.remembered.recorded
    theirs = world.unit(world.item(cast.other, "sentence", {"text": "Hello."}))
    assert start(cast.other, theirs)[0].memory is None


def test_what_an_item_points_at_comes_with_its_translation(cast):
    passage = cast.sentence("Long ago.")
    told = verified(cast, "x", "y")
    Unit.objects.filter(pk=told.pk).update(item=passage)
    schema = {**cast.dataset.schema["kinds"]}
    schema["ask"] = {
        "fields": {"passage": {"type": "ref", "kind": "sentence"}, "text": {"type": "text", "translate": True}}
    }
    Dataset.objects.filter(pk=cast.dataset.pk).update(schema={"kinds": schema})
    dataset = Dataset.objects.get(pk=cast.dataset.pk)
    asked = world.item(dataset, "ask", {"passage": passage.key, "text": "When?"})
    Reference.objects.create(item=asked, field="passage", target=passage)
    swahili, burmese = start(dataset, world.unit(asked), world.unit(asked, "my"))
    assert swahili.around == {"passage": {"text": "Long ago.", "target": {"text": "y"}}}
    assert burmese.around == {"passage": {"text": "Long ago."}}
    assert swahili.source == {"text": "When?"} and swahili.item["passage"] == passage.key


def test_the_number_of_queries_does_not_grow_with_the_units(cast):
    terms.add(cast.dataset, "sw", "number", "namba", by=None)
    verified(cast, "Sentence number one.", "Sentensi.")
    few = [world.unit(cast.sentence(f"Sentence number {n}.")) for n in range(2)]
    many = [world.unit(cast.sentence(f"Sentence number {n}.")) for n in range(2, 60)]
    counts = []
    for units in (few, many):
        loaded = list(Unit.objects.filter(pk__in=[one.pk for one in units]).select_related("item", "current"))
        with CaptureQueriesContext(connection) as queries:
            drafts = [draft for _, draft in starts(cast.dataset, loaded)]
        assert all(draft.terms and draft.examples for draft in drafts)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4


def test_the_examples_of_one_chunk_are_not_looked_for_again_for_the_next(cast):
    verified(cast, "Sentence number one.", "Sentensi.")
    world.unit(cast.sentence("Sentence number 2."))
    known = Known()
    counts = []
    for _ in range(2):
        loaded = list(Unit.objects.filter(item__dataset=cast.dataset, status="new").select_related("item", "current"))
        with CaptureQueriesContext(connection) as queries:
            assert all(draft.examples for _, draft in starts(cast.dataset, loaded, known))
        counts.append(len(queries))
    assert counts[1] in (counts[0] - 1, counts[0] - 2), "what is usual may be looked for again, having been found so fast"


def test_what_is_usual_is_looked_for_again_when_that_took_little_of_the_time(cast, monkeypatch):
    now = iter([0.0, 1.0, 20.9, 21.0, 21.5])
    monkeypatch.setattr("pipelines.starting.time", SimpleNamespace(monotonic=lambda: next(now)))
    known, counts = Known(), []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            assert known.norms(cast.dataset, "sw") == {}
        counts.append(len(queries))
    assert counts == [1, 0, 1]


def test_what_helps_changes_nothing_of_what_is_translated(cast):
    unit = world.unit(cast.sentence("Hello."))
    before = start(cast.dataset, unit)[0]
    terms.add(cast.dataset, "sw", "Hello", "Habari", by=None)
    after = start(cast.dataset, unit)[0]
    assert replace(after, terms=()) == before
    assert isinstance(unit.item, Item) and not Translation.objects.filter(unit=unit).exists()
