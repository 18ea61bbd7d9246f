"""Markdown of people: what it may say, and what it may not do."""

import pytest

from frontend.markdown import to_html, without_front_matter


def test_headings_lists_tables_code_and_links_come_through():
    html = to_html("# A\n\n* one\n\n| a | b |\n|--:|---|\n| 1 | 2 |\n\n`x` [link](https://example.org) ~~gone~~")
    for part in (
        "<h1>A</h1>",
        "<li>one</li>",
        "<td>1</td>",
        "<code>x</code>",
        'href="https://example.org"',
        "<s>gone</s>",
    ):
        assert part in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "![x](https://evil.example/x.png)",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<img src=x onerror=alert(1)>",
        "<p style=color:red>x</p>",
    ],
)
def test_nothing_of_it_runs_or_loads(text):
    html = to_html(text)
    for bad in ("<script", "<img", 'href="javascript', 'href="data', "<p style"):
        assert bad not in html.lower()


def test_raw_html_is_read_as_text():
    assert to_html("a <b>c</b>") == "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n"


def test_a_cards_yaml_is_not_read_to_people():
    assert without_front_matter("---\nlicense: mit\n---\n# Card\n") == "# Card\n"
    assert without_front_matter("# Card\n\n---\n\nmore") == "# Card\n\n---\n\nmore"
    assert without_front_matter("---\nnever closed") == "---\nnever closed"
