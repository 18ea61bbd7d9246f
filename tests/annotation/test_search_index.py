"""The search index follows the units by itself, misses none, and is the same when it is made anew."""

import random
import threading
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from annotation import browsing, search_index
from annotation.actions import datasets, units
from annotation.browsing import Reader, Wanted
from annotation.bulk import fetch
from annotation.folding import fold, terms
from annotation.models import SearchEntry, Translation, Unit
from tests.world import drafted, translation, unit, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db):
    return world()


def index() -> dict[int, tuple]:
    return {row[0]: row[1:] for row in SearchEntry.objects.values_list("unit_id", "dataset_id", "kind", "folded", "grams")}


def found(cast, words: str, **filters: str) -> set[str]:
    reader = Reader(cast.dataset, cast.dataset.language_tags, manages=True)
    page = browsing.page(reader, Wanted(q=words, **filters), after=0, most=50)
    return set(Unit.objects.filter(pk__in=page.units).values_list("item__key", flat=True))


def test_a_unit_is_found_by_its_present_text_and_no_more_by_an_earlier_one(cast):
    row = cast.drafted("The cat sat.", "Paka aliketi.", key="s1")
    assert found(cast, "aliketi") == found(cast, "cat") == found(cast, "s1") == {"s1"}
    units.adopt(row, translation(row, "Paka alikaa."), by=cast.ada)
    assert (found(cast, "alikaa"), found(cast, "aliketi")) == ({"s1"}, set())


@pytest.mark.parametrize("write", ["bulk", "sql", "language"])
def test_however_a_unit_is_written_it_is_found(cast, write):
    item = cast.sentence("The dog barked.", key="s9")
    if write == "bulk":
        Unit.objects.bulk_create([Unit(item=item, language="sw")])
    elif write == "sql":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO annotation_unit (item_id, language, status, route, reasons) VALUES (%s, 'sw', 'new', '', '[]')", [item.pk])
    else:
        datasets.add_language(cast.dataset, "yo", by=cast.ada)
    assert found(cast, "BARKED") == {"s9"}


def test_rebuilt_from_nothing_the_index_is_the_same(cast):
    for number, text in enumerate(("Paka", "ကြောင်", "قطة", "猫が座った", "แมวนั่ง", "it's \\ 'quoted'")):
        drafted(unit(cast.sentence(f"Sentence {number}.", key=f"k{number}"), "sw"), text)
    unit(cast.question("Who?", ["A", "B"], key="q"), "my")
    search_index.catch_up(100)
    before = index()
    assert len(before) == 7 and all(row[3] for row in before.values())
    SearchEntry.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO annotation_searchentry (unit_id, dataset_id, kind) SELECT u.id, i.dataset_id, i.kind"
            " FROM annotation_unit u JOIN annotation_item i ON i.id = u.item_id"
        )
    search_index.catch_up(100)
    assert index() == before
    SearchEntry.objects.update(folded="wrong", grams="'wrong'")
    call_command("reindex", all=True, verbosity=0)
    assert index() == before


def test_the_command_reads_what_is_due_and_no_more(cast, capsys):
    cast.drafted("The cat sat.", "Paka aliketi.")
    call_command("reindex")
    call_command("reindex")
    assert capsys.readouterr().out.splitlines() == ["1 of 1 units were read for the search.", "0 of 1 units were read for the search."]


WORDS = ["cat", "sat", "Ａ猫", "猫が", "座った", "ကြောင်", "ထိုင်", "قطة", "جلست", "แมว", "นั่ง", "straße", "a", "42", "it's", "\\x"]


def test_every_search_finds_what_looking_at_each_text_finds(cast, monkeypatch):
    """Both ways: by walking, which a small dataset always is, and by the index."""
    chance = random.Random(4)
    for number in range(120):
        source, text = ("".join(chance.choices([*WORDS, " "], k=5)) for _ in range(2))
        drafted(unit(cast.sentence(source, key=f"k{number}"), chance.choice(["sw", "my"])), text)
    every = {
        one.item.key: "\n".join(fold(text) for text in (one.item.key, one.item.content["text"], one.current.content["text"]))
        for one in Unit.objects.select_related("item", "current")
    }
    asked = [*WORDS, "t", "ा", "猫が 座った", '"cat sat"', "k11", "cat ကြောင်", "xyz", "ts", "င်"]
    for window in (2000, 1):
        monkeypatch.setattr(browsing, "WINDOW", window)
        monkeypatch.setattr(browsing, "READ_NOW", 200)
        for words in asked:
            right = {key for key, text in every.items() if all(term in text for term in terms(words))}
            reader = Reader(cast.dataset, cast.dataset.language_tags, manages=True)
            page = browsing.page(reader, Wanted(q=words), after=0, most=200)
            assert set(Unit.objects.filter(pk__in=page.units).values_list("item__key", flat=True)) == right, words


def test_what_is_not_read_yet_is_said_and_not_silently_missing(cast, monkeypatch):
    monkeypatch.setattr(browsing, "READ_NOW", 0)
    cast.drafted("The cat sat.", "Paka aliketi.")
    reader = Reader(cast.dataset, cast.dataset.language_tags, manages=True)
    page = browsing.page(reader, Wanted(q="cat"), after=0, most=50)
    assert (page.units, page.waiting) == ([], 1)


@contextmanager
def reading(row: Unit):
    """Somebody is just reading a unit for the search: they have its text, and have not written the entry yet."""
    began, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def read() -> None:
        with transaction.atomic():
            (given,) = fetch(search_index.DUE, {"dataset": None, "limit": 10})
            began.set()
            go_on.wait(10)
            text, grams = search_index.entry(given[1], given[2], given[3:])
            with connection.cursor() as cursor:
                cursor.execute(search_index.FILL, [[given[0]], [text], [grams]])
        connection.close()
        done.set()

    thread = threading.Thread(target=read)
    thread.start()
    assert began.wait(10)
    yield go_on
    go_on.set()
    thread.join(10)
    assert done.is_set()


LAZY = """
CREATE OR REPLACE FUNCTION search_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE annotation_searchentry SET folded = NULL, grams = NULL WHERE unit_id = NEW.id AND grams IS NOT NULL;
    RETURN NULL;
END $$;
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lazy", [False, True], ids=["protected", "control"])
def test_a_text_that_changes_while_it_is_read_is_read_again(lazy):
    cast = world()
    row = cast.drafted("The cat sat.", "Paka aliketi.", key="s1")
    newer = Translation.objects.create(unit=row, content={"text": "Paka alikaa."}, hash="", origin="human")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('search_due'::regproc)")
        kept = cursor.fetchone()[0]
        if lazy:  # the control: an entry that is due already is thought to need nothing
            cursor.execute(LAZY)
        try:
            with reading(row) as go_on:
                timer = threading.Timer(0.3, go_on.set)
                timer.start()
                Unit.objects.filter(pk=row.pk).update(current=newer)  # waits for who reads, but in the control
            assert found(cast, "alikaa") == (set() if lazy else {"s1"})
        finally:
            cursor.execute(kept)
