"""Adding items: a row is taken whole or refused whole, and what is there already stays as it is."""

import threading
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotation.actions import datasets, items
from annotation.intake import FirstLines
from annotation.models import Dataset, Item, Reference, Translation, Unit
from core.errors import Refused
from core.hashing import digest
from core.models import Event
from pipelines.records import Alignment, NewItem, ParsedRow
from tests.world import SCHEMA, drafted, unit, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return datasets.create(slug="rows", name="Rows", schema=SCHEMA, languages=["sw"], by=None)


def sentence(key: str, text: str = "Hi", split: str = "test", shared: bool = False, **translations: str) -> NewItem:
    return NewItem(
        "sentence", key, {"text": text}, split, "en", {tag: {"text": t} for tag, t in translations.items()}, shared
    )


def pair(key: str, premise: str = "p", hypothesis: str = "h", label: str = "neutral") -> NewItem:
    return NewItem("pair", key, {"premise": premise, "hypothesis": hypothesis, "label": label}, "test", "en")


def rows(*each: NewItem | tuple[NewItem, ...]) -> list[ParsedRow]:
    return [ParsedRow(line, one if isinstance(one, tuple) else (one,)) for line, one in enumerate(each, start=1)]


def add(dataset: Dataset, *each: NewItem | tuple[NewItem, ...], **more: Any) -> items.Added:
    return items.add(dataset, rows(*each), by=None, **more)


def refusals(added: items.Added) -> list[tuple[int, str]]:
    return [(one.line, one.field) for one in added.refused]


def contents(**filters: Any) -> list[str]:
    return [t.content["text"] for t in Translation.objects.filter(**filters).order_by("pk")]


def test_an_item_comes_in_with_its_hash_its_references_and_its_units(dataset):
    added = add(dataset, (sentence("p"), sentence("h"), pair("1")))
    assert (added.accepted, added.created, added.translations) == (1, 3, 0)
    row = Item.objects.get(kind="pair")
    assert row.hash == digest({"kind": "pair", "content": row.content}) and row.origin == Item.Origin.IMPORTED
    assert {r.field: r.target.key for r in Reference.objects.filter(item=row)} == {"premise": "p", "hypothesis": "h"}
    assert sorted(Unit.objects.values_list("item__key", "language", "status")) == [
        ("h", "sw", "new"),
        ("p", "sw", "new"),
    ]


def test_the_same_rows_again_change_nothing(dataset):
    each = ((sentence("p", sw="Habari"), sentence("h"), pair("1")), sentence("x", my="y"))
    add(dataset, *each)
    before = [list(model.objects.order_by("pk").values()) for model in (Item, Reference, Unit, Translation, Event)]
    added = add(dataset, *each)
    assert (added.accepted, added.created, added.translations, added.refused) == (2, 0, 0, [])
    assert before == [
        list(model.objects.order_by("pk").values()) for model in (Item, Reference, Unit, Translation, Event)
    ]


def test_an_item_does_not_change(dataset):
    add(dataset, sentence("s", "Hi"))
    added = add(dataset, sentence("s", "Ho"), sentence("t"))
    [why] = added.refused
    assert (why.line, why.field, added.accepted) == (1, "key", 1) and "other content" in why.reason
    assert Item.objects.get(key="s").content == {"text": "Hi"}


def test_an_item_does_not_change_its_split(dataset):
    add(dataset, sentence("s", split="test"), sentence("p", shared=True))
    added = add(dataset, sentence("s", split="train"), sentence("p", split="train", shared=True))
    assert refusals(added) == [(1, "split")] and "'test'" in added.refused[0].reason


def test_the_second_use_of_a_key_is_refused_with_the_line_of_the_first(dataset):
    lines = FirstLines()
    add(dataset, sentence("a"), sentence("b"), lines=lines)
    later = [ParsedRow(7, (sentence("b"),)), ParsedRow(8, (sentence("c"),)), ParsedRow(9, (sentence("c", "other"),))]
    added = items.add(dataset, later, by=None, lines=lines)
    assert [(r.line, r.field, r.reason.rpartition(" line ")[2]) for r in added.refused] == [
        (7, "key", "2"),
        (9, "key", "8"),
    ]


def test_a_row_that_uses_a_key_twice_is_refused(dataset):
    assert refusals(add(dataset, (sentence("a"), sentence("a")))) == [(1, "key")]


def test_a_refused_row_does_not_use_up_its_key(dataset):
    added = add(dataset, sentence("a", " "), sentence("a", "Hi"))
    assert refusals(added) == [(1, "text")] and Item.objects.get().content == {"text": "Hi"}


def test_shared_items_may_come_again_in_any_row(dataset):
    added = add(
        dataset, *[(sentence("p", shared=True), sentence(f"h{n}"), pair(str(n), hypothesis=f"h{n}")) for n in range(3)]
    )
    assert (added.accepted, added.created) == (3, 7)
    assert Item.objects.get(key="p").referrers.count() == 3


