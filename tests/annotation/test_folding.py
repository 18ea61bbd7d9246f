"""What counts as the same when somebody searches, and where it stands in the text as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.folding import fold, grams, places, terms
from annotation.search_index import entry, query

ALIKE = [
    ("CAT", "cat"), ("ｃａｔ１", "cat1"), ("cafe\u0301", "café"), ("STRASSE", "straße"), ("ﬁne", "fine"), ("ｶﾞ", "ガ"), ("한", "\u1112\u1161\u11ab"),
    ("می\u200cروم", "میروم"), ("\u202bسلام\u202c", "سلام"), ("co\u00adoperate", "cooperate"), ("❤\ufe0f", "❤"), ("a\u3000 \n b", "a b"),
    ("ΟΔΟΣ", "οδος"), ("\u1025\u102e", "\u1026"), ("క\u0c46\u0c56", "క\u0c48"),
]  # fmt: skip
APART = [("cat", "cats"), ("résumé", "resume"), ("ရွာ", "ရာ"), ("١٥", "15 a"), ("ı", "i"), ("ーン", "-ン")]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_a_reader_takes_for_the_same_is_the_same(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_differs_stays_apart(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("cat  Dog cat", ["cat", "dog"]),
        ('"big  Cat" dog', ["big cat", "dog"]),
        ('"50 %', ['"50', "%"]),
        ('a"b" c', ['a"b"', "c"]),
        ('"" "  "', ['""', '"']),
        ("\u200b", []),
        ("  ", []),
        ("မိုးရွာ", ["မိုးရွာ"]),
    ],
)
def test_words_and_phrases_are_read_as_they_are_written(asked, found):
    assert terms(asked) == found


@pytest.mark.parametrize(
    ("text", "term", "marked"),
    [
        ("The CAT sat; cat.", "cat", ["CAT", "cat"]),
        ("Ｈｅｌｌｏ  \n World", "o wor", ["ｏ  \n Wor"]),
        ("cafe\u0301 CAFÉ", "café", ["cafe\u0301", "CAFÉ"]),
        ("မိုးရွာသည်။", "ရွာ", ["ရွာ"]),
        ("ﬁne", "i", ["ﬁ"]),
        ("Straße", "ss", ["ß"]),
        ("می\u200cروم", "میروم", ["می\u200cروم"]),
        ("𠀋𠀋a", "𠀋a", ["𠀋a"]),
        ("aaaa", "aa", ["aaaa"]),
        ("dog", "cat", []),
    ],
)
def test_what_is_found_is_marked_in_the_text_as_it_was_written(text, term, marked):
    found = places(text, [fold(term)])
    assert [text[first:end] for first, end in found] == marked


TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=40)


@given(TEXTS, st.integers(0, 40), st.integers(1, 8))
def test_whatever_stands_in_a_text_has_all_its_grams_there(text, at, length):
    folded = fold(text)
    term = folded[at : at + length].strip()
    asked = [term[n : n + 3] for n in range(len(term) - 2)] or [term]
    assert all(any(gram.startswith(one) for gram in grams(folded)) for one in asked if one)


@given(TEXTS)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_places_lie_in_the_text_in_order_and_apart(text):
    found = places(text, terms(text[:5]) or ["a"])
    ends = [place for one in found for place in one]
    assert ends == sorted(ends) and all(0 <= place <= len(text) for place in ends)
    assert all(first < end for first, end in found)


def test_a_text_with_too_many_grams_is_a_candidate_for_every_word():
    long = "".join(chr(0x4E00 + n) for n in range(20_002))
    assert "'everything'" in entry(1, "zh", ["k", f'{{"text": "{long}"}}', None])[1]
    assert "| 'everything')" in query(1, ["cat"], [])
