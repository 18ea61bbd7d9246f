"""Agreement on texts: identical ones, and how alike the others are."""

import unicodedata

import pytest

from annotation.agreement import agreement
from annotation.records import Answer


def found(*texts: str) -> dict[str, float | None]:
    votes = [Answer(1, f"w{number}", text) for number, text in enumerate(texts)]
    return {name: one.value for name, one in agreement(votes, "text").measures.items()}


def test_identical_texts_are_counted_and_alike_ones_scored():
    assert found("Paka aliketi.", "Paka aliketi.") == {"identical": 1, "chrf": 1}
    near, far = found("Paka aliketi.", "Paka ameketi."), found("Paka aliketi.", "Mbwa hukimbia sana")
    assert near["identical"] == far["identical"] == 0
    assert 1 > near["chrf"] > far["chrf"] > 0


def test_neither_text_is_the_reference():
    assert found("Paka aliketi.", "Paka mdogo aliketi juu.") == found("Paka mdogo aliketi juu.", "Paka aliketi.")


def test_three_texts_are_compared_two_by_two():
    one, two, three = "Paka aliketi.", "Paka ameketi.", "Mbwa."
    pairs = [found(*pair)["chrf"] for pair in ((one, two), (one, three), (two, three))]
    assert found(one, two, three)["chrf"] == pytest.approx(sum(pairs) / 3)


def test_the_same_letters_in_another_unicode_form_are_alike_though_not_identical():
    composed, apart = (unicodedata.normalize(form, "café à la") for form in ("NFC", "NFD"))
    assert found(composed, apart) == {"identical": 0, "chrf": 1}
