"""The item browser in a real browser: found by keyboard, narrowed without a reload, many ticked and done."""

from django.urls import reverse
from playwright.sync_api import expect

from annotation.models import Unit
from tests.browser.conftest import drafted_in


def test_a_manager_finds_by_keyboard_and_does_something_to_many(visit, cast, campaign):
    drafted_in(cast, campaign, "my", "ကြောင်မထိုင်ခဲ့ပါ။")
    page = visit(cast.ada).tab(reverse("units", args=["xnli"]))
    page.keyboard.press("/")
    expect(page.locator('input[name="q"]')).to_be_focused()
    page.keyboard.type("alikaa/")
    expect(page.locator('input[name="q"]')).to_have_value("alikaa/")
    page.locator('input[name="q"]').fill("မထိုင်")
    page.keyboard.press("Enter")
    expect(page.locator("mark")).to_have_text(["မထိုင်"])
    page.get_by_role("link", name="Show all").click()
    page.get_by_label("Language").select_option("sw")
    expect(page.locator(".browsed tbody tr")).to_have_count(3)
    assert page.url.endswith("language=sw&kind=&status=&route=&check=&verdict=&campaign=&person=")
    page.get_by_label("Tick all on this page").check()
    expect(page.locator("[data-ticked]")).to_have_text("(3)")
    page.get_by_label("s2 in sw").uncheck()
    expect(page.locator("[data-ticked]")).to_have_text("(2)")
    page.locator('select[name="deed"]').select_option("withdraw")  # no filter: the ticks stay
    expect(page.locator("[data-ticked]")).to_have_text("(2)")
    page.get_by_label("Reason, kept in their history").fill("Wrong source.")
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.get_by_text("units would be touched.")).to_contain_text("2")
    page.get_by_role("button", name="Do it to 2 units").click()
    expect(page.get_by_role("status").get_by_text("done to 2 units")).to_be_visible()
    withdrawn = Unit.objects.filter(tasks__status="withdrawn").order_by("item__key").values_list("item__key", flat=True)
    assert list(withdrawn) == ["s1", "s3"]
