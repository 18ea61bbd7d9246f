"""The parts that look the same everywhere: text in a language, records, differences, statuses, meters, times."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format, number_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from annotation.schema import Kind, SchemaField
from core.errors import DragomanError, Invalid
from core.languages import Language, language
from frontend import diffs, errors, excerpts, markdown

register = template.Library()

# The colour a status has, whatever noun it belongs to.
TONES = {
    "good": ("verified", "done", "published", "scored", "accepted", "agreed", "submitted", "ok", "active", "pass", "passed", "overturned"),
    "wait": ("drafted", "paused", "redo", "disputed", "warn", "frozen", "people", "stopped", "warned", "appealed", "testing", "training"),
    "bad": ("rejected", "dead", "failed", "fail", "suspended", "yanked"),
    "live": ("running", "live", "open", "built", "leased"),
}
TONE_OF = {status: tone for tone, statuses in TONES.items() for status in statuses}


def known_language(tag: str) -> Language | None:
    """The language of a tag, None when nobody knows it."""
    try:
        return language(tag)
    except Invalid:
        return None


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
        f"{name} ({known.name if known else tag})",
        mark_safe(escape(value).replace("\r", "&#13;")),
    )


@register.filter
def hue(number: int) -> int:
    """One of the eight colours labels have."""
    return number % 8


@register.filter
def among(ask: Any, asked: Any) -> Any:
    """What can be chosen in answer to a question about a record."""
    return ask.among(asked).items()


@register.filter
def written(drawn: Any, column: Any) -> Language | None:
    """The language a column of a question is written in; None for any."""
    return drawn.written_in(column)


@register.simple_tag
def language_name(tag: str) -> SafeString:
    """A language as its name, with the tag beside it."""
    known = known_language(tag)
    return format_html('<span class="lang">{} <span class="tag">{}</span></span>', known.name if known else tag, tag)


@register.filter
def language_label(tag: str) -> str:
    """A language as plain text, for options and attributes."""
    known = known_language(tag)
    return f"{known.name} ({tag})" if known else tag


# --- records --------------------------------------------------------------------------------------------------------


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


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A mapping's value; None where there is none."""
    return mapping.get(key) if isinstance(mapping, dict) else None


@register.filter
def plain(value: Any) -> str:
    """A value as a program writes it, whatever the page's locale; empty for none."""
    return "" if value is None else str(value)


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


# --- statuses, numbers, times ---------------------------------------------------------------------------------------


@register.simple_tag
def badge(status: str, label: str = "") -> SafeString:
    """A status as a coloured word."""
    return format_html('<span class="badge dot {}">{}</span>', TONE_OF.get(status, ""), _(label or status))


@register.simple_tag
def origin(translation: Any) -> SafeString:
    """Where a text came from; a recorded one is always called recorded."""
    if translation.origin == "recorded":
        why = _("Replayed from a transcript: no live model said this.")
        return format_html('<span class="badge recorded" title="{}">{}</span>', why, _("recorded"))
    return format_html('<span class="badge">{}</span>', translation.get_origin_display())


@register.filter
def number(value: float | None, decimals: int | None = None) -> str:
    """A number with its thousands apart; a dash for none."""
    if value is None:
        return "–"
    # Django would cut the digits that are too many off.
    rounded = value if decimals is None else round(value, decimals)
    return number_format(rounded, decimals, use_l10n=True, force_grouping=True)


@register.filter
def exact(value: Decimal, least: int = 0) -> str:
    """A number that nothing is cut off from, with no fewer decimals than so many and no zeros behind those."""
    return number(value, max(least, -value.normalize().as_tuple().exponent))


@register.filter
def percent(value: float | None, decimals: int = 0) -> str:
    """A share between 0 and 1; never rounded up to all of it, nor down to nothing."""
    if value is None:
        return "–"
    shown, least = round(value * 100, decimals), 10**-decimals
    shown = 100 - least if shown == 100 and value < 1 else least if shown == 0 and value > 0 else shown
    return f"{number(shown, decimals)} %"


