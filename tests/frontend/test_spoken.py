"""English sentences of the code below the pages are said in the reader's language, also those that were put on record as text."""

from collections.abc import Iterator
from string import Formatter

import pytest
from django.utils import translation

from core.languages import language
from core.told import Told, listed, told
from frontend import messages, spoken
from frontend.spoken import recalled

LANGUAGES = ["ar", "es", "fr", "sw", "zh-hans"]


def _examples() -> Iterator[Told]:
    """Every sentence with values that is translated, with some value at each place."""
    for one in messages.kept("es"):
        said = one.id if isinstance(one.id, str) else ""
        names = {name: spec or "" for _text, name, spec, _how in Formatter().parse(said) if name} if "{" in said and "%(" not in said else {}
        if names and all(map(str.isidentifier, names)):
            yield told(said, **{name: _value(name, spec) for name, spec in names.items()})


def _value(name: str, spec: str) -> str | float:
    return 1234 if spec.endswith((",", "x")) else 0.25 if spec else f"Ж{name}Ж"


@pytest.fixture(scope="module")
def examples() -> list[Told]:
    return [one for one in _examples() if any(map(str.isalpha, one.template))]


def test_each_sentence_that_is_put_on_record_is_found_again_with_its_values(examples):
    assert len(examples) > 400
    for one in examples:
        again = recalled(str(one))
        assert again is not None, one.template
        assert (again.template, set(again.values)) == (one.template, set(one.values))


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_sentence_on_record_is_said_as_one_just_told(tag: str, examples):
    with translation.override(tag):
        assert [one.template for one in examples if spoken.spoken(str(one)) != spoken.spoken(one)] == []


def test_a_sentence_nobody_translates_stays_as_it_is():
    with translation.override("ar"):
        assert spoken.spoken("Ein Satz von jemandem.") == "Ein Satz von jemandem."
        assert recalled("Ein Satz von jemandem.") is None


def test_in_english_nothing_is_looked_for(monkeypatch):
    monkeypatch.setattr(spoken, "recalled", lambda sentence: pytest.fail("looked for"))
    assert spoken.spoken("There is no sentence 3.") == "There is no sentence 3."


def test_a_text_that_is_quoted_is_nobodys_word_but_the_authors():
    """Quoted, a text that happens to be a sentence of ours stays; unquoted it is said as ours: the control."""
    ours = str(told("There are too few letters to tell."))
    quoted = str(told("What came back: “{back}”", back=ours))
    free = str(told("The judge gave no answer: {error}", error=ours))
    with translation.override("fr"):
        assert ours in spoken.spoken(quoted)
        assert spoken.spoken(quoted) != quoted
        assert ours not in spoken.spoken(free)


def test_a_single_word_may_be_a_name_and_stays_unless_it_was_told():
    with translation.override("es"):
        field = told("There is no {field} in {language}.", field="answer", language="sw")
        assert "answer" in spoken.spoken(field)
        state = told("It is {status}, and so cannot be rejected.", status=told("verified"))
        assert "verified" not in spoken.spoken(state)


def test_what_is_wrong_with_each_field_is_said_with_the_field_as_it_is_called():
    said = listed({"answer": told("is empty"), "stem": told("is longer than {limit} characters", limit=10)})
    with translation.override("es"):
        heard = spoken.spoken(said)
    assert heard.startswith("answer ") and "; stem " in heard and "10" in heard
    assert heard != said


def test_a_language_is_called_what_its_reader_calls_it():
    said = told("{release} has no rows in {language} ({tag}).", release="1.0.0", language=language("my"), tag="my")
    assert "Burmese (my)" in said
    with translation.override("es"):
        assert "birmano (my)" in spoken.spoken(said)


def test_what_a_check_raised_is_said_too():
    error = ValueError(told("is not a JSON object"))
    with translation.override("zh-hans"):
        assert "JSON" in spoken.spoken(told("the line {error}", error=error))
        assert "is not a" not in spoken.spoken(told("the line {error}", error=error))
