"""Baselines: what each answers, from what it learned, and that it never saw what it must not see."""

import asyncio
from dataclasses import replace

import pytest

from pipelines.baselines import baselines
from pipelines.records import Generated, Row
from pipelines.rows import FOLDS, folds

LABELS = ("entailment", "neutral", "contradiction")
HYPOTHESES = {
    "entailment": ("Some people are there.", "Somebody is outside."),
    "neutral": ("They wait for a friend.", "It is their first time."),
    "contradiction": ("Nobody is there.", "Nothing happens at all."),
}


def pair(number: int, label: str, *, language: str = "en", hypothesis: str = "") -> Row:
    text = hypothesis or HYPOTHESES[label][number % 2]
    texts = {"premise": f"People stand at place {number}.", "hypothesis": text}
    return Row(f"p{number}-{label}", language, "test", f"s{number}", texts, LABELS, label)


def question(number: int, right: str, *options: str) -> Row:
    return Row(f"q{number}", "en", "test", f"q{number}", {"stem": f"Question {number}?"}, options, right)


PAIRS = [pair(number, label) for number in range(12) for label in LABELS]


def withheld(rows):
    return [replace(row, answer=None) for row in rows]


def test_majority_answers_the_most_frequent_label():
    train = [pair(1, "neutral"), pair(2, "neutral"), pair(3, "entailment")]
    assert baselines.build("majority").predict(withheld(PAIRS[:2]), train) == ["neutral", "neutral"]


def test_of_equally_frequent_labels_majority_takes_the_first_in_the_schemas_order():
    train = [pair(1, "contradiction"), pair(2, "neutral")]
    assert baselines.build("majority").predict(withheld(PAIRS[:1]), train) == ["neutral"]


def test_where_every_row_has_its_own_options_majority_goes_by_position():
    train = [question(1, "b", "a", "b"), question(2, "d", "c", "d"), question(3, "e", "e", "f")]
    asked = withheld([question(4, "x", "x", "y", "z"), question(5, "u", "u")])
    assert baselines.build("majority").predict(asked, train) == ["y", "u"]


def test_tfidf_learns_what_the_words_of_a_hypothesis_give_away():
    train, asked = PAIRS[:24], PAIRS[24:]
    assert baselines.build("tfidf_logreg").predict(withheld(asked), train) == [row.answer for row in asked]


def test_tfidf_keeps_premise_and_hypothesis_apart():
    """The same word in the other field is another feature."""
    train = [
        Row(str(number), "en", "train", str(number), {"premise": a, "hypothesis": b}, LABELS[:2], answer)
        for number, (a, b, answer) in enumerate([("red", "blue", "entailment"), ("blue", "red", "neutral")] * 4)
    ]
    asked = [replace(train[0], texts={"premise": "red", "hypothesis": "blue"}), replace(train[1])]
    assert baselines.build("tfidf_logreg").predict(withheld(asked), train) == ["entailment", "neutral"]


def test_tfidf_judges_options_one_by_one_and_takes_the_likeliest():
    train = [question(number, f"the true one {number}", f"a false {number}", f"the true one {number}") for number in range(9)]
    asked = [question(20, "?", "a false 1", "a false 2", "the true one 3"), question(21, "?", "the true one 9", "a false 8")]
    assert baselines.build("tfidf_logreg").predict(withheld(asked), train) == ["the true one 3", "the true one 9"]


@pytest.mark.parametrize("language", ["en", "my", "zh-Hant", "hi", "ar"])
def test_tfidf_gives_the_same_answers_again_in_every_kind_of_script(language):
    words = {"en": "no yes", "my": "မဟုတ်ဘူး ဟုတ်တယ်", "zh-Hant": "沒有 是的", "hi": "नहीं हाँ", "ar": "لا نعم"}[language].split()
    train = [pair(n, LABELS[n % 2], language=language, hypothesis=words[n % 2] * (1 + n % 3)) for n in range(12)]
    asked = [pair(50 + n, LABELS[n % 2], language=language, hypothesis=words[n % 2]) for n in range(4)]
    baseline = baselines.build("tfidf_logreg")
    first = baseline.predict(withheld(asked), train)
    assert first == baseline.predict(withheld(asked), train) == [row.answer for row in asked]


def test_tfidf_survives_texts_without_a_letter_and_one_label_only():
    empty = [replace(row, texts={"premise": "…", "hypothesis": "?!"}) for row in PAIRS[:6]]
    assert len(baselines.build("tfidf_logreg").predict(withheld(empty), empty)) == 6
    alike = [pair(number, "neutral") for number in range(4)]
    assert baselines.build("tfidf_logreg").predict(withheld(PAIRS[:1]), alike) == ["neutral"]


def test_tfidf_without_rows_to_learn_from_answers_nothing():
    assert baselines.build("tfidf_logreg").predict(withheld(PAIRS[:2]), []) == [None, None]


def test_folds_keep_rows_of_one_source_text_together_and_are_of_about_one_size():
    parts = folds(PAIRS)
    assert len(parts) == FOLDS and sorted(row.key for part in parts for row in part) == sorted(row.key for row in PAIRS)
    homes = [{row.cluster for row in part} for part in parts]
    assert sum(map(len, homes)) == len(set.union(*homes))
    assert max(map(len, parts)) - min(map(len, parts)) <= 3


def test_folds_do_not_depend_on_the_order_of_the_rows():
    def homes(rows):
        return [sorted(row.key for row in part) for part in folds(rows)]

    assert homes(PAIRS) == homes(PAIRS[::-1])


def asked_of(row: Row, said: object):
    """What llm_choice makes of an answer, and the request it was an answer to."""
    requests = []

    async def generate(request):
        requests.append(request)
        return Generated({"answer": said}, "0" * 64, "model")

    return asyncio.run(baselines.build("llm_choice").answer(row, generate)), requests[0]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("neutral", "neutral"), (" Neutral\n", "neutral"), ("NEUTRAL", "neutral"),
        ("neutral.", None), ("maybe", None), ("", None), (None, None), (1, None), (["neutral"], None),
    ],
)  # fmt: skip
def test_an_answer_is_one_of_the_choices_or_none(said, read):
    assert asked_of(replace(PAIRS[0], answer=None), said)[0] == read


def test_options_that_differ_in_capitals_only_must_be_told_apart():
    row = question(1, "US", "US", "us")
    assert asked_of(row, "us")[0] == "us"
    assert asked_of(row, "Us")[0] is None


def test_the_model_is_shown_the_texts_and_the_choices_and_not_the_answer():
    _, request = asked_of(question(1, "b", "a", "b"), "a")
    assert request.input == {"stem": "Question 1?", "choices": ["a", "b"]}
    assert "Question 1?" in request.messages[-1]["content"] and '["a", "b"]' in request.messages[-1]["content"]
    assert request.shape == {"answer": ""} and request.target == "en"


def test_another_prompt_would_be_another_signature():
    assert "|prompt:choose:" in baselines.build("llm_choice").signature()