def test_a_row_with_one_bad_item_is_refused_whole(dataset):
    added = add(dataset, (sentence("p"), sentence("h"), pair("1", label="maybe")), sentence("z"))
    assert refusals(added) == [(1, "label")] and "entailment" in added.refused[0].reason
    assert list(Item.objects.values_list("key", flat=True)) == ["z"]


def test_a_reference_to_nothing_is_refused_and_one_to_an_earlier_row_is_not(dataset):
    added = add(dataset, pair("early"), sentence("p"), sentence("h"), pair("late"))
    assert refusals(added) == [(1, "premise")] and "no sentence 'p'" in added.refused[0].reason
    assert Item.objects.filter(kind="pair").get().key == "late"


@pytest.mark.parametrize(
    ("item", "field"),
    [
        (sentence(""), "key"),
        (sentence(" "), "key"),
        (sentence("k" * 201), "key"),
        (sentence("a\x00"), "key"),
        (sentence("a\ud800"), "key"),
        (sentence("a", split=""), "split"),
        (sentence("a", split="s" * 41), "split"),
        (sentence("a", "Hi\x00"), "text"),
        (NewItem("poem", "a", {}, "test", "en"), "kind"),
        (NewItem("poem\x00", "a", {}, "test", "en"), "kind"),
        (NewItem("sentence", "a", {"text": "Hi", "id": "7"}, "test", "en"), "id"),
        (NewItem("pair", "a", {"premise": "\x00", "hypothesis": [], "label": "neutral"}, "test", "en"), "premise"),
        (sentence("a", xx="Habari"), "translations"),
        (sentence("a", en="Hi"), "translations"),
        (sentence("a", sw=" "), "text@sw"),
        (NewItem("sentence", "a", {"text": "Hi"}, "test", "en", {"sw": {}}), "translations"),
        (NewItem("sentence", "a", {"text": "Hi"}, "test", "en", {"sw": {"label": "x"}}), "label@sw"),
    ],
)
def test_a_bad_row_is_refused_with_its_field(dataset, item, field):
    added = add(dataset, item, sentence("good"))
    assert refusals(added) == [(1, field)] and added.accepted == 1


def test_a_key_of_two_hundred_letters_and_any_script_is_kept_exactly(dataset):
    keys = ["é" * 200, "e\u0301", "é", " a ", "-1", "၁", "\U0001f468\u200d\U0001f469"]
    assert add(dataset, *map(sentence, keys)).accepted == len(keys)
    assert set(Item.objects.values_list("key", flat=True)) == set(keys)


def test_a_field_without_a_value_is_a_field_that_is_not_there():
    schema = {"kinds": {"note": {"fields": {"text": {"type": "text"}, "by": {"type": "string", "required": False}}}}}
    dataset = datasets.create(slug="notes", name="Notes", schema=schema, by=None)
    add(dataset, NewItem("note", "a", {"text": "Hi", "by": None}, "test", "en"))
    assert add(dataset, NewItem("note", "a", {"text": "Hi"}, "test", "en")).created == 0


# Translations


def test_an_imported_text_drafts_a_new_unit_and_leaves_an_event(dataset):
    add(dataset, sentence("s", sw="Habari"))
    row = Unit.objects.get()
    assert (row.status, row.current.content, row.current.origin) == ("drafted", {"text": "Habari"}, "imported")
    told = Event.objects.get(verb="draft")
    assert (told.subject, told.scope) == (f"unit:{row.pk}", dataset.event_scope)
    assert told.data == {"translation": row.current.pk, "origin": "imported"}


def test_an_imported_text_drafts_a_unit_that_has_waited_for_one(dataset):
    add(dataset, sentence("s"))
    add(dataset, sentence("s", sw="Habari"))
    assert Unit.objects.get().current.content == {"text": "Habari"}


def test_another_text_for_a_drafted_unit_is_one_more_candidate(dataset):
    add(dataset, sentence("s", sw="Habari"))
    added = add(dataset, sentence("s", sw="Jambo"))
    assert (added.translations, contents()) == (1, ["Habari", "Jambo"])
    assert Unit.objects.get().current.content == {"text": "Habari"}
    assert Event.objects.filter(verb="draft").count() == 1


def test_two_texts_for_one_unit_in_one_go_are_a_draft_and_a_candidate(dataset):
    twice = [
        (sentence("p", shared=True, sw=text), sentence(f"h{n}")) for n, text in enumerate(["Habari", "Jambo", "Habari"])
    ]
    assert add(dataset, *twice).translations == 2
    assert contents() == ["Habari", "Jambo"] and Unit.objects.get(item__key="p").current.content == {"text": "Habari"}


@pytest.mark.parametrize("status", ["drafted", "verified", "rejected"])
def test_what_people_and_machines_were_at_keeps_its_text(status):
    cast = world()
    row = drafted(unit(cast.sentence("Hi", "s")), "Mashine")
    Unit.objects.filter(pk=row.pk).update(status=status)
    add(cast.dataset, sentence("s", sw="Habari"))
    row.refresh_from_db()
    assert (row.status, row.current.content) == (status, {"text": "Mashine"})
    assert contents(origin="imported") == ["Habari"]


