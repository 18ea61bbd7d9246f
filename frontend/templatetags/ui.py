"""The parts that look the same everywhere: statuses, numbers, meters, times, tabs."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from core.errors import DragomanError
from frontend import errors, markdown
from frontend import spoken as speech

register = template.Library()

# The colour a status has, whatever noun it belongs to.
TONES = {
    "good": ("verified", "done", "published", "scored", "accepted", "agreed", "submitted", "ok", "active", "pass", "passed", "overturned"),
    "wait": ("drafted", "paused", "redo", "disputed", "warn", "frozen", "people", "stopped", "warned", "appealed", "testing", "training"),
    "bad": ("rejected", "dead", "failed", "fail", "suspended", "yanked"),
    "live": ("running", "live", "open", "built", "leased"),
}
TONE_OF = {status: tone for tone, statuses in TONES.items() for status in statuses}


@register.filter
def hue(number: int) -> int:
    """One of the eight colours labels have."""
    return number % 8


@register.filter
def among(ask: Any, asked: Any) -> Any:
    """What can be chosen in answer to a question about a record."""
    return ask.among(asked).items()


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A mapping's value; None where there is none."""
    return mapping.get(key) if isinstance(mapping, dict) else None


@register.filter
def plain(value: Any) -> str:
    """A value as a program writes it, whatever the page's locale; empty for none."""
    return "" if value is None else str(value)


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
    return format_html('<span class="badge">{}</span>', _(translation.get_origin_display()))


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
    return speech.spoken(getattr(what, "reason", what))


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


# What the parts of a bar are called.
PARTS = {
    "verified": _lazy("verified"), "drafted": _lazy("drafted"), "rejected": _lazy("rejected"), "done": _lazy("done"),
    "dead": _lazy("given up"), "kept": _lazy("kept"), "ready": _lazy("ready"),
    "as_it_came": _lazy("as it came"), "corrected": _lazy("corrected by the expert"), "rewritten": _lazy("sent back and rewritten"),
}  # fmt: skip


@register.simple_tag
def meter(label: str, total: int, css: str = "", **parts: int) -> SafeString:
    """A bar of parts of a whole, in the order given: ``{% meter "Swahili" 60 verified=12 drafted=40 %}``."""
    at, rects = 0.0, []
    for name, count in parts.items():
        width = 100 * count / total if total else 0.0
        rects.append((name, f"{at:.3f}", f"{width:.3f}"))
        at += width
    said = ", ".join(f"{number(count)} {PARTS[name]}" for name, count in parts.items() if count)
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
    return format_html('<a href="{}"><code>{} {}</code></a>', url, model, pk) if url else format_html("<code>{} {}</code>", model, pk)
