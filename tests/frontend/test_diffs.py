"""Differences: complete, and cut only where a reader would cut."""

from hypothesis import given
from hypothesis import strategies as st

from frontend.diffs import LONGEST, Piece, diff

texts = st.text(alphabet=st.sampled_from("ab .\n‏éကျောင်းسلام👩🏽‍🚀"), max_size=40)


@given(texts, texts, st.booleans())
def test_no_letter_is_lost_on_either_side(old, new, spaced):
    pieces = diff(old, new, spaced=spaced)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "old") == new


def test_words_are_not_cut_where_there_are_spaces():
    assert diff("The cat sat.", "The cat slept.") == [
        Piece("same", "The cat "),
        Piece("old", "sat"),
        Piece("new", "slept"),
        Piece("same", "."),
    ]


def test_a_script_without_spaces_is_compared_by_character_and_no_sign_leaves_its_letter():
    pieces = diff("မိုးရွာသည်။", "မိုးမရွာသည်။", spaced=False)
    assert pieces == [Piece("same", "မိုး"), Piece("new", "မ"), Piece("same", "ရွာသည်။")]


def test_a_vowel_sign_that_two_texts_share_does_not_stand_alone_between_them():
    assert diff("ဟူး", "ဟင်း", spaced=False) == [Piece("old", "ဟူး"), Piece("new", "ဟင်း")]


def test_very_long_texts_are_shown_whole_instead_of_compared_for_ever():
    old, new = "a " * LONGEST, "b " * LONGEST
    assert diff(old, new) == [Piece("old", old), Piece("new", new)]


def test_the_same_text_has_one_piece_and_nothing_has_none():
    assert diff("a", "a") == [Piece("same", "a")]
    assert diff("", "") == []
