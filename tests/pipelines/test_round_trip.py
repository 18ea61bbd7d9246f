"""Round-trip scores: the traps of sentence BLEU, and the signature beside every number."""

import asyncio
import unicodedata

import pytest
from sacrebleu import __version__ as version
from sacrebleu.metrics import BLEU, CHRF

from annotation.edits import chrf
from annotation.schema import Kind
from core.languages import language
from pipelines.records import Draft
from pipelines.steps import steps
from pipelines.steps._scores import bleu, tokenizer

TEXT = Kind.model_validate({"fields": {"text": {"type": "text", "translate": True}}})


def scores(source: str, back: str | None, source_language: str = "en") -> dict[str, tuple[float | None, str]]:
    given = Draft(TEXT, {"text": source}, source_language, "sw", content={"text": "…"}, back=back and {"text": back})
    after = asyncio.run(steps.build("round_trip").run(given, None))
    return {found.check: (found.value, found.signature) for found in after.findings}


def test_both_scores_carry_the_full_signature():
    found = scores("We know it.", "We know it.")
    assert found["bleu"][1] == f"nrefs:1|case:mixed|eff:yes|tok:13a|smooth:exp|version:{version}|norm:nfc"
    assert found["chrf"][1] == f"nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|version:{version}|norm:nfc"


def test_the_signature_names_the_tokenizer_of_the_compared_language():
    assert "tok:zh" in scores("我们知道。", "我们知道。", "zh")["bleu"][1]
    assert "tok:ja-mecab" in scores("知っています。", "知っています。", "ja")["bleu"][1]
    assert "tok:ko-mecab" in scores("우리는 압니다.", "우리는 압니다.", "ko")["bleu"][1]


@pytest.mark.parametrize(
    ("tag", "name"),
    [("en", "13a"), ("ar", "13a"), ("zh-Hant", "zh"), ("ja", "ja-mecab"), ("ko", "ko-mecab"), ("th", "char"),
     ("my", "char"), ("km", "char"), ("lo", "char"), ("bo", "char")],
)  # fmt: skip
def test_scripts_without_spaces_are_compared_by_character(tag, name):
    assert tokenizer(language(tag)) == name


def test_a_perfect_match_of_three_words_scores_one_hundred():
    assert bleu("We know it", "We know it", language("en"))[0] == 100
    # The control: this is what sacreBLEU says without effective order.
    assert BLEU().sentence_score("We know it", ["We know it"]).score < 1


def test_thai_and_burmese_score_where_words_would_score_nothing():
    for tag, one, other in (
        ("th", "แมวนั่งอยู่บนเสื่อสีแดง", "แมวนั่งบนเสื่อสีแดง"),
        ("my", "ကြောင်သည် ဖျာပေါ်တွင် ထိုင်သည်။", "ကြောင်က ဖျာပေါ်မှာ ထိုင်သည်။"),
    ):
        assert bleu(one, other, language(tag))[0] > 40
        assert BLEU(effective_order=True).sentence_score(one, [other]).score < 30


def test_the_unicode_form_of_a_text_does_not_matter():
    composed, decomposed = "Điều này rất đúng, phải không ạ", unicodedata.normalize("NFD", "Điều này rất đúng, phải không ạ")
    assert composed != decomposed
    assert chrf(composed, decomposed)[0] == 100 and bleu(composed, decomposed, language("vi"))[0] == 100
    assert CHRF(word_order=2).sentence_score(composed, [decomposed]).score < 60  # the control


def test_a_lost_not_scores_better_than_a_good_paraphrase():
    """Why a round trip alone accepts nothing."""
    source = "We know it won't change students' behaviour instantly."
    lost = scores(source, "We know it will change students' behaviour instantly.")
    good = scores(source, "We know that it will not change student behavior immediately.")
    assert lost["bleu"][0] > 55 > good["bleu"][0]
    assert lost["chrf"][0] > 80 > good["chrf"][0]


def test_without_a_back_translation_there_is_no_score():
    assert scores("We know it.", None) == {}
