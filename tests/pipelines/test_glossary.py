"""Terms in a text, by hand and by file; and the glossary command."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Term as TermRow
from core.languages import language
from pipelines.glossary import Glossary
from pipelines.records import Term
from tests import world


def found(text: str, *sources: str, tag: str = "en") -> list[str]:
    glossary = Glossary(tuple(Term(source, f"<{source}>") for source in sources), language(tag))
    return [term.source for term in glossary.find(text)]


def test_the_longest_term_at_a_place_counts():
    assert found("New York City is no new york.", "New York", "New York City", "York") == ["New York City", "New York"]


def test_capitals_do_not_matter_but_for_what_is_written_in_capitals_only():
    assert found("the egypt of old", "Egypt") == ["Egypt"]
    assert found("It told us so. UPS rang.", "US", "UPS") == ["UPS"]
    assert found("In Puerto Rico", "Puerto rico", "Puerto Rico") == ["Puerto Rico"]


def test_terms_are_whole_words():
    assert found("The catalogue", "cat", "log") == []
    assert found("A cat's life: cat!", "cat") == ["cat"]
    assert found("U.S. troops", "U.S.") == ["U.S."]


def test_what_stands_between_the_words_of_a_term_may_be_any_space():
    assert found("Ramses\n II", "Ramses II") == ["Ramses II"]


@pytest.mark.parametrize(
    ("tag", "text", "term"),
    [
        ("ar", "زار مصر القديمة", "مصر"),
        ("my", "သူသည်အီဂျစ်သို့သွားသည်", "အီဂျစ်"),
        ("zh", "他去埃及了", "埃及"),
        ("hi", "वह मिस्र गया", "मिस्र"),
    ],
)
def test_terms_are_found_in_any_script(tag, text, term):
    assert found(text, term, tag=tag) == [term]


def test_part_of_a_burmese_letter_is_no_term():
    assert found("ကို", "က", tag="my") == []


def test_each_term_is_told_once_in_order():
    assert found("b a b", "a", "b") == ["b", "a"]


@pytest.mark.django_db
def test_the_command_takes_a_file_and_says_what_it_refused(tmp_path):
    cast, file, out = world.world(), tmp_path / "terms.csv", StringIO()
    file.write_text("Egypt,အီဂျစ်\nlonely,\n", encoding="utf-8")
    call_command("glossary", cast.dataset.slug, str(file), "--language", "my", "--json", stdout=out)
    said = json.loads(out.getvalue().splitlines()[-1])
    assert (said["added"], said["errors"]) == (1, [{"line": 2, "error": "target is missing"}])
    assert TermRow.objects.get().target == "အီဂျစ်"
    with pytest.raises(CommandError, match="no dataset"):
        call_command("glossary", "nowhere", str(file), "--language", "my")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("glossary", cast.dataset.slug, "/nowhere.csv", "--language", "my")
