"""English sentences of the code below the pages, said in the reader's language: those just told, and those that were put on record.

What is told knows its template (`core.told`). On record stands the English sentence alone, as the API, the exports and the
commands give it; its template is found again among those that are translated, by the words between the values.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from string import Formatter
from typing import Any

from babel.messages.mofile import read_mo
from django.conf import settings
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from core.languages import Language
from core.told import Told
from frontend.templatetags.texts import language_called

QUOTED = re.compile(r"“\{(\w+)\}”|\{(\w+)!r\}")
SAID_BEFORE = 10_000


class _Written(str):
    """A value as it stands in a sentence: formatted already."""


class _Filling(Formatter):
    def convert_field(self, value: Any, conversion: Any) -> Any:
        return value if isinstance(value, _Written) else super().convert_field(value, conversion)

    def format_field(self, value: Any, spec: str) -> Any:
        return str(value) if isinstance(value, str) else super().format_field(value, spec)


def spoken(text: Any) -> str:
    """The sentence in the reader's language, its values too where they are words of ours; as it is where it is not translated.

    What a sentence quotes (``{name!r}`` or ``“{text}”``) is somebody's own and stays as it is.
    """
    if isinstance(text, Exception):
        text = text.args[0] if text.args else ""
    if not text or not isinstance(text, str) or get_language() in (None, settings.LANGUAGE_CODE):
        return str(text or "")
    told = text if isinstance(text, Told) else None
    if told is None and ((said := _(text)) != text or (told := recalled(text)) is None):
        return said
    quoted = {name for pair in QUOTED.findall(told.template) for name in pair}
    values = {name: _value(one) if name not in quoted else one for name, one in told.values.items()}
    return _FILLING.vformat(_(told.template), (), values)


def _value(one: Any) -> Any:
    """A value in the reader's language: told, several words, or a language; a single word may be the name of something."""
    if isinstance(one, Told | Exception):
        return spoken(one)
    if isinstance(one, Language):
        return language_called(one.tag)
    if isinstance(one, str) and " " in one:
        return type(one)(spoken(str(one)))
    return one


@lru_cache(SAID_BEFORE)
def recalled(sentence: str) -> Told | None:
    """The sentence with the template that has most words in common with it and the values that stand in it; None when none fits."""
    for template, _most, longest, pattern in _templates():
        if longest in sentence and (found := pattern.fullmatch(sentence)):
            told = Told(sentence)
            told.template, told.values = template, {name: _Written(value) for name, value in found.groupdict().items()}
            return told
    return None


@cache
def _templates() -> tuple[tuple[str, int, str, re.Pattern[str]], ...]:
    """Those that are translated and have values, the wordiest first: each with its length without them, and its longest stretch."""
    found = []
    for template in _translated():
        parts = list(Formatter().parse(template))
        literals = [text for text, *_rest in parts]
        if any(name and name.isidentifier() for _text, name, *_rest in parts) and any(map(str.isalpha, "".join(literals))):
            found.append((template, sum(map(len, literals)), max(literals, key=len), _pattern(parts)))
    return tuple(sorted(found, key=lambda one: (-one[1], one[0])))


def _translated() -> Iterator[str]:
    tag = next(tag for tag, _name in settings.LANGUAGES if tag != settings.LANGUAGE_CODE)  # each has them all
    [folder] = settings.LOCALE_PATHS
    with (folder / to_locale(tag) / "LC_MESSAGES" / "django.mo").open("rb") as file:
        yield from (one.id for one in read_mo(file) if isinstance(one.id, str) and "{" in one.id and "%(" not in one.id)


def _pattern(parts: list[tuple[str, str | None, str | None, str | None]]) -> re.Pattern[str]:
    seen: set[str] = set()
    made = ""
    for text, name, *_rest in parts:
        made += re.escape(text)
        if name is not None:
            made += f"(?P={name})" if name in seen else f"(?P<{name}>.*?)"
            seen.add(name)
    return re.compile(made, re.DOTALL)


_FILLING = _Filling()
