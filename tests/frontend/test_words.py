"""Every word of the interface goes through translation, and every shipped language is complete."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parents[2] / "frontend" / "templates"
SPOKEN = ("title", "aria-label", "placeholder", "alt", "label")
# Names, key caps and marks are the same in every language.
SAME = re.compile(r"^(Dragoman|Del|v|Ctrl|Alt|Esc|Tab|Enter|Shift|kB|MB|GB|CSV|SHA-256|YAML|JSON|JSONL|UTC|BLEU|chrF|[\W\d_]*|[a-zα-ω]|[A-Z]{1,2})$")


class Words(HTMLParser):
    """The texts a page would show that no translation tag made."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.code = tag in ("pre", "code")
        self.found += [value for name, value in attrs if name in SPOKEN and value]

    def handle_data(self, data: str) -> None:
        if not self.code:  # a program's words are the same in every language
            self.found.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.code = self.code and tag not in ("pre", "code")


def untranslated(template: str) -> list[str]:
    """The words of a template outside of `translate`, `blocktranslate` and values."""
    for made in (
        r"\{% comment %\}.*?\{% endcomment %\}",
        r"\{% blocktranslate.*?\{% endblocktranslate %\}",
        r"\{%.*?%\}",
        r"\{\{.*?\}\}",
        r"\{#.*?#\}",
    ):
        template = re.sub(made, " ", template, flags=re.S)
    words = Words()
    # A part without a tag stands inside of one.
    words.feed(template if "<" in template else f"<p {template}>")
    return [word for text in words.found for word in text.split() if not SAME.match(word.strip(".,:;()[]·–—→+*/"))]


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda one: str(one.relative_to(TEMPLATES)))
def test_a_template_says_nothing_past_translation(template):
    assert untranslated(template.read_text(encoding="utf-8")) == []


def test_a_word_past_translation_is_found():
    assert untranslated('<p title="Help">{% translate "yes" %} no {{ x }}</p>') == ["Help", "no"]
