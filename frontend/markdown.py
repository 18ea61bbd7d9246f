"""Markdown that people wrote, as harmless HTML: parsed without raw HTML, then cleaned by a list of what may stay."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
FENCE = "---\n"


def to_html(text: str) -> SafeString:
    """Safe HTML: images, raw HTML, scripts, styles and odd link schemes do not come through."""
    clean = nh3.clean(
        PARSER.render(text),
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
    )
    return mark_safe(clean)  # noqa: S308 - nh3 cleaned it


def without_front_matter(text: str) -> str:
    """A card's text for people: what follows the YAML block at its head."""
    if not text.startswith(FENCE):
        return text
    head, fence, rest = text.removeprefix(FENCE).partition("\n" + FENCE)
    return rest if fence else text
