"""A text in its language, a record of them, what was found and what changed in it."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError
from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, to_locale

from annotation.schema import Kind, SchemaField
from core.errors import Invalid
from core.languages import Language, language
from frontend import diffs, excerpts

register = template.Library()


def known_language(tag: str) -> Language | None:
    """The language of a tag, None when nobody knows it."""
    try:
        return language(tag)
    except Invalid:
        return None


@register.filter
def language_called(tag: str) -> str:
    """What a language is called in the reader's; by the CLDR where that is not English."""
    return _called(tag, get_language() or "en")


@cache
def _called(tag: str, reader: str) -> str:
    known = known_language(tag)
    said = None
    if known and not reader.startswith("en"):
        with suppress(UnknownLocaleError, ValueError):
            said = Locale.parse(known.tag.replace("-", "_")).get_display_name(to_locale(reader))
        said = said or Locale.parse(to_locale(reader)).languages.get(known.tag)
    return said or (known.name if known else tag)


@register.simple_tag
def text(value: Any, tag: str = "", block: bool = False) -> SafeString:
    """A text in its own language and direction, whatever surrounds it."""
    return _wrapped(str(value), tag, block)


def _wrapped(inner: Any, tag: str, block: bool = True) -> SafeString:
    known = known_language(tag) if tag else None
    return format_html(
        '<bdi class="text{}" lang="{}" dir="{}">{}</bdi>',
        " block" if block else "",
        known.tag if known else "und",
        known.direction if known else "auto",
        inner,
    )


@register.simple_tag
def markable(value: str, tag: str, place: str, name: str) -> SafeString:
    """A text that places are marked in, character by character as it is: a parser would make a line feed of a carriage return."""
    known = known_language(tag)
    return format_html(
        '<div class="text" role="textbox" aria-readonly="true" aria-multiline="true" tabindex="0" data-place="{}" lang="{}" dir="{}"'
        ' aria-label="{}">{}</div>',
        place,
        known.tag if known else "und",
        known.direction if known else "auto",
        f"{name} ({language_called(tag)})",
        mark_safe(escape(value).replace("\r", "&#13;")),
    )


@register.filter
def written(drawn: Any, column: Any) -> Language | None:
    """The language a column of a question is written in; None for any."""
    return drawn.written_in(column)


@register.simple_tag
def language_name(tag: str) -> SafeString:
    """A language as its name, with the tag beside it."""
    return format_html('<span class="lang">{} <span class="tag">{}</span></span>', language_called(tag), tag)


@register.filter
def language_label(tag: str) -> str:
    """A language as plain text, for options and attributes."""
    return f"{language_called(tag)} ({tag})" if known_language(tag) else tag


@register.simple_tag
def content(kind: Kind, record: dict[str, Any] | None, tag: str, only: Iterable[str] | None = None) -> SafeString:
    """A record's fields in order: texts, lists and tables in their language, the rest as values."""
    shown = kind.fields if only is None else {name: kind.fields[name] for name in only}
    rows = ((name, _value(field, record, name, tag)) for name, field in shown.items() if record and name in record)
    return _fields(rows, alone=len(shown) == 1)


@register.simple_tag
def field_value(kind: Kind, field: Any, value: Any, tag: str) -> SafeString:
    """One field as a task shows it: turns as turns, code as code, the rest as in a record."""
    if field.form in ("chat", "outline") and isinstance(value, list):
        turns = format_html_join("", "<li>{}</li>", ((_wrapped(one, tag),) for one in value))
        return format_html('<ol class="{}">{}</ol>', field.form, turns)
    if field.form == "code":
        return format_html('<pre class="code" dir="ltr">{}</pre>', value)
    if field.form == "math":
        return format_html("<div data-math>{}</div>", _wrapped(value, tag))
    return _value(kind.fields[field.name], {field.name: value}, field.name, tag)


@register.simple_tag
def content_found(kind: Kind, record: dict[str, Any], tag: str, terms: Iterable[str]) -> SafeString:
    """A record's texts on one line with what was looked for marked, and of its other fields those that have it."""
    texts = (leaf for name in kind.translatable if name in record for leaf in _leaves(record[name]))
    others = ((f"{name}: ", one) for name, one in record.items() if name not in kind.translatable and isinstance(one, str))
    shown = [("", excerpts.excerpt(leaf, terms)) for leaf in texts]
    shown += [(name, cut) for name, cut in ((n, excerpts.excerpt(one, terms)) for n, one in others) if any(p.found for p in cut)]
    lines = ((name, format_html_join("", "{}", map(_piece, cut))) for name, cut in shown)
    return _wrapped(format_html_join(" · ", "{}{}", lines), tag, False)


