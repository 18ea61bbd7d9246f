"""What an answer is worth: answers, minutes and words, counted in every script."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from annotation.pay import Pay, texts_of, words

SAMPLES = {
    "The cat sat.": 3,
    "It's 3.14, isn't it?": 4,
    "well-known": 2,
    "قطة جلست": 2,
    "Paka aliketi.": 2,
    "": 0,
    " — … !!": 0,
    "他坐在垫子上": 3,  # six characters, two to a word
    "猫が座った": 3,  # five
    "แมวนั่งบนเสื่อ": 3,  # nine clusters, four to a word
    "ကြောင်": 1,
    "Hello 世界 again": 3,
    "ကြောင် cat": 2,
}


@pytest.mark.parametrize(("text", "count"), SAMPLES.items())
def test_words_are_counted_in_every_script(text, count):
    assert words(text) == count


def test_signs_alone_are_no_words_where_words_are_counted_by_characters():
    assert words("။") == words("。") == 0


def test_an_answer_counts_once_per_submission_and_a_word_for_each_word_of_all_texts():
    assert Pay(rate="0.05").quantity(seconds=99, texts=["a b"]) == 1
    assert Pay(per="word", rate="0.05").quantity(seconds=99, texts=["The cat sat.", "On a mat."]) == 6


@pytest.mark.parametrize(("seconds", "minutes"), [(90, "1.5"), (3600, "10"), (0, "0"), (-3, "0"), (1, "0.0167")])
def test_minutes_are_the_servers_seconds_and_capped(seconds, minutes):
    assert Pay(per="minute", rate="0.2").quantity(seconds=seconds, texts=[]) == Decimal(minutes)


def test_money_is_decimal_and_keeps_six_decimals():
    assert Pay(rate="0.1").amount(Decimal(3)) == Decimal("0.3")
    assert Pay(per="minute", rate="0.333333").amount(Decimal("0.0167")) == Decimal("0.005567")


@pytest.mark.parametrize("wrong", [{"rate": "-1"}, {"rate": "1", "unit": "=1+1"}, {"rate": "1", "per": "hour"}, {"rate": "x"}, {}])
def test_a_rule_that_means_nothing_is_refused(wrong):
    with pytest.raises(ValidationError):
        Pay.model_validate(wrong)


def test_texts_come_out_of_lists_and_tables():
    content = {"stem": "a", "options": ["b", "c"], "table": [["d"], ["e"]], "label": "f", "n": 3}
    assert texts_of(content, ["stem", "options", "table", "n", "missing"]) == ["a", "b", "c", "d", "e"]
