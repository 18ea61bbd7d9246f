"""Of several translations the one most like the others, checked against sacreBLEU itself."""

import pytest
from sacrebleu import sentence_chrf

from annotation.aggregators import aggregators
from annotation.records import Answer

centroid = aggregators.build("text_centroid")
NEAR, MIDDLE, FAR = "Paka mweusi aliketi.", "Paka mweusi aliketi hapa.", "Mbwa wangu analala nje."


def written(*texts: str, weights: tuple[float, ...] = (1, 1, 1, 1)) -> list[Answer]:
    return [Answer(1, f"p{n}", f"digest of {text}", weights[n], {"text": text}) for n, text in enumerate(texts)]


def test_the_text_most_like_the_others_is_chosen_with_its_mean_chrf():
    verdict = centroid.aggregate(written(FAR, NEAR, MIDDLE))[1]
    expected = {
        one: sum(sentence_chrf(one, [other]).score for other in (NEAR, MIDDLE, FAR) if other != one) / 200
        for one in (NEAR, MIDDLE, FAR)
    }
    best = max(expected, key=expected.__getitem__)
    assert verdict.value == {"text": best}
    assert verdict.label == f"digest of {best}"
    assert verdict.confidence == pytest.approx(expected[best])
    assert not verdict.agreed


def test_a_text_that_two_people_wrote_beats_one_that_is_like_neither():
    verdict = centroid.aggregate(written(FAR, NEAR, FAR))[1]
    assert verdict.value == {"text": FAR}


def test_everybodys_same_text_is_agreed_for_certain():
    verdict = centroid.aggregate(written(NEAR, NEAR))[1]
    assert (verdict.confidence, verdict.agreed) == (1.0, True)


def test_somebody_who_weighs_nothing_pulls_nothing():
    alone = centroid.aggregate(written(NEAR, FAR, MIDDLE, weights=(1, 0, 1)))[1]
    assert alone.value != {"text": FAR}
    assert alone.confidence == pytest.approx(
        max(sentence_chrf(NEAR, [MIDDLE]).score, sentence_chrf(MIDDLE, [NEAR]).score) / 100, abs=1e-9
    )


def test_all_the_fields_of_a_text_count_and_come_back_as_they_were():
    one = {"question": "Nani?", "options": ["Ndiyo", "Hapana"]}
    other = {"question": "Nani?", "options": ["Ndio", "Hapana"]}
    verdict = centroid.aggregate([Answer(1, "a", "1", value=one), Answer(1, "b", "2", value=other)])[1]
    assert verdict.value in (one, other)
    assert 0.5 < verdict.confidence < 1


def test_without_a_value_the_label_is_the_text():
    verdict = centroid.aggregate([Answer(1, "a", NEAR), Answer(1, "b", MIDDLE), Answer(1, "c", MIDDLE)])[1]
    assert verdict.label == MIDDLE


@pytest.mark.parametrize("texts", [("", "x"), (" ", "\n"), ("不", "是"), ("ा", "\u200f")])
def test_texts_that_have_nothing_in_common_are_disputed(texts):
    verdict = centroid.aggregate(written(*texts))[1]
    assert verdict.confidence < 0.7 and not verdict.agreed