def test_a_language_a_row_brings_is_opened_for_every_item(dataset):
    add(dataset, sentence("a"), sentence("b", my="y"), sentence("c"))
    assert dataset.language_tags == ["my", "sw"]
    assert Unit.objects.filter(language="my").count() == 3 and Unit.objects.count() == 6


def test_a_refused_row_opens_no_language(dataset):
    add(dataset, sentence("a", " ", my="y"))
    assert dataset.language_tags == ["sw"]


def test_a_tag_is_kept_in_its_canonical_form(dataset):
    add(dataset, NewItem("sentence", "a", {"text": "Hi"}, "test", "en", {"iw": {"text": "שלום"}}))
    assert dataset.language_tags == ["he", "sw"]


# Alignment


def aligned(line: int, key: str, *, label: str = "neutral", **texts: str) -> ParsedRow:
    return ParsedRow(
        line, alignment=Alignment("pair", key, {"label": label}, {f: {"my": {"text": t}} for f, t in texts.items()})
    )


def test_an_aligned_row_translates_what_its_item_points_at(dataset):
    add(dataset, (sentence("p"), sentence("h"), pair("1")))
    added = items.add(dataset, [aligned(2, "1", premise="ပ", hypothesis="ဟ")], by=None)
    assert (added.accepted, added.created, added.translations) == (1, 0, 2)
    assert {u.item.key: u.current.content["text"] for u in Unit.objects.filter(language="my")} == {"p": "ပ", "h": "ဟ"}


def test_a_row_that_does_not_line_up_is_refused_with_both_values(dataset):
    add(dataset, (sentence("p"), sentence("h"), pair("1")))
    wrong = [aligned(2, "1", label="entailment", premise="ပ"), aligned(3, "2", premise="ပ")]
    added = items.add(dataset, wrong, by=None)
    assert refusals(added) == [(2, "label"), (3, "key")] and "'neutral' in the dataset" in added.refused[0].reason
    assert not Translation.objects.exists() and dataset.language_tags == ["sw"]


def test_a_row_may_line_up_with_one_just_before_it(dataset):
    together = [*rows((sentence("p"), sentence("h"), pair("1"))), aligned(2, "1", premise="ပ")]
    assert items.add(dataset, together, by=None).accepted == 2
    add(dataset, sentence("x"))
    later = [ParsedRow(1, (pair("2", premise="x"),)), aligned(2, "2", premise="ဟ")]
    assert items.add(dataset, later, by=None).accepted == 2


# Who, and whatever comes


@pytest.mark.parametrize("name", ["bola", "efe", "zed", "olu"])
def test_only_a_manager_adds_items(name):
    cast = world()
    with pytest.raises(Refused):
        items.add(cast.dataset, rows(sentence("a")), by=getattr(cast, name))
    assert not Item.objects.exists()


NAMES = st.sampled_from(["a", "b", "c", "", "\x00", "\ud800"])
ANY_ITEM = st.one_of(
    st.builds(sentence, NAMES, NAMES, shared=st.booleans()),
    st.builds(lambda key, text, sw: sentence(key, text, sw=sw), NAMES, NAMES, NAMES),
    st.builds(pair, NAMES, NAMES, NAMES, st.sampled_from(["neutral", "maybe"])),
)
ANY_ROWS = st.lists(st.lists(ANY_ITEM, max_size=3).map(tuple), max_size=8)


@given(ANY_ROWS, st.integers(1, 8))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_in_parts_are_the_same_as_rows_at_once(dataset, each, size):
    """However they are cut: accepted and refused are all of them, and the outcome is one and the same."""
    outcomes = []
    for step in (size, len(each) or 1):
        with transaction.atomic():
            lines, parts = FirstLines(), rows(*each)
            found = [items.add(dataset, parts[n : n + step], by=None, lines=lines) for n in range(0, len(parts), step)]
            refused = [why for one in found for why in one.refused]
            assert sum(one.accepted for one in found) + len(refused) == len(parts)
            there = [list(Item.objects.order_by("kind", "key").values_list("kind", "key", "hash")), sorted(contents())]
            outcomes.append((refused, there))
            transaction.set_rollback(True)
    assert outcomes[0] == outcomes[1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("protected", [True, False])
def test_two_imports_of_the_same_rows_at_once_make_them_once(dataset, monkeypatch, protected):
    """The control: without the dataset's lock both find nothing there, and one of them fails."""
    both_looked = threading.Barrier(2, timeout=0.5 if protected else 20)
    look = items.known

    def slow_look(*args):
        found = look(*args)
        with suppress(threading.BrokenBarrierError):  # the other one waits for the lock, as it should
            both_looked.wait()
        return found

    monkeypatch.setattr(items, "known", slow_look)
    if not protected:
        monkeypatch.setattr(datasets, "lock", lambda dataset: None)
    made, failed = [], []

    def work():
        try:
            made.append(add(Dataset.objects.get(pk=dataset.pk), *[sentence(str(n)) for n in range(50)]).created)
        except Exception as error:
            failed.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Item.objects.count() == 50
    assert (sorted(made), failed) == (([0, 50], []) if protected else ([50], ["IntegrityError"]))
