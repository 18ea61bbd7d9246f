"""Other scripts: ISO 15919 by our own table, which agrees with ICU's where ICU keeps to it, and ICU's transforms where ICU is."""

import asyncio
from dataclasses import replace

import pytest

from core.errors import Invalid
from pipelines.records import Draft
from pipelines.steps import steps
from pipelines.steps import transliterate as step
from pipelines.steps._iso15919 import iso15919
from tests.contracts.lessons import KIND

WORDS = {
    "नमस्ते दुनिया": "namastē duniyā",
    "कृष्ण ज्ञान": "kr̥ṣṇa jñāna",
    "क़लम लड़का": "qalama laṛakā",
    "भाषा": "bhāṣā",
    "தமிழ் மொழி": "tamiḻ moḻi",
    "తెలుగు": "telugu",
    "ಕನ್ನಡ": "kannaḍa",
    "മലയാളം അവൻ": "malayāḷaṁ avan",
    "ગુજરાતી ૧૨૩": "gujarātī 123",
}
# Where the standard and ICU differ: the anusvara, a doubled letter, vowels side by side, and Sinhala, which ICU lacks.
OURS = {
    "संस्कृत": "saṁskr̥ta",
    "ਮੱਖਣ ਪੰਜਾਬੀ": "makkhaṇa paṁjābī",
    "बऔर गई": "baaura gaī",
    "कइ": "ka:i",
    "বাংলা": "bāṁlā",
    "ଓଡ଼ିଆ": "ōṛiā",
    "සිංහල": "siṁhala",
    "राम।": "rāma.",
    "Bus नं 5": "Bus naṁ 5",
}


@pytest.mark.parametrize("word", [*WORDS, *OURS])
def test_the_table_writes_as_the_standard_does(word):
    assert iso15919(word) == (WORDS | OURS)[word]


@pytest.mark.parametrize("word", WORDS)
def test_it_agrees_with_icu(word):
    icu = pytest.importorskip("icu")
    assert icu.Transliterator.createInstance("Any-Latin").transliterate(word) == iso15919(word)


@pytest.mark.parametrize("word", ["क़", "ड़"])
def test_a_letter_of_one_code_point_is_the_one_of_two(word):
    assert len(word) == 2 and iso15919({"क़": "\u0958", "ड़": "\u095c"}[word]) == iso15919(word)


def written(text: str, tag: str, **params) -> Draft:
    draft = Draft(KIND, {"passage": text}, tag, tag, item={"passage": text})
    return asyncio.run(steps.build({"name": "transliterate", "params": params}).run(draft, None))


def test_the_new_items_language_says_its_script_and_foreign_letters_are_named():
    done = written("बस Ω", "hi")
    assert (done.made[0].language, done.made[0].fields) == ("hi-Latn", {"passage": "basa Ω"})
    assert done.findings[0].verdict == "warn" and "Ω" in done.findings[0].detail


def test_a_text_that_is_written_so_already_makes_nothing():
    assert not written("basa", "hi").made


def test_icus_transforms_are_there_where_icu_is():
    pytest.importorskip("icu")
    done = written("Привет, мир", "ru", by="Cyrillic-Latin")
    assert (done.made[0].language, done.made[0].fields["passage"]) == ("ru-Latn", "Privet, mir")
    assert done.made[0].notes["by"].startswith("icu:")
    with pytest.raises(Invalid, match="no transform 'Klingon-Latin'"):
        steps.build({"name": "transliterate", "params": {"by": "Klingon-Latin"}})


def test_without_icu_its_transforms_say_how_to_have_them_and_iso_15919_is_there(monkeypatch):
    monkeypatch.setattr(step, "icu", None)
    with pytest.raises(Invalid, match="unavailable: pip install"):
        steps.build({"name": "transliterate", "params": {"by": "Cyrillic-Latin"}})
    assert written("बस", "hi").made[0].fields == {"passage": "basa"}


def test_a_variety_keeps_its_country():
    assert written("बस", "hi-IN").made[0].language == "hi-Latn-IN"
    assert replace(written("बस", "hi"), made=()).content is None
