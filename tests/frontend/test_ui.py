"""The parts of every page: text in its language, records in their shape, numbers that do not flatter."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from annotation.models import Translation
from annotation.schema import Kind
from frontend.templatetags import texts, ui

QUESTION = Kind.model_validate(
    {
        "fields": {
            "stem": {"type": "text", "translate": True},
            "options": {"type": "list", "translate": True},
            "answer": {"type": "choice", "of": "options"},
        }
    }
)
TABLE = Kind.model_validate({"fields": {"rows": {"type": "table", "translate": True}}})


@pytest.mark.parametrize(
    ("tag", "lang", "direction"),
    [("ar", "ar", "rtl"), ("my", "my", "ltr"), ("ur", "ur", "rtl"), ("", "und", "auto"), ("nonsense", "und", "auto")],
)
def test_a_text_says_its_language_and_direction(tag, lang, direction):
    assert texts.text("a < b", tag) == f'<bdi class="text" lang="{lang}" dir="{direction}">a &lt; b</bdi>'


def test_text_is_shown_exactly_as_it_is():
    assert ">  two  spaces\n\u200f</bdi>" in texts.text("  two  spaces\n\u200f", "en")


def test_a_choice_is_shown_as_the_option_it_points_at():
    record = {"stem": "Who?", "options": ["cat", "dog"], "answer": 1}
    html = texts.content(QUESTION, record, "en")
    assert html.count(">dog</bdi>") == 2
    assert "2.</span>" in html


def test_a_choice_that_points_nowhere_is_shown_as_it_is():
    assert ">7</span>" in texts.content(QUESTION, {"options": ["cat"], "answer": 7}, "en")


def test_a_table_is_a_table():
    html = texts.content(TABLE, {"rows": [["a", "b"], ["c", "d"]]}, "en")
    assert html.count("<tr>") == 2 and html.count("<td>") == 4


def test_a_difference_keeps_the_shape_of_the_record():
    old = {"stem": "Who?", "options": ["cat", "dog"]}
    html = texts.content_diff(QUESTION, old, {"stem": "Who?", "options": ["cat", "hen"]}, "en")
    assert html.count("<li>") == 2
    assert "<del>dog</del><ins>hen</ins>" in html
    assert html.count("<ins>") == 1


def test_lists_of_other_lengths_are_new_as_a_whole():
    html = texts.content_diff(QUESTION, {"options": ["cat"]}, {"options": ["cat", "dog"]}, "en")
    assert html.count("<ins>") == 2 and "<del>" not in html


@pytest.mark.parametrize(
    ("share", "said"), [(None, "–"), (0, "0 %"), (0.001, "1 %"), (0.5, "50 %"), (0.999, "99 %"), (1, "100 %")]
)
def test_a_share_is_not_rounded_up_to_all_nor_down_to_nothing(share, said):
    assert ui.percent(share) == said


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [(None, 1, "–"), (0.5528, 3, "0.553"), (41.58, 1, "41.6"), (1, 3, "1.000"), (-0.0004, 3, "-0.000"), (12345, None, "12,345")],
)
def test_a_number_is_rounded_not_cut_off(value, decimals, said):
    assert ui.number(value, decimals) == said


@pytest.mark.parametrize(("seconds", "said"), [(None, "–"), (5.9, "5 s"), (61, "1 min 1 s"), (7300, "2 h 1 min")])
def test_a_duration_reads_as_people_say_it(seconds, said):
    assert ui.duration(seconds) == said


def test_a_number_is_rounded_not_cut():
    assert [ui.number(41.56, 1), ui.number(47.6, 0), ui.number(1234.5), ui.number(None, 1)] == ["41.6", "48", "1,234.5", "–"]


def test_a_share_with_a_decimal_is_no_more_rounded_away():
    shares = (0.0024, 0.0001, 0.9999, 0.173)
    assert [ui.percent(one, 1) for one in shares] == ["0.2 %", "0.1 %", "99.9 %", "17.3 %"]
    assert (ui.percent(0.0, 1), ui.percent(1.0, 1)) == ("0.0 %", "100.0 %")


@pytest.mark.parametrize(
    ("seconds", "said"), [(None, "–"), (0.0123, "12 ms"), (3.21, "3.2 s"), (47.6, "48 s"), (150, "2 min 30 s")]
)
def test_a_short_time_is_told_to_the_digit_that_matters(seconds, said):
    assert ui.brief(seconds) == said


def test_a_meter_says_in_words_what_it_shows():
    html = ui.meter("Swahili", 60, verified=12, drafted=0)
    assert 'aria-label="Swahili: 12 verified of 60"' in html
    assert 'width="20.000"' in html
    assert "style=" not in html


def test_a_meter_of_nothing_is_empty():
    assert 'width="0.000"' in ui.meter("none", 0, done=0)


def test_a_moment_has_its_exact_time_at_hand():
    moment = datetime.now(UTC) - timedelta(hours=2)
    html = ui.when(moment)
    assert moment.isoformat() in html and "UTC" in html and "2" in html


@pytest.mark.parametrize(
    ("value", "least", "said"),
    [("4.0000", 0, "4"), ("4.2500", 0, "4.25"), ("2.000000", 2, "2.00"), ("0.042500", 2, "0.0425"), ("1400.00", 0, "1,400"), ("0", 2, "0.00")],
)
def test_an_exact_number_loses_no_digit_and_drags_no_zeros(value, least, said):
    assert ui.exact(Decimal(value), least) == said


@pytest.mark.parametrize(
    ("reader", "tag", "name"),
    [
        ("en", "my", "Burmese"), ("ar", "my", "البورمية"), ("zh-hans", "sw", "斯瓦希里语"),
        ("sw", "zh-Hant", "Kichina (Cha jadi)"), ("fr", "nope", "nope"),
    ],
)
def test_a_language_is_called_what_its_reader_calls_it(reader, tag, name):
    with translation.override(reader):
        assert texts.language_called(tag) == name


def test_where_a_text_came_from_is_said_in_the_readers_language():
    with translation.override("es"):
        assert ">automática<" in ui.origin(Translation(origin="machine"))