@register.filter
def duration(seconds: float | None) -> str:
    """So many seconds as people say them."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


@register.filter
def brief(seconds: float | None) -> str:
    """A short time to the digit that matters: milliseconds, seconds with a decimal, seconds, then as `duration`."""
    if seconds is None or seconds >= 120:
        return duration(seconds)
    return f"{number(seconds * 1000, 0)} ms" if seconds < 1 else f"{number(seconds, 1 if seconds < 10 else 0)} s"


@register.filter
def spoken(what: Any) -> str:
    """A message of the code below, an error's or a refusal's sentence, in the reader's language."""
    if isinstance(what, DragomanError):
        return errors.message_of(what)
    return errors.spoken(getattr(what, "reason", what))


@register.filter
def facts(data: dict[str, Any]) -> str:
    """What an event says besides its verb, on one line."""
    said = (
        f"{name}: {one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)}" for name, one in data.items()
    )
    return Truncator(" · ".join(said)).chars(300)


@register.simple_tag
def when(moment: datetime | None) -> SafeString | str:
    """A moment as the time since, with the exact one at hand."""
    if moment is None:
        return "–"
    exact = date_format(moment, "Y-m-d H:i:s") + " UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, naturaltime(moment))


@register.simple_tag
def meter(label: str, total: int, css: str = "", **parts: int) -> SafeString:
    """A bar of parts of a whole, in the order given: ``{% meter "Swahili" 60 verified=12 drafted=40 %}``."""
    at, rects = 0.0, []
    for name, count in parts.items():
        width = 100 * count / total if total else 0.0
        rects.append((name, f"{at:.3f}", f"{width:.3f}"))
        at += width
    said = ", ".join(f"{number(count)} {name}" for name, count in parts.items() if count)
    return format_html(
        '<svg class="meter {}" role="img" aria-label="{}" preserveAspectRatio="none" viewBox="0 0 100 1">{}</svg>',
        css,
        _("%(label)s: %(parts)s of %(total)s") % {"label": label, "parts": said or "0", "total": number(total)},
        format_html_join("", '<rect class="{}" x="{}" width="{}" height="1"/>', rects),
    )


@register.simple_tag
def total(*parts: int) -> int:
    """The whole that the parts make up."""
    return sum(parts)


@register.simple_tag
def named(names: dict[int, str], key: str) -> str:
    """The name of a key that came as text."""
    return names.get(int(key), key)


@register.simple_tag
def share(part: int, whole: int, css: str) -> SafeString:
    """A small bar under a number that is part of a whole; the number says it, so nobody hears the bar."""
    width = 100 * part / whole if whole else 0
    # Numbers stand at the cell's end, and so does the bar.
    return format_html(
        '<svg class="meter share" aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 1">'
        '<rect class="{}" x="{}" width="{}" height="1"/></svg>',
        css, f"{100 - width:.1f}", f"{width:.1f}",
    )  # fmt: skip


@register.filter(name="markdown")
def markdown_filter(value: str) -> SafeString:
    """Markdown that people wrote, made harmless."""
    return markdown.to_html(value)


@register.simple_tag(takes_context=True)
def tab(context: template.Context, name: str, label: str, *also: str) -> SafeString:
    """One tab of a dataset's pages; it is the current one on its own page and on those named in `also`."""
    here = context["request"].resolver_match
    current = here is not None and here.url_name in (name, *also)
    link = '<a href="{}" aria-current="page">{}</a>' if current else '<a href="{}">{}</a>'
    return format_html(link, reverse(name, args=[context["dataset"].slug]), label)


@register.simple_tag
def subject(event: Any, slug: str) -> SafeString:
    """What an event is about, as a link where it has a page of its own."""
    model, _colon, pk = event.subject.partition(":")
    try:
        url = reverse(model, args=[slug, pk]) if model in ("unit", "run") else ""
    except NoReverseMatch:
        url = ""
    return format_html('<a href="{}">{} {}</a>', url, model, pk) if url else format_html("{} {}", model, pk)
