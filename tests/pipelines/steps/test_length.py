"""What is too long or too short, once it is known what is usual."""

import pytest

from tests.pipelines.checking import draft, said

SOURCE = "The sisters opened a tea house beside the river."
# Translations into this language are twice as long: from 1.8 to 2.2 times the source.
NORMS = {"length": tuple(1.8 + 0.004 * percent for percent in range(101))}


@pytest.mark.parametrize(
    ("times", "verdict"), [(2.0, "ok"), (1.6, "ok"), (1.3, "warn"), (0.9, "warn"), (0.7, "fail"), (2.9, "warn"), (5.2, "fail")]
)
def test_usual_is_what_the_datasets_translations_are(times, verdict):
    assert said("length", draft(SOURCE, "a" * int(times * len(SOURCE)), "es", norms=NORMS)).verdict == verdict


def test_before_there_are_enough_the_source_says_what_is_usual():
    assert said("length", draft(SOURCE, "a" * int(2.9 * len(SOURCE)), "es")).verdict == "fail"
    assert said("length", draft(SOURCE, "a" * int(0.9 * len(SOURCE)), "es")).verdict == "ok"


def test_spaces_in_a_row_are_no_length():
    assert said("length", SOURCE, "Las hermanas abrieron" + " " * 200 + "una casa de té.", "es").verdict == "ok"
