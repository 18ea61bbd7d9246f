"""Edit distance and chrF++: what a reader would count, exact, and sacreBLEU's own numbers."""

from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics import CHRF

from annotation.edits import GRAPHEME, chrf, compare, distance

words = st.text(alphabet="abcé", max_size=14)


def cell_by_cell(old: str, new: str) -> int:
    """The textbook's table, a row at a time."""
    row = list(range(len(new) + 1))
    for i, one in enumerate(old, 1):
        last, row = row, [i]
        for j, other in enumerate(new, 1):
            row.append(min(row[-1] + 1, last[j] + 1, last[j - 1] + (one != other)))
    return row[-1]


@given(words, words)
def test_the_distance_is_the_textbooks(old, new):
    assert distance(old, new) == cell_by_cell(old, new) == distance(new, old)


def test_texts_longer_than_a_machine_word_are_exact_too():
    assert distance("ab" * 200, "ba" * 200) == 2
    assert distance("a" * 500, "b" * 300) == 500


def test_kitten_to_sitting_takes_three_edits_of_seven():
    edit = compare("kitten", "sitting")
    assert edit.distance == 3 and edit.share == 3 / 7


def test_a_letter_is_what_a_reader_sees_in_every_script():
    # One syllable of Burmese with two vowel signs, one emoji of five code points, one é of two.
    for letter in ("ကော", "👩🏽‍🚀", "é"):
        assert len(GRAPHEME.findall(letter)) == 1
        assert compare(f"a{letter}b", "axb").distance == 1


def test_another_unicode_form_of_the_same_letters_is_no_distance():
    assert compare("café", "café") == (0, 0.0, 100.0)


def test_nothing_and_nothing_are_equal():
    assert compare("", "").share == 0
    assert compare("", "abc").share == 1


def test_chrf_is_sacrebleus_with_its_signature():
    score, signature = chrf("Paka aliketi.", "Paka ameketi.")
    assert score == round(CHRF(word_order=2).sentence_score("Paka aliketi.", ["Paka ameketi."]).score, 2)
    assert signature.startswith("nrefs:1|case:mixed|eff:yes|nc:6|nw:2|") and signature.endswith("|norm:nfc")
