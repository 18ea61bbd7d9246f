"""What becomes of made items in the gate and in a release: each is a record of its own language, and says where it comes from."""

import pytest

from annotation.actions import datasets, making, units
from annotation.models import Item, Unit
from pipelines.actions import releases
from pipelines.building import schema_of
from pipelines.card import card
from pipelines.facts import facts
from pipelines.gate import gate
from pipelines.jobs.round_trip_report import RoundTripReport
from pipelines.models import Run
from pipelines.starting import starts
from tests.released import story

pytestmark = pytest.mark.django_db


@pytest.fixture
def tale():
    return story()


def twin(dataset, key="s1", language="sw", **changes) -> Item:
    """A question made of a sentence, and what it is made by."""
    source = Item.objects.get(dataset=dataset, kind="sentence", key=key)
    content = {"stem": "Mabasi mangapi?", "options": ["15", "50"], "answer": 0}
    values = {"kind": "question", "key": f"{key}+q", "content": content, "split": "test", "language": language, "origin": "made"}
    values |= {"source": source.pk, "made_by": {"step": "generate_qa|v:1", "by": "openai:m|prompt:generate_qa:1", "run": 7}} | changes
    added = making.add(dataset, [making.NewItem(**values)], by=None)
    assert added.new == [0], added
    return Item.objects.get(dataset=dataset, kind="question", key=f"{key}+q")


def test_a_made_item_waits_for_people_in_its_own_language_and_in_no_other(tale):
    before = gate(tale)["languages"]
    item = twin(tale)
    after = gate(tale)["languages"]
    assert [unit.language for unit in item.units.all()] == ["sw"]
    assert after["sw"]["question"]["total"] == before["sw"]["question"]["total"] + 1
    assert after["sw"]["question"]["missing"]["drafted"] == 1
    assert after["my"] == before["my"], "it would be missing for ever in the other languages"


def test_a_language_that_is_added_later_gets_no_unit_of_it(tale):
    item = twin(tale)
    datasets.add_language(tale, "fr", by=None)
    assert [unit.language for unit in item.units.all()] == ["sw"]
    assert Unit.objects.filter(language="fr", item__kind="question").exists()


def test_a_release_has_it_once_and_its_provenance_says_what_it_was_made_from(tale):
    item = twin(tale)
    units.verify(item.units.get(), by=None)
    release = releases.freeze(tale, "0.1.0", languages=["sw"], by=None)
    [row] = release.items.filter(key=item.key)
    assert (row.language, row.record["stem"]) == ("sw", "Mabasi mangapi?")
    [text] = row.provenance["texts"]
    by = {"step": "generate_qa|v:1", "by": "openai:m|prompt:generate_qa:1"}
    assert text["made"] == {"from": "sentence/s1", "by": by}
    assert text["origin"] == "machine"
    assert facts(release)["made"] == {("sw", "generate_qa|v:1"): 1}


def test_what_people_made_of_it_is_what_is_released_and_its_beginning_is_still_told(tale):
    item = twin(tale, origin="localised")
    unit = item.units.select_related("item", "current").get()
    content = {"stem": "Ni mabasi mangapi?", "options": ["15", "50"]}
    text = units.propose(unit, content=content, origin="post-edited", parent=unit.current)
    units.adopt(unit, text, by=None)
    units.verify(unit, by=None)
    row = releases.freeze(tale, "0.1.0", languages=["sw"], by=None).items.get(key=item.key)
    assert row.record["stem"] == "Ni mabasi mangapi?" and row.record["answer"] == 0
    assert row.provenance["texts"][0]["origin"] == "post-edited"
    assert [one["origin"] for one in row.provenance["texts"][0]["translations"]] == ["localised", "post-edited"]


def test_the_card_counts_what_a_machine_made(tale):
    units.verify(twin(tale).units.get(), by=None)
    release = releases.freeze(tale, "0.1.0", languages=["sw"], by=None)
    assert "Swahili (sw): 1 by `generate_qa|v:1`" in card(release, schema_of(release), facts(release))


def test_it_is_no_example_of_a_translation_and_no_source_of_a_round_trip(tale):
    item = twin(tale)
    units.verify(item.units.get(), by=None)
    asked = Unit.objects.create(item=twin(tale, "s2", language="en"), language="fr")
    tale.languages.create(tag="fr")
    source = Item.objects.get(dataset=tale, kind="question", key="q1")
    fresh = Unit.objects.select_related("item", "current").get(item=asked.item, language="my")
    fresh.language = "sw"  # as if it were still to be translated into that language
    [(_, start)] = starts(tale, [fresh])
    assert [one.source["stem"] for one in start.examples] == [source.content["stem"]]
    run = Run.objects.create(dataset=tale, job={})
    job = RoundTripReport(languages=["sw"], provider={"name": "replay", "params": {"transcript": "demo"}})
    assert item.units.get().pk not in {payload["unit"] for payload in job.plan(run)}


def test_an_item_is_refused_whole_and_the_others_come_in(tale):
    source = Item.objects.get(dataset=tale, kind="sentence", key="s1")
    made = [
        making.NewItem("sentence", "a", {"text": "Moja."}, "test", "sw", "made", source.pk),
        making.NewItem("sentence", "b", {"text": "  "}, "test", "sw", "made", source.pk),
        making.NewItem("sentence", "c", {"text": "Trois."}, "test", "fr", "made", source.pk),
        making.NewItem("sentence", "a", {"text": "Moja."}, "test", "sw", "made", source.pk),
    ]
    added = making.add(tale, made, by=None)
    assert (added.new, added.there) == ([0], [3])
    assert added.refused == {1: "text is empty", 2: "It is in French (fr), which is no language of this dataset: add it first."}
