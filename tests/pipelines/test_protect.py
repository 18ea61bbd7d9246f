"""Masking and putting back: nothing is lost between the two, and what a model loses is told, never mended."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.steps._protect import OWN, REGION, TOKEN, Masked, mask, restore

ANYTHING = st.text(st.sampled_from("ab ⟦⟧1+/{}$%s<>_[]`A.\n၁२ع\u200f\u0301😀"), max_size=60) | st.text(max_size=60)


@st.composite
def spanned(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    """A text, and spans in it with no space at their edges, as people mark them; they may overlap, and be twice the same."""
    text = draw(ANYTHING)
    ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    pairs = [(min(pair), max(pair)) for pair in draw(st.lists(ends, max_size=4))]
    return text, [(start, end) for start, end in pairs if start < end and text[start:end] == text[start:end].strip()]


@given(spanned(), st.booleans(), st.integers(1, 99))
def test_what_is_masked_and_comes_back_unchanged_is_the_text_with_its_spans(marked, numbers, first):
    text, spans = marked
    masked = mask(text, spans, first=first, numbers=numbers)
    back = restore(masked.text, masked)
    assert (back.text, back.lost, back.unplaced) == (text, (), ())
    assert [back.spans[number] for number in masked.spans] == spans
    assert masked.plain(masked.text) == text


@given(ANYTHING)
def test_every_bracket_of_a_masked_text_is_of_a_token_of_ours(text):
    masked = mask(text)
    numbers = count(1)
    assert all(int(token[2]) == next(numbers) for token in TOKEN.finditer(masked.text))
    assert not any(sign in TOKEN.sub("", masked.text) for sign in "⟦⟧")


@given(spanned(), st.data())
def test_a_lost_token_is_always_told(marked, data):
    text, spans = marked
    masked = mask(text, spans)
    tokens = list(TOKEN.finditer(masked.text))
    if tokens:
        gone = data.draw(st.sampled_from(tokens))
        back = restore(masked.text[: gone.start()] + masked.text[gone.end() :], masked)
        assert back.unplaced == (int(gone[2]),) if gone[1] else len(back.lost) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Hello {name}, it is %d.", "See https://a.org/x?y=1 now.", "Let $x_1 = 2$ be.", "Run `ls`.", "A <b>bold</b> word.",
        "The [MASK] sat.", "Fill the ___ in.", "Write to ada@example.org.",
    ],
)  # fmt: skip
def test_what_belongs_to_no_language_is_masked(text):
    masked = mask(text)
    assert masked.regions and not any(region in masked.text for region in masked.regions.values())


def test_numbers_are_masked_when_asked_for():
    assert mask("In 1,500 years").text == "In 1,500 years"
    assert mask("In 1,500 years", numbers=True).regions == {1: "1,500"}


@pytest.mark.parametrize("token", ["⟦ 1 ⟧", "⟦1 ⟧", "⟦၁⟧", "⟦١⟧", "⟦\u200f1\u200f⟧", "⟦\u20661\u2069⟧", "⟦\n1⟧"])
def test_a_token_is_known_with_spaces_marks_of_direction_and_other_digits(token):
    masked = mask("Hi {name}!")
    assert restore(f"مرحبا {token}!", masked).text == "مرحبا {name}!"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("Habari!", "{name} of the source is missing."),
        ("Habari ⟦1⟧ ⟦1⟧!", "{name} of the source stands 2 times for once."),
        ("Habari ⟦1⟧ ⟦7⟧!", "⟦7⟧ stands for nothing in this text."),
        ("Habari 1⟧!", "{name} of the source is missing."),
    ],
)
def test_a_token_that_is_lost_doubled_or_invented_is_told_and_left_as_it_is(answer, said):
    back = restore(answer, mask("Hello {name}!"))
    assert back.lost == (said,)
    assert back.text == answer.replace("⟦1⟧", "{name}")


def test_a_region_that_stands_letter_by_letter_is_there():
    """A recorded answer, or an engine that is given no tokens."""
    assert restore("Habari {name}!", mask("Hello {name}!")).lost == ()
    assert restore("Habari {name}!", mask("Hello {name}, {name}!")).lost == ("{name} of the source is missing.",)


def test_a_text_with_tokens_of_its_own_keeps_them():
    masked = mask("Write ⟦1⟧ and ⟦+2⟧, not ⟦.")
    assert masked.text == "Write ⟦1⟧ and ⟦2⟧, not ⟦3⟧."
    assert restore("Andika ⟦2⟧ na ⟦1⟧, si ⟦3⟧.", masked).text == "Andika ⟦+2⟧ na ⟦1⟧, si ⟦."


def test_a_span_is_found_where_its_markers_are():
    masked = mask("Ramses II ruled Egypt.", [(0, 9), (16, 21)])
    assert masked.text == "⟦+1⟧Ramses II⟦/1⟧ ruled ⟦+2⟧Egypt⟦/2⟧."
    back = restore("⟦+2⟧အီဂျစ်⟦/2⟧ကို ⟦+1⟧ရမ်စိ⟦/1⟧ အုပ်စိုးခဲ့သည်။", masked)
    assert back.text == "အီဂျစ်ကို ရမ်စိ အုပ်စိုးခဲ့သည်။"
    assert {n: back.text[slice(*place)] for n, place in back.spans.items()} == {1: "ရမ်စိ", 2: "အီဂျစ်"}


def test_spaces_a_model_set_around_markers_are_no_part_of_the_text():
    back = restore("le ⟦+1⟧ renard ⟦/1⟧ court", mask("the fox runs", [(4, 7)]))
    assert (back.text, back.spans) == ("le renard court", {1: (3, 9)})


@pytest.mark.parametrize("answer", ["renard", "⟦+1⟧renard", "⟦/1⟧renard⟦+1⟧", "⟦+1⟧ ⟦/1⟧renard", "⟦+1⟧re⟦/1⟧ ⟦+1⟧nard⟦/1⟧"])
def test_markers_that_do_not_enclose_something_once_place_nothing(answer):
    back = restore(answer, mask("fox", [(0, 3)]))
    assert (back.spans, back.unplaced) == ({}, (1,))


def test_a_span_that_begins_inside_a_region_leaves_the_region_unmasked():
    masked = mask("see https://a.org/x", [(12, 15)])
    assert masked.regions == {} and restore(masked.text, masked).spans == {1: (12, 15)}


def test_a_hundred_thousand_brackets_take_no_time():
    text = "⟦" * 100_000
    assert restore(mask(text).text, mask(text)).text == text


def test_nothing_masked_nothing_changed():
    assert mask("Plain words.") == Masked("Plain words.", {}, [])
    assert OWN in REGION.pattern
