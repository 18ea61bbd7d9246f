"""That what a browser complains of is seen, and the pieces of a difference in a real one."""

import pytest
from django.urls import reverse

from tests.browser.conftest import work


def test_a_blocked_script_is_seen(visit, cast, campaign):
    """The control of what `visit` holds for every page: a violation does end up among the complaints."""
    bola = visit(cast.bola)
    bola.expects += ["CSP:", "Content Security Policy"]
    page = bola.tab(work(campaign))
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))")
    page.wait_for_timeout(100)
    assert any("CSP:" in text for text in bola.complaints)
    assert page.evaluate("window.ran") is None


PAIRS = [
    ("", "", True), ("a", "", True), ("", "a", True), ("The cat sat.", "The dog sat.", True),
    ("ကြောင်ထိုင်", "ကြောင်မထိုင်", False), ("👩‍👩‍👧‍👦 a", "👩‍👩‍👧 a", False), ("لم تجلس", "تجلس", True),
    ("a\n\nb", "a\nb", True), ("x " * 3000, "y " * 3000, True),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "spaced"), PAIRS, ids=range(len(PAIRS)))
def test_the_pieces_of_a_difference_make_up_both_texts(visit, before, after, spaced):
    page = visit().tab(reverse("sign_in"))
    pieces = page.evaluate(
        """async ([before, after, spaced]) => {
          const { diff } = await import("/static/frontend/js/work/diff.js");
          return diff(before, after, { lang: "my", spaced });
        }""",
        [before, after, spaced],
    )
    assert "".join(text for kind, text in pieces if kind != "new") == before
    assert "".join(text for kind, text in pieces if kind != "old") == after
    assert all(text for _, text in pieces)
