"""Characters that should not be there, and those that only look so."""

import pytest

from tests.pipelines.checking import said


@pytest.mark.parametrize(
    ("target", "language", "verdict", "word"),
    [
        ("Una casa", "es", "ok", ""),
        ("Una ca\ufffda", "es", "fail", "U+FFFD"),
        ("Una ca\x07sa", "es", "fail", "U+0007"),
        ("Una\u200b casa", "es", "warn", "U+200B"),
        ("အိမ်\u200bတစ်လုံး", "my", "ok", ""),
        ("می\u200cروم", "fa", "ok", ""),
        ("Una ca\u00adsa", "es", "warn", "U+00AD"),
        ("בית\u200f", "he", "ok", ""),
        ("Una casa\u200f", "es", "warn", "U+200F"),
        ("بيت \u2067كبير\u2069", "ar", "ok", ""),
        ("بيت \u2067كبير", "ar", "warn", "begins"),
        ("بيت كبير\u202c", "ar", "warn", "did not begin"),
        ("Дом и доm", "ru", "warn", "доm"),
        ("3D-принтер и iPhone", "ru", "ok", ""),
        ("ডাtর এসেছে", "bn", "warn", "ডাtর"),
        ("Lamuသည် ရပ်သည်။", "my", "ok", ""),
        ("500 kΩ y 3 μm", "es", "ok", ""),
        ("ﻣﺮﺣﺒﺎ", "ar", "warn", "presentation"),
        ("كتاب يقرأ", "ur", "warn", "Arabic yeh"),
        ("\u1031\u1005\u1039\u1060ာ", "my", "warn", "Zawgyi"),
        ("Cafe\u0301 bonito", "es", "warn", "NFC"),
        ("মেয়ে \u09df", "bn", "ok", "looks the same"),
        ("👩\u200d👩\u200d👧 ja", "es", "ok", ""),
        ("👍🏽 ja", "es", "ok", ""),
    ],
)
def test_odd_characters_are_flagged_and_the_right_ones_are_not(target, language, verdict, word):
    found = said("characters", "A house", target, language)
    assert found.verdict == verdict
    assert word in found.detail


def test_what_the_source_has_too_is_not_the_translations_fault():
    assert said("characters", "A ho\ufffduse", "Una ca\ufffdsa", "es").verdict == "ok"


def test_foreign_quotation_marks_are_flagged_when_it_is_asked():
    check = {"name": "characters", "params": {"quotes": True}}
    assert said(check, '"Yes"', "»Sí«", "ja").verdict == "warn"
    assert said(check, '"Yes"', "「はい」", "ja").verdict == "ok"
    assert said("characters", '"Yes"', "»はい«", "ja").verdict == "ok"
