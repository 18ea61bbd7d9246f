"""Machines that are stuck, and languages that double their words."""

import pytest

from tests.pipelines.checking import said

SOURCE = "They went home slowly after the rain had stopped."


@pytest.mark.parametrize(
    ("target", "language", "verdict"),
    [
        ("Se fueron a casa a casa a casa a casa a casa.", "es", "fail"),
        ("Se fueron lentamente lentamente a casa.", "es", "warn"),
        ("Dijeron que que no.", "es", "ok"),
        ("Walienda nyumbani pole pole.", "sw", "ok"),
        ("Walienda moja kwa moja kwa nyumba.", "sw", "ok"),
        ("Walienda nyumbani kwao nyumbani kwao baada ya mvua.", "sw", "warn"),
        ("Wenn es geputzt wird, wird es gut.", "de", "ok"),
        ("وہ آہستہ آہستہ گھر گئے۔", "ur", "ok"),
        ("وہ ساتھ ساتھ ساتھ ساتھ ساتھ گئے۔", "ur", "fail"),
        ("သူတို့အိမ်ပြန်သည်သူတို့အိမ်ပြန်သည်", "my", "warn"),
        ("အိမ်အိမ်အိမ်အိမ်အိမ်", "my", "fail"),
        ("ทำๆ ไปเรื่อยๆ", "th", "ok"),
        ("1 1 1 1 1", "es", "ok"),
    ],
)
def test_loops_are_found_and_doubled_words_left_alone(target, language, verdict):
    assert said("repeated", SOURCE, target, language).verdict == verdict


def test_what_the_source_repeats_the_translation_may_repeat():
    assert said("repeated", "Row row row row your boat", "Rema rema rema rema tu barca").verdict == "ok"
    assert said("repeated", "Row your boat", "Rema rema rema rema tu barca").verdict == "fail"


def test_formulas_keep_words_apart():
    assert said("repeated", SOURCE, "La longitud de $a^2$ metros y $b^2$ metros y $c^2$", "es").verdict == "ok"
