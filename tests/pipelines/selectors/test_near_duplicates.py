"""Near-duplicates: what is alike is found, what is not stays, and every reject names one that was kept."""

import random

import pytest

from pipelines.selectors import Entry
from pipelines.selectors.near_duplicates import NearDuplicates, _plain


def entries(*texts: dict[str, str] | str) -> list[Entry]:
    given = [text if isinstance(text, dict) else {"en": text} for text in texts]
    return [Entry(f"s/{at}", "en", texts=one) for at, one in enumerate(given)]


def kept(selector: NearDuplicates, *texts: dict[str, str] | str) -> list[bool]:
    return [one.kept for one in selector.select(entries(*texts))]


SENTENCE = "The ferry carried fifteen buses over the river in the morning."


def test_the_first_of_two_alike_stays_and_the_other_names_it():
    first, second, third = NearDuplicates().select(entries(SENTENCE, SENTENCE[:-1] + "!", "Something else altogether."))
    assert first.kept and third.kept and not second.kept
    assert second.reason.startswith("Nearly the same as s/0: 9") and "(en)" in second.reason


def test_case_widths_and_spaces_make_no_difference_and_nothing_is_changed():
    assert kept(NearDuplicates(threshold=1), SENTENCE, f"  {SENTENCE.upper()} ", SENTENCE + " No.") == [True, False, True]


def test_what_is_near_a_rejected_one_only_stays():
    words = [f"word{at:02}" for at in range(40)]
    chain = [" ".join(words[at : at + 30]) for at in (0, 3, 6)]
    assert kept(NearDuplicates(threshold=0.75), *chain) == [True, False, True]


def test_of_equal_texts_one_stays_even_where_the_first_was_rejected_for_another_language():
    chosen = kept(
        NearDuplicates(),
        {"sw": "Kivuko kilibeba mabasi kumi na tano mtoni."},
        {"en": SENTENCE, "sw": "Kivuko kilibeba mabasi kumi na tano mtoni."},
        {"en": SENTENCE, "sw": "Sentensi nyingine kabisa isiyofanana."},
        {"en": SENTENCE, "sw": "Na nyingine tena, mbali na hizo mbili."},
    )
    assert chosen == [True, False, True, False]


def test_two_sources_in_different_languages_are_found_by_what_they_were_translated_into():
    galician = {"gl": "O transbordador levou quince autobuses.", "en": SENTENCE}
    portuguese = {"pt": "A balsa transportou quinze ônibus.", "en": SENTENCE}
    assert kept(NearDuplicates(), galician, portuguese) == [True, False]
    assert kept(NearDuplicates(languages=["gl", "pt"]), galician, portuguese) == [True, True]


def test_copies_in_another_language_are_found_only_across():
    copy = {"en": SENTENCE}, {"sw": SENTENCE}
    assert kept(NearDuplicates(), *copy) == [True, True]
    assert kept(NearDuplicates(across=True), *copy) == [True, False]
    assert "sw, en" in NearDuplicates(across=True).select(entries(*copy))[1].reason


def test_an_item_is_no_duplicate_of_itself():
    assert kept(NearDuplicates(across=True), {"en": SENTENCE, "sw": SENTENCE}) == [True]


@pytest.mark.parametrize(("threshold", "seed"), [(0.5, 1), (0.65, 2), (0.8, 3)])
def test_what_bands_find_is_what_looking_at_every_pair_finds(threshold, seed):
    chance = random.Random(seed)
    words = ["".join(chance.choices("abcdefghij", k=chance.randint(2, 7))) for _ in range(200)]
    texts = [" ".join(chance.choices(words, k=12)) for _ in range(150)]
    for _ in range(250):
        parts = chance.choice(texts[:150]).split()
        for _change in range(chance.randint(1, 3)):
            parts[chance.randrange(len(parts))] = chance.choice(words)
        texts.append(" ".join(parts))
    found = kept(NearDuplicates(threshold=threshold), *texts)
    assert found == obvious(texts, threshold)
    assert found.count(False) > 20


def obvious(texts: list[str], threshold: float) -> list[bool]:
    """The same by the definition."""
    grams = [{plain[at : at + 4] for at in range(len(plain) - 3)} for plain in map(_plain, texts)]
    stay: list[int] = []
    for at, mine in enumerate(grams):
        if all(len(mine & grams[one]) / len(mine | grams[one]) < threshold - 1e-9 for one in stay):
            stay.append(at)
    return [at in stay for at in range(len(texts))]
