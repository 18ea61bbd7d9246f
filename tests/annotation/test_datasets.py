"""Making datasets, and opening them to languages."""

import pytest

from annotation.actions import datasets
from annotation.models import Dataset, Member, Unit
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from tests.world import SCHEMA, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


def made(by=None, **changes):
    return datasets.create(**{"slug": "new", "name": "New", "schema": SCHEMA, "by": by} | changes)


def test_who_makes_a_dataset_manages_it(cast):
    dataset = made(cast.admin, languages=["sw", "iw"])
    assert Member.objects.get(dataset=dataset).user == cast.admin
    assert dataset.language_tags == ["he", "sw"]
    assert list(Event.objects.filter(scope=dataset.event_scope).values_list("verb", flat=True)) == [
        "create",
        "add_language",
        "add_language",
    ]


def test_only_the_admin_and_the_operator_make_datasets(cast):
    with pytest.raises(Refused):
        made(cast.ada)
    assert made(None).members.count() == 0


def test_a_taken_name_is_a_conflict(cast):
    with pytest.raises(Conflict, match="'xnli' already"):
        made(slug="xnli")


@pytest.mark.parametrize(
    "changes",
    [
        {"slug": "Not a slug"},
        {"slug": ""},
        {"slug": "a" * 61},
        {"source_language": "xx"},
        {"languages": ["sw", "en"]},
        {"schema": {"kinds": {"pair": {"fields": {"premise": {"type": "ref", "kind": "sentence"}}}}}},
        {"schema": {"kinds": {"a/b": {"fields": {"text": {"type": "text"}}}}}},
        {"schema": {"kinds": {"a": {"fields": {"text@sw": {"type": "text"}}}}}},
    ],
)
def test_what_is_no_dataset_is_refused_and_nothing_stays(changes):
    with pytest.raises(Invalid):
        made(**changes)
    assert not Dataset.objects.exists()


def test_a_language_gives_every_item_with_a_text_its_unit_once(cast):
    premise = cast.sentence("It rained.")
    cast.pair(premise, cast.sentence("It was wet."))
    for _ in range(2):
        datasets.add_language(cast.dataset, "ur", by=cast.ada)
    assert Unit.objects.filter(language="ur", item__kind="sentence").count() == 2
    assert Unit.objects.filter(language="ur").count() == 2
    assert Event.objects.filter(verb="add_language").count() == 1


def test_an_item_that_lacks_its_only_text_has_no_unit(cast):
    schema = {"kinds": {"note": {"fields": {"text": {"type": "text", "translate": True, "required": False}}}}}
    dataset = made(schema=schema)
    for key, content in [("full", {"text": "Hi"}), ("empty", {})]:
        dataset.items.create(kind="note", key=key, language="en", content=content, hash=key)
    datasets.add_language(dataset, "sw", by=None)
    assert list(Unit.objects.values_list("item__key", flat=True)) == ["full"]


def test_the_source_language_is_no_target(cast):
    with pytest.raises(Invalid, match="source language"):
        datasets.add_language(cast.dataset, "en", by=cast.ada)


@pytest.mark.parametrize("name", ["bola", "efe", "zed", "olu"])
def test_only_a_manager_of_the_dataset_opens_it_to_a_language(cast, name):
    with pytest.raises(Refused):
        datasets.add_language(cast.dataset, "ur", by=getattr(cast, name))
