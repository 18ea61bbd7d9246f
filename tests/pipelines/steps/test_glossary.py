"""Agreed renderings: used, missing, locked, and in scripts without spaces."""

from pipelines.records import Term
from tests.pipelines.checking import draft, looked, said

DATES = Term("date palm", "mtende / mitende")


def test_a_term_that_is_not_rendered_as_agreed_is_for_people():
    assert said("glossary", draft("A date palm", "Mti wa tende", "sw", terms=(DATES,))).verdict == "warn"
    assert said("glossary", draft("A date palm", "Mtende mmoja", "sw", terms=(DATES,))).verdict == "ok"


def test_a_locked_term_fails():
    locked = Term("date palm", "mtende", locked=True)
    found = said("glossary", draft("A date palm by a house", "Mti kando ya nyumba", "sw", terms=(Term("house", "nyumba"), locked)))
    assert (found.verdict, found.value) == ("fail", 0.5)
    assert "date palm" in found.detail and "mtende" in found.detail


def test_every_listed_variant_is_right():
    for target in ("Mitende miwili", "MTENDE"):
        assert said("glossary", draft("date palm", target, "sw", terms=(DATES,))).verdict == "ok"
    assert said("glossary", draft("cat", "gato", "es", terms=(Term("cat", "minino; gato"),))).verdict == "ok"


def test_endings_do_no_harm_and_a_changed_stem_must_be_listed():
    assert said("glossary", draft("in Ankara", "Ankara'da", "tr", terms=(Term("Ankara", "Ankara"),))).verdict == "ok"
    assert said("glossary", draft("his book", "kitabı", "tr", terms=(Term("book", "kitap"),))).verdict == "warn"
    assert said("glossary", draft("his book", "kitabı", "tr", terms=(Term("book", "kitap / kitab"),))).verdict == "ok"


def test_spaces_do_not_count_where_a_script_has_none():
    delhi = Term("New Delhi", "နယူး ဒေလီ")
    assert said("glossary", draft("New Delhi", "နယူးဒေလီမြို့", "my", terms=(delhi,))).verdict == "ok"
    assert said("glossary", draft("New Delhi", "New Delhi မြို့", "my", terms=(delhi,))).verdict == "warn"


def test_without_terms_there_is_nothing_to_say():
    assert looked("glossary", draft("A house", "Nyumba", "sw")) is None
    assert looked("glossary", draft("A house", "Nyumba", "sw", terms=(Term("house", " "),))) is None
