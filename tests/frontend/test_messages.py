"""The interface is whole in each of its languages: every word has its translation, with the same values and tags in it."""

import re
from string import Formatter

import pytest
from babel.messages import Catalog
from django.conf import settings
from django.template import Context, Template
from django.utils import translation

from core.told import told
from frontend import messages
from frontend.spoken import spoken

TAGS = [tag for tag, _name in settings.LANGUAGES if tag != "en"]
PERCENT = re.compile(r"%\((\w+)\)[sd]|%%")
TAG = re.compile(r"</?[a-zA-Z][^>]*>")


@pytest.fixture(scope="module")
def found() -> Catalog:
    return messages.words()


def test_the_interface_is_in_six_languages():
    assert {tag for tag, _name in settings.LANGUAGES} == {"en", "es", "fr", "ar", "sw", "zh-hans"}


@pytest.mark.parametrize("tag", TAGS)
def test_every_word_is_translated(tag: str, found: Catalog):
    catalog = messages.brought_up_to_date(tag, found)
    assert messages.missing(catalog) == [], "run manage.py messages, and translate what it says is missing"


@pytest.mark.parametrize("tag", TAGS)
def test_no_translation_is_kept_of_what_is_not_said_any_more(tag: str, found: Catalog):
    said = {one.id for one in found if one.id}
    assert [one.id for one in messages.kept(tag) if one.id and one.id not in said] == []


@pytest.mark.parametrize("tag", TAGS)
def test_what_django_reads_is_what_is_kept(tag: str):
    assert messages.file(tag).with_suffix(".mo").read_bytes() == messages.as_mo(messages.kept(tag)), "run manage.py messages"


@pytest.mark.parametrize("tag", TAGS)
def test_a_translation_has_the_values_and_tags_of_its_text(tag: str):
    assert [one.id for one in messages.kept(tag) if one.id and not _fits(one.id, one.string)] == []


def _fits(said: str | tuple[str, ...], translated: str | tuple[str, ...]) -> bool:
    if isinstance(said, str):
        return _parts(said) == _parts(translated)
    # A form that is for one number alone need not say it.
    most = _parts(said[-1])
    return all(_parts(one)[0] <= most[0] and _parts(one)[1:] in (_parts(said[0])[1:], most[1:]) for one in translated)


def _parts(text: str) -> tuple[set[str], list[tuple[str, str | None, str | None]], list[str]]:
    named = sorted((name, how, spec) for _text, name, spec, how in Formatter().parse(text) if name is not None)
    return {one.group(0) for one in PERCENT.finditer(text)}, named, sorted(TAG.findall(text))


def test_a_test_of_values_sees_one_that_is_lost():
    assert _fits("There is no run {number}.", "No hay ninguna ejecución {number}.")
    assert not _fits("There is no run {number}.", "No hay ninguna ejecución.")
    assert not _fits("{name!r} is no name", "{name} no es un nombre")
    assert not _fits("%(count)s left", "quedan %(cuenta)s")


def test_a_percent_sign_in_a_template_hides_no_translation():
    """Django looks such a text up with the sign doubled."""
    drawn = Template('{% translate "95 % interval" %}')
    with translation.override("ar"):
        assert drawn.render(Context()) == "مجال الثقة 95 %"
    with translation.override("en"):
        assert drawn.render(Context()) == "95 % interval"


def test_words_that_a_tag_is_given_and_those_checks_say_are_among_the_words(found: Catalog):
    assert all(found.get(one) for one in ("Flags", "My batch", "ok", "warn", "fail", "abstain", "score", "provider"))


def test_a_sentence_from_below_is_said_in_the_readers_language():
    said = told("There is no run {number}.", number=7)
    with translation.override("es"):
        assert spoken(said) != said and "7" in spoken(said)
    assert spoken(said) == said


def test_what_a_sentence_quotes_stays_as_somebody_named_it():
    kind = told("unknown kind {kind!r}: this dataset has {kinds}", kind="sentence", kinds="pair")
    with translation.override("fr"):
        assert "'sentence'" in spoken(kind)
