"""axe finds nothing serious on any page: by day and by night, wide and narrow, from the left and from the right."""

from pathlib import Path

from django.urls import reverse
from playwright.sync_api import Page

from annotation.models import Term
from core.models import ApiToken
from tests.browser.conftest import work
from tests.browser.test_work_screen import edited  # noqa: F401

# Deque's axe-core 4.10.3, MPL-2.0, unchanged: for tests alone.
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# What looks do to a page; names and roles are the same in all of them.
OF_LOOKS = {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]}
RUN = """async (rules) => {
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);  // the page follows its new width
  const found = await axe.run({ runOnly: rules, resultTypes: ["violations"] });
  const bad = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
  return bad.flatMap((one) => one.nodes.map((node) => `${one.id} ${node.target.join(" ")}: ${node.any[0]?.message ?? one.help}`));
}"""
LOOKS = [("light", 1280, "ltr", RULES), ("dark", 390, "rtl", OF_LOOKS)]


def serious(page: Page) -> list[str]:
    """What is wrong on the page as it stands, in each look."""
    found = []
    page.evaluate(AXE)
    for scheme, width, direction, rules in LOOKS:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 860})
        page.evaluate("(direction) => { document.documentElement.dir = direction; }", direction)
        found += [f"{scheme} {width} {direction}: {one}" for one in page.evaluate(RUN, rules)]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{scheme} {width} {direction}: wider than the screen by {wide}"] if wide > 0 else []
    return found


def test_axe_finds_nothing_serious_on_any_page_and_none_complains(visit, cast, pages):
    ApiToken.issue(cast.ada, name="robot", scopes=["read"])
    tabs = {who: visit(who) for who in dict.fromkeys(who for who, _ in pages)}
    opened, found = {who: one.tab() for who, one in tabs.items()}, {}
    for who, path in pages:
        response = opened[who].goto(tabs[who].web + path)
        assert response.status == 200, path
        assert "script-src 'self'" in response.headers["content-security-policy"]
        assert not tabs[who].complaints, path
        found[path] = serious(opened[who])
    assert not any(found.values()), "\n".join(f"{path} {one}" for path, said in found.items() for one in said)


def test_axe_finds_nothing_serious_where_people_work(visit, cast, campaign, edited):  # noqa: F811
    Term.objects.create(dataset=cast.dataset, language="sw", source="cat", target="paka", locked=True, note="the animal")
    found = {}
    for who, path in ((cast.bola, work(campaign)), (cast.efe, work(edited)), (None, reverse("sign_in"))):
        visitor = visit(who)
        page = visitor.tab(path)
        page.wait_for_load_state("networkidle")
        found[path] = serious(page)
        for opened in ("guideline", "flag", "skip", "comments", "keys") if who else ():
            page.evaluate("(id) => document.querySelectorAll('details').forEach((one) => { one.open = one.id === id; })", opened)
            found[f"{path} {opened}"] = serious(page)
    page = visit(cast.bola).tab(work(campaign))
    page.keyboard.press("Control+Enter")
    page.locator(".task").wait_for()
    page.goto(page.url + "mine/")
    found["mine"] = serious(page)
    assert not any(found.values()), "\n".join(f"{path} {one}" for path, said in found.items() for one in said)


def test_axe_would_find_what_is_wrong(visit, cast):
    """The control: without names and contrast it complains."""
    page = visit(cast.ada).tab(reverse("account"))
    page.evaluate("document.querySelector('input[name=name]').removeAttribute('id'); document.documentElement.style.setProperty('--ink', '#eeeeee')")
    said = " ".join(serious(page))
    assert "label" in said and "color-contrast" in said
