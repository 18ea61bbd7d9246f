"""Scores in batches and one by one: the very numbers of sacreBLEU's own loop, in every script."""

import numpy as np
import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU, CHRF, TER

from core.languages import language
from pipelines import ngrams, score_batches
from pipelines.steps._scores import prepared, scorer, tokenizer

SCRIPTS = {
    "en": "abcde fgh ,.!?-'\"&<>012", "sw": "abw aik u ngo.,", "ru": "абвгд еж,.«»", "ar": "ابتثج حخد،؟٠١٢", "my": "ကခဂငစဆ ာိီုူ။၀၁",
    "th": "กขคงจฉชาิีเแ ๐๑", "zh": "我们知道不会改变。，12", "hi": "कखगघङ ािीु।०१", "am": "ሀለሐመሠ ረሰ።፣", "en-x": "\u200b\u00a0\u0301e\u2028-\t😀🏽 ",
}  # fmt: skip
TAGS = st.sampled_from([tag for tag in SCRIPTS if tag != "en-x"])


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, list[tuple[str, str]]]:
    """A language and pairs of texts, mostly in its script, often sharing a stretch."""
    tag = draw(TAGS)
    letters = st.text(st.sampled_from(SCRIPTS[tag] * 3 + SCRIPTS["en-x"]), max_size=40)
    text = st.one_of(letters, st.text(max_size=12))
    shared = st.tuples(text, text, text).map(lambda t: (t[0] + " " + t[1], t[1] + " " + t[2]))
    return tag, draw(st.lists(st.one_of(shared, st.tuples(text, text)), min_size=1, max_size=8))


def obvious(tag: str, pairs: list[tuple[str, str]]) -> dict[str, list[float]]:
    metrics = {
        "bleu": BLEU(tokenize=tokenizer(language(tag)), effective_order=True), "chrf": CHRF(word_order=2), "ter": TER(),
    }  # fmt: skip
    return {
        name: [metric.sentence_score(prepared(a), [prepared(b)]).score for a, b in pairs] for name, metric in metrics.items()
    }


def test_the_private_parts_of_sacrebleu_are_those_of_this_version():
    """A newer sacreBLEU may do its work by other parts: compare the numbers below, then raise the version here."""
    assert sacrebleu.__version__ == "2.6.0"
    for metric in (BLEU(effective_order=True), CHRF(word_order=2), TER()):
        for part in ("_preprocess_segment", "_cache_references", "_compute_segment_statistics", "_compute_score_from_stats"):
            assert callable(getattr(metric, part))


@settings(max_examples=300, deadline=None)
@given(pairs())
def test_batches_give_the_numbers_of_the_loop_in_every_script(case):
    tag, some = case
    wanted = obvious(tag, some)
    found = score_batches.score([a for a, _ in some], [b for _, b in some], language(tag))
    assert found["bleu"].values == wanted["bleu"]
    assert found["chrf"].values == wanted["chrf"]


@settings(max_examples=60, deadline=None)
@given(pairs())
def test_single_scores_are_the_numbers_of_the_loop(case):
    tag, some = case
    for name, values in obvious(tag, some).items():
        assert [scorer(name, language(tag)).score(a, b) for a, b in some] == values


@pytest.mark.parametrize("tag", ["ja", "ko"])
def test_languages_with_tokenizers_of_their_own_give_the_same(tag):
    some = [("知っています、東京。", "東京を知っています。"), ("우리는 압니다.", "우리는 그것을 압니다.")]
    found = score_batches.score([a for a, _ in some], [b for _, b in some], language(tag))
    assert found["bleu"].values == obvious(tag, some)["bleu"]


def test_texts_of_more_letters_than_fit_a_number_are_counted_by_sacrebleu():
    varied = "".join(chr(0x4E00 + n) for n in range(6000))
    some = [(varied, varied[:3000] + varied[3100:]), ("short", "short")]
    with pytest.raises(ngrams.TooVaried):
        ngrams.of_characters([varied], [varied], 6)
    found = score_batches.score([a for a, _ in some], [b for _, b in some], language("en"))
    assert found["chrf"].values == obvious("en", some)["chrf"]


def test_statistics_of_several_chunks_add_up_to_the_corpus_score(monkeypatch):
    monkeypatch.setattr(score_batches, "CHUNK", 3)
    backs = [f"the {n} cats sat on mat number {n * 7}" for n in range(8)]
    sources = [f"the {n} cats sit on the mat number {n * 7}." for n in range(8)]
    found = score_batches.score(backs, sources, language("en"))
    assert found["bleu"].values == obvious("en", list(zip(backs, sources, strict=True)))["bleu"]
    for name, metric in {"bleu": BLEU(effective_order=True), "chrf": CHRF(word_order=2)}.items():
        whole = metric._compute_score_from_stats(found[name].statistics.sum(axis=0).tolist()).score
        assert whole == pytest.approx(metric.corpus_score(backs, [sources]).score, abs=1e-9)


def test_no_pairs_have_no_scores():
    found = score_batches.score([], [], language("en"))
    assert found["bleu"].values == [] and "tok:13a" in found["bleu"].signature


def test_shared_ngrams_are_clipped_as_counted_by_hand():
    one, two = ngrams.of_characters(["aab"], ["ab"], 2)
    # aab: a, a, b; ab: a, b. Of order 2: aa, ab; ab.
    assert [list(map(int, part)) for part in (one.first, one.second, one.both)] == [[3], [2], [2]]
    assert [list(map(int, part)) for part in (two.first, two.second, two.both)] == [[2], [1], [1]]
    assert one.both.dtype == np.int64
