"""A text in a list: cut to its room, from where the words stand, and marked without changing a letter."""

import pytest

from frontend.excerpts import ROOM, excerpt


def whole(pieces) -> str:
    return "".join(piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("text", "terms", "marked"),
    [
        ("The CAT sat.", ["cat"], ["CAT"]),
        ("မိုးရွာသည်။", ["ရွာ"], ["ရွာ"]),
        ("قطة سوداء", ["سوداء"], ["سوداء"]),
        ("abcabc", ["abc"], ["abcabc"]),
        ("The cat.", [], []),
        ("", ["a"], []),
    ],
)
def test_a_short_text_is_all_there_and_what_was_found_is_marked(text, terms, marked):
    pieces = excerpt(text, terms)
    assert whole(pieces) == text
    assert [piece.text for piece in pieces if piece.found] == marked


def test_a_long_text_is_cut_on_both_sides_and_says_so():
    text = "one two " * 200 + "needle" + " three four" * 200
    pieces = excerpt(text, ["needle"])
    shown = whole(pieces)
    assert shown.startswith("…") and shown.endswith("…") and shown.strip("…") in text
    assert len(shown) <= ROOM + 2 and shown.index("needle") < 80
    assert excerpt(text, ["nowhere"])[0].text == text[:ROOM] + "…"


def test_a_long_text_without_spaces_is_cut_all_the_same():
    text = "字" * 3000 + "針" + "字" * 3000
    shown = whole(excerpt(text, ["針"]))
    assert len(shown) <= ROOM + 2 and "針" in shown
    assert "針" not in whole(excerpt("字" * 6000 + "針", ["針"])), "so far in nobody looks for what to mark"
