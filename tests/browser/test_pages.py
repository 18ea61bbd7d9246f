"""Every page in a real browser: nothing is blocked by the content security policy, nothing is missing, no script fails."""

import pytest
from django.urls import reverse

from core.models import ApiToken
from pipelines.models import Release, Run
from tests.browser.conftest import work
from tests.revised import revised


@pytest.fixture
def pages(cast, campaign) -> list[str]:
    """The addresses of a dataset with something of everything in it."""
    run = Run.objects.create(dataset=cast.dataset, job={"name": "draft", "version": "1", "params": {}}, status="done")
    Release.objects.create(dataset=cast.dataset, version="1.0.0", status="published", terms={"name": "XNLI", "languages": ["sw"]})
    revised(cast, "second")
    slug = cast.dataset.slug
    unit = campaign.tasks.first().unit
    named = [
        ("dataset", slug), ("imports", slug), ("runs", slug), ("run", slug, run.pk), ("draft", slug), ("make", slug), ("units", slug),
        ("glossary", slug), ("unit", slug, unit.pk), ("campaigns", slug), ("campaign", slug, campaign.slug), ("agreement", slug),
        ("selections", slug), ("machines", slug, campaign.slug),
        ("members", slug), ("revision", slug), ("people", slug),
        ("history", slug), ("releases", slug), ("release", slug, "1.0.0"), ("leaderboard", slug, "1.0.0"),
    ]  # fmt: skip
    return ["/", reverse("account"), *(reverse(name, args=args) for name, *args in named)]


def test_no_page_of_a_manager_complains(visit, cast, pages):
    ApiToken.issue(cast.ada, name="robot", scopes=["read"])
    ada = visit(cast.ada)
    page = ada.tab()
    for path in pages:
        response = page.goto(ada.web + path)
        assert response.status == 200, path
        assert "script-src 'self'" in response.headers["content-security-policy"]
        page.wait_for_load_state("networkidle")
        assert not ada.complaints, path


def test_no_page_of_a_visitor_complains(visit, cast, pages):
    nobody = visit()
    page = nobody.tab()
    for path in ("/", reverse("sign_in"), reverse("release", args=["xnli", "1.0.0"])):
        assert page.goto(nobody.web + path).status == 200
        page.wait_for_load_state("networkidle")
        assert not nobody.complaints, path


def test_a_blocked_script_is_seen(visit, cast, campaign):
    """The control of the tests above: a violation does end up among the complaints."""
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
