"""A task's questions as they stand on the page."""

import json
import re

from annotation.asks import asked_now
from annotation.asks.label import Label
from annotation.asks.preference import Preference
from annotation.asks.spans import Spans
from annotation.asks.writing import Writing
from annotation.records import Question
from annotation.schema import Kind
from frontend.pages.asking import drawn
from frontend.storage import IMPORTS
from frontend.templatetags.texts import markable
from tests.asked import Asked

KIND = Kind.model_validate({"fields": {"text": {"type": "text", "translate": True}, "options": {"type": "list", "translate": True}}})
SOURCE, DRAFT = {"text": "An 👩🏽‍🚀.", "options": ["a", "b"]}, {"text": "عالمة.", "options": ["ا", "ب"]}
QUESTION = Question(KIND, "record", SOURCE, DRAFT, "en", "ar")
NAMES = Spans(name="names", text="Mark", over=("source.text", "target.text", "target.options"), labels=({"value": "a", "text": "A"},))


def one(ask, answers=()):
    return drawn(QUESTION, Asked(questions=(ask,)), dict(answers), {}, seed=1)[0]


def test_who_marks_nothing_says_that_there_is_nothing():
    value = json.loads(one(NAMES).as_json)
    assert {place: one["length"] for place, one in value["texts"].items()} == {
        "source.text": len(SOURCE["text"]), "target.text": 6, "target.options.0": 1, "target.options.1": 1,
    }  # fmt: skip
    assert NAMES.problem(value, QUESTION, {}) is None


def test_both_languages_of_a_field_stand_beside_each_other():
    rows = [[(text.place, text.tag) for text in row] for row in one(NAMES).marked]
    assert rows == [
        [("source.text", "en"), ("target.text", "ar")],
        [("target.options.0", "ar")],
        [("target.options.1", "ar")],
    ]


def test_a_text_to_mark_keeps_its_line_endings_in_the_page():
    html = markable("a\r\nb<i>", "en", "source.text", "text")
    assert "a&#13;\nb&lt;i&gt;" in html


def test_a_condition_may_name_what_was_preferred():
    better = Preference(name="better", text="Better?", between=("source.text", "target.text"))
    asks = (better, Writing(name="why", text="Why?", when={"better": ("both_bad", "tie")}))
    bad = {"better": {"chosen": "both_bad", "order": ["left", "right"]}}
    assert [ask.name for ask in asked_now(asks, bad)] == ["better", "why"]
    assert [ask.name for ask in asked_now(asks, {"better": {"chosen": "left", "order": ["left", "right"]}})] == ["better"]
    assert [found.now for found in drawn(QUESTION, Asked(questions=asks), bad, {}, seed=1)] == [True, True]


def test_a_condition_on_what_is_not_asked_does_not_hold():
    first = Label(name="first", text="?", options=("yes", "no"))
    second = Label(name="second", text="?", options=("yes", "no"), when={"first": "yes"})
    third = Label(name="third", text="?", options=("yes", "no"), when={"second": "yes"})
    answers = {"first": "no", "second": "yes"}
    assert [ask.name for ask in asked_now((first, second, third), answers)] == ["first"]


def test_modules_find_each_other_under_hashed_names_however_they_are_imported():
    source = 'import temml from "../../vendor/temml.js";\nimport("./spans.js")'
    assert [re.search(pattern, source)["url"] for pattern, _template in IMPORTS] == ["../../vendor/temml.js", "./spans.js"]
