"""The gate: what is ready, what is missing, and when there can be no release."""

import pytest

from annotation.actions import units
from annotation.models import Unit
from core.errors import Invalid
from pipelines.gate import gate
from tests import world as cast
from tests.released import story
from tests.world import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return world()


@pytest.fixture
def pair(ada):
    """A pair whose premise and hypothesis have drafts in Swahili."""
    return ada.pair(ada.drafted("A cat.", "Paka.", key="a").item, ada.drafted("A dog.", "Mbwa.", key="b").item, key="p")


def unit(key: str) -> Unit:
    return Unit.objects.get(item__key=key, language="sw")


def of_pairs(ada, **asked):
    return gate(ada.dataset, languages=["sw"], **asked)["languages"]["sw"]["pair"]


def test_a_pair_is_ready_when_both_its_sentences_are_verified(ada, pair):
    assert of_pairs(ada) == {"ready": 0, "total": 1, "missing": {"new": 0, "drafted": 1, "rejected": 0}}
    units.verify(unit("a"), by=ada.ada)
    assert of_pairs(ada)["ready"] == 0
    units.verify(unit("b"), by=ada.ada)
    assert of_pairs(ada) == {"ready": 1, "total": 1, "missing": {"new": 0, "drafted": 0, "rejected": 0}}


def test_a_drafted_pair_is_ready_where_drafts_are_asked_for(ada, pair):
    assert of_pairs(ada, minimum="drafted") == {"ready": 1, "total": 1, "missing": {"new": 0, "drafted": 0, "rejected": 0}}


def test_an_item_counts_under_the_worst_of_its_units(ada, pair):
    units.reject(unit("a"), by=ada.ada, reason="nonsense")
    assert of_pairs(ada, minimum="drafted")["missing"] == {"new": 0, "drafted": 0, "rejected": 1}


def test_an_item_with_no_unit_in_a_language_waits_for_a_draft_there(ada, pair):
    found = gate(ada.dataset, languages=["my"])
    assert found["languages"]["my"]["pair"]["missing"]["new"] == 1


def test_sentences_are_not_counted_they_travel_inside_the_pairs(ada, pair):
    assert set(gate(ada.dataset)["languages"]["sw"]) == {"pair", "question"}


def test_another_dataset_of_the_same_site_does_not_count(ada, pair):
    cast.item(ada.other, "question", {"stem": "?", "options": ["a", "b"], "answer": 0})
    assert gate(ada.dataset, languages=["sw"])["languages"]["sw"]["question"]["total"] == 0


def test_a_language_with_nothing_ready_is_named_with_what_its_items_wait_for(ada, pair):
    found = gate(ada.dataset, languages=["sw"])
    assert not found["ready"]
    assert found["problems"] == [
        "Nothing is ready in Swahili (sw): of 1 items, 1 wait for verification."
        " Finish some, leave this language out or ask for drafted ones."
    ]


def test_the_gate_is_open_when_something_is_ready_in_every_language_asked_for():
    found = gate(story(), languages=["sw"])
    assert found["ready"] and found["problems"] == []


def test_a_language_the_dataset_has_not_is_refused(ada):
    with pytest.raises(Invalid, match="xnli has no language fr: it has my, sw"):
        gate(ada.dataset, languages=["fr"])


def test_the_source_language_need_not_be_asked_for(ada):
    with pytest.raises(Invalid, match="en is the source language"):
        gate(ada.dataset, languages=["en"])


def test_a_dataset_without_items_says_so(ada):
    assert "there are no items of pair / question" in gate(ada.dataset, languages=["sw"])["problems"][0]


def test_a_field_with_the_name_of_a_column_keeps_the_gate_shut(ada, pair):
    schema = {"kinds": {"sentence": {"fields": {"lang": {"type": "text", "translate": True}}}}}
    type(ada.dataset).objects.filter(pk=ada.dataset.pk).update(schema=schema)
    problems = gate(type(ada.dataset).objects.get(pk=ada.dataset.pk))["problems"]
    assert "The field 'lang' of sentence has the name of a column every release has: rename it." in problems


def test_splits_that_would_share_a_file_keep_the_gate_shut(ada, pair):
    for number, split in enumerate(("dev-a", "dev.a")):
        cast.item(ada.dataset, "question", {"stem": "?", "options": ["a", "b"], "answer": 0}, f"q{number}", split)
    assert "the splits 'dev-a', 'dev.a' would all be called 'dev_a'" in " ".join(gate(ada.dataset)["problems"])
