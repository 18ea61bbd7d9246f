"""Markdown that people wrote, as harmless HTML: parsed without raw HTML, then cleaned by a list of what may stay."""

import re
from collections.abc import Sequence
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
FENCE = "---\n"
PICTURE = re.compile(r"/d/[\w-]+/images/[0-9a-f]{64}\.(png|jpg|gif|webp)", re.ASCII)


def _image(self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: dict[str, Any]) -> str:
    """A picture of ours. One from elsewhere would tell that place who reads, and could change: its words are left."""
    token = tokens[at]
    if PICTURE.fullmatch(str(token.attrGet("src"))):
        return self.image(tokens, at, options, env)
    return escapeHtml(self.renderInlineAsText(token.children, options, env))


PARSER.add_render_rule("image", _image)


def to_html(text: str) -> SafeString:
    """Safe HTML: raw HTML, scripts, styles, odd link schemes and pictures from elsewhere do not come through."""
    clean = nh3.clean(
        PARSER.render(text),
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}, "img": {"src", "alt"}},
        url_schemes={"http", "https", "mailto"},
    )
    return mark_safe(clean)  # noqa: S308 - nh3 cleaned it


def without_front_matter(text: str) -> str:
    """A card's text for people: what follows the YAML block at its head."""
    if not text.startswith(FENCE):
        return text
    head, fence, rest = text.removeprefix(FENCE).partition("\n" + FENCE)
    return rest if fence else text
