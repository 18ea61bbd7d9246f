"""Windows: the pieces joined are the text, whatever it is written in, and they end where sentences do."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from core.languages import language
from pipelines.steps._windows import between, core, sentences, windows

ANYTHING = st.text(st.sampled_from("ab A.!?။।。؟ \n\t”)1…\u00a0ကकกع"), max_size=120) | st.text(max_size=80)


@given(ANYTHING)
def test_the_sentences_joined_are_the_text(text):
    assert "".join(sentences(text)) == text


@given(ANYTHING, st.integers(1, 40))
def test_the_windows_joined_are_the_text_and_none_is_too_long_that_could_be_cut(text, size):
    found = windows(text, size)
    assert "".join(found) == text
    assert all(len(one.strip()) <= size or not regex.search(r"\s", one.strip()) for one in found)


@given(ANYTHING)
def test_a_window_is_its_core_and_the_space_around_it(text):
    assert "".join(core(text)) == text and core(text)[1] == text.strip()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Dr. Ada came. She left.", ["Dr. Ada came. ", "She left."]),
        ("It costs 3.5 dollars. “Why?” he said.", ["It costs 3.5 dollars. ", "“Why?” he said."]),
        ("J. R. R. Tolkien wrote. We read.", ["J. R. R. Tolkien wrote. ", "We read."]),
        ("Yes! (He ran.) No.", ["Yes! ", "(He ran.) ", "No."]),
        ("هل أنت هنا؟ نعم. حسنا", ["هل أنت هنا؟ ", "نعم. ", "حسنا"]),
        ("آپ کہاں ہیں؟ میں گھر پر ہوں۔ اچھا۔", ["آپ کہاں ہیں؟ ", "میں گھر پر ہوں۔ ", "اچھا۔"]),
        ("राम घर गया। सीता आई।", ["राम घर गया। ", "सीता आई।"]),
        ("သူလာသည်။သူပြန်သည်။", ["သူလာသည်။", "သူပြန်သည်။"]),
        ("今日は雨。明日は？「はい。」と言う。", ["今日は雨。", "明日は？", "「はい。」", "と言う。"]),
        ("ሰላም። እንዴት ነህ፧ ደህና።", ["ሰላም። ", "እንዴት ነህ፧ ", "ደህና።"]),
        ("ฉันไปตลาด แล้วกลับบ้าน", ["ฉันไปตลาด แล้วกลับบ้าน"]),
        ("One line\n\nAnother", ["One line\n\n", "Another"]),
    ],
)
def test_sentences_end_by_the_rules_of_their_script(text, parts):
    assert sentences(text) == parts


def test_thai_is_cut_at_its_spaces_and_never_within_a_run_of_letters():
    assert windows("ฉันไปตลาด แล้วกลับบ้าน", 12) == ["ฉันไปตลาด ", "แล้วกลับบ้าน"]
    assert windows("ก" * 50, 12) == ["ก" * 50]


def test_what_stands_between_sentences_is_kept_but_where_scripts_part_them_otherwise():
    english, japanese, burmese = map(language, ("en", "ja", "my"))
    assert between("\n\n", english, japanese) == "\n\n"
    assert between(" ", english, japanese) == ""
    assert between("", japanese, english) == " "
    assert between(" ", english, burmese) == " "


@pytest.mark.parametrize("text", ["." * 50_000, " " * 50_000, "\n" * 50_000, ".”" * 20_000, "a" * 50_000])
def test_no_text_takes_long(text):
    assert "".join(windows(text, 1000)) == text
