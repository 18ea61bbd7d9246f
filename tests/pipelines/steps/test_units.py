"""Units and currencies beside numbers: kept, exchanged, or not to be told."""

import pytest

from tests.pipelines.checking import draft, looked, said


@pytest.mark.parametrize(
    ("source", "target", "language", "verdict"),
    [
        ("It is 5 km away.", "Ni kilomita 5 kutoka hapa.", "sw", "ok"),
        ("It is 5 km away.", "Ni maili 5 kutoka hapa.", "sw", "fail"),
        ("It is 5 km away.", "Está a cinco de aquí.", "es", "warn"),
        ("It weighs 3 kg.", "وزنه ٣ كيلوغرامات.", "ar", "ok"),
        ("It weighs 3 pounds.", "Pesa 3 libras.", "es", "ok"),
        ("It weighs 3 pounds.", "Pesa 3 kilos.", "es", "fail"),
        ("It costs 3 pounds.", "Cuesta 3 libras.", "es", "ok"),
        ("It is 30 °C.", "အပူချိန် ၃၀ ဒီဂရီစင်တီဂရိတ်", "my", "ok"),
        ("It is 30 °C.", "It is 86 °F", "es", "fail"),
        ("Sold at 20% off", "২০ শতাংশ ছাড়", "bn", "ok"),
        ("Sold at 20% off", "၂၀ ရာခိုင်နှုန်း", "my", "ok"),
        ("Sold at 20 percent off", "İndirim yüzde 20", "tr", "ok"),
        ("It costs $20.", "Inagharimu dola 20.", "sw", "ok"),
        ("It costs $20.", "Es kostet 20 Euro.", "de", "fail"),
        ("It costs $20.", "20달러입니다.", "ko", "ok"),
        ("The wall is $40$ metres long.", "দেওয়ালটি 40 মিটার লম্বা।", "bn", "ok"),
        ("A profit of $5\\%$", "Un bénéfice de 5 %", "fr", "ok"),
        ("It is 5 km away.", "5 km-ra dago.", "eu", "abstain"),
    ],
)
def test_units_beside_numbers_are_kept(source, target, language, verdict):
    assert said("units", source, target, language).verdict == verdict


@pytest.mark.parametrize(
    "source",
    [
        "No number, no dollar.", "There are 5 buckets.", "Over 5 centuries", "5 milestones", "It has 5m users.",
        "See $3 + x = 4$", "The sides $5, 4$ and $3$",
    ],  # fmt: skip
)
def test_where_there_is_no_unit_there_is_nothing_to_say(source):
    assert looked("units", draft(source, "Nada.", "es")) is None


def test_the_finding_says_what_became_what():
    assert said("units", "It is 5 km away.", "Ni maili 5 kutoka hapa.", "sw").detail.startswith("“5 km” of the source became maili 5")