@register.simple_tag
def found_in(value: str, terms: Iterable[str]) -> SafeString:
    """A key with what was looked for marked."""
    return format_html_join("", "{}", map(_piece, excerpts.excerpt(value, terms)))


def _piece(piece: excerpts.Piece) -> tuple[Any]:
    return (format_html("<mark>{}</mark>", piece.text) if piece.found else piece.text,)


@register.simple_tag
def content_of(kinds: dict[str, Kind], item: Any) -> SafeString:
    """A source item in its own language."""
    return content(kinds[item.kind], item.content, item.language)


@register.simple_tag
def content_diff(kind: Kind, old: dict[str, Any] | None, new: dict[str, Any], tag: str) -> SafeString:
    """A translation with what was changed in it since `old`, field by field."""
    old = old or {}
    rows = ((name, _changed(old.get(name), new[name], tag)) for name in kind.translatable if name in new)
    return _fields(rows, alone=len(kind.translatable) == 1)


def _fields(rows: Iterable[tuple[str, Any]], alone: bool) -> SafeString:
    label = (
        '<div><dt class="visually-hidden">{}</dt><dd>{}</dd></div>' if alone else "<div><dt>{}</dt><dd>{}</dd></div>"
    )
    return format_html('<dl class="record">{}</dl>', format_html_join("", label, rows))


def _value(field: SchemaField, record: dict[str, Any], name: str, tag: str) -> SafeString:
    value = record[name]
    if field.type in ("text", "list", "table"):
        return _shaped(value, lambda one: _wrapped(one, tag), tag)
    options = record.get(field.of or "")
    if field.type == "choice" and isinstance(options, list) and isinstance(value, int) and 0 <= value < len(options):
        return format_html('<span class="faint">{}.</span> {}', value + 1, _wrapped(options[value], tag, False))
    if field.type == "spans":
        text = record.get(field.of or "", "")
        places = ((one["label"], _wrapped(text[one["start"] : one["end"]], tag, False)) for one in value)
        return format_html_join(" ", '<span class="badge">{}</span> {}', places)
    return format_html('<span class="{}">{}</span>', "badge" if field.type == "label" else "tag", value)


def _changed(old: Any, new: Any, tag: str) -> SafeString:
    """The new value in its shape; where the shapes differ there is nothing to compare it with."""
    before = iter(list(_leaves(old)) if _same_shape(old, new) else [])
    return _shaped(new, lambda one: _wrapped(_marked(next(before, ""), one, tag), tag), tag)


def _shaped(value: Any, draw: Callable[[Any], SafeString], tag: str) -> SafeString:
    """A text, list or table; lists and tables run in the direction of their language, too."""
    known = known_language(tag)
    way = known.direction if known else "auto"
    if not isinstance(value, list):
        return draw(value)
    if value and isinstance(value[0], list):
        cells = ((format_html_join("", "<td>{}</td>", ((draw(cell),) for cell in row)),) for row in value)
        rows = format_html_join("", "<tr>{}</tr>", cells)
        return format_html('<div class="table" dir="{}"><table><tbody>{}</tbody></table></div>', way, rows)
    entries = format_html_join("", "<li>{}</li>", ((draw(one),) for one in value))
    return format_html('<ol dir="{}">{}</ol>', way, entries)


def _leaves(value: Any) -> Iterable[str]:
    if not isinstance(value, list):
        yield value
        return
    for one in value:
        yield from _leaves(one)


def _same_shape(old: Any, new: Any) -> bool:
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_same_shape, old, new))
    return isinstance(old, str) and isinstance(new, str)


@register.simple_tag
def diff(old: str, new: str, tag: str) -> SafeString:
    """One text with what was changed in it."""
    return _wrapped(_marked(old, new, tag), tag)


def _marked(old: str, new: str, tag: str) -> SafeString:
    known = known_language(tag)
    wraps = {"same": "{}", "new": "<ins>{}</ins>", "old": "<del>{}</del>"}
    pieces = diffs.diff(old, new, spaced=known.spaced if known else True)
    return format_html_join("", "{}", ((format_html(wraps[piece.kind], piece.text),) for piece in pieces))
