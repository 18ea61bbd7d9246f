"""Languages are tags; CLDR knows the rest."""

import pytest

from core.errors import Invalid
from core.languages import language


@pytest.mark.parametrize(
    ("tag", "canonical", "script", "direction", "spaced"),
    [
        ("en", "en", "Latn", "ltr", True),
        ("my", "my", "Mymr", "ltr", False),
        ("ar", "ar", "Arab", "rtl", True),
        ("ur", "ur", "Arab", "rtl", True),
        ("iw", "he", "Hebr", "rtl", True),
        ("zh_CN", "zh-CN", "Hans", "ltr", False),
        ("th", "th", "Thai", "ltr", False),
        ("nqo", "nqo", "Nkoo", "rtl", True),
        ("pt-BR", "pt-BR", "Latn", "ltr", True),
        ("EN ", "en", "Latn", "ltr", True),
    ],
)
def test_a_tag_says_how_its_language_is_written(tag, canonical, script, direction, spaced):
    found = language(tag)
    assert (found.tag, found.script, found.direction, found.spaced) == (canonical, script, direction, spaced)


def test_a_language_has_its_own_name():
    assert language("sw").autonym == "Kiswahili"
    assert language("sw").name == "Swahili"


@pytest.mark.parametrize("tag", ["", "x-y", "../", "xx", "und", "a" * 300, "12", "en\x00", "<script>"])
def test_what_is_no_language_is_refused_with_what_to_write(tag):
    with pytest.raises(Invalid, match="BCP 47"):
        language(tag)
