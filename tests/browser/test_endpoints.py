"""The administrator's endpoints in a real browser."""

from django.urls import reverse
from playwright.sync_api import expect

from pipelines.actions import endpoints

KEY = "sk-canary-0123456789abcdef-wxyz"
URL = "https://93.184.216.34/v1"


def test_an_administrator_adds_changes_and_retires_an_endpoint(visit, cast):
    endpoints.add("first", URL, by=cast.admin)
    admin = visit(cast.admin)
    page = admin.tab()
    page.goto(admin.web + "/")
    page.get_by_role("link", name="Endpoints").click()
    page.get_by_text("Add an endpoint").click()
    page.get_by_label("Name").fill("second")
    page.get_by_label("Base URL").fill(URL)
    page.get_by_label("Key", exact=True).fill(KEY)
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("second is added")).to_be_visible()
    assert "…wxyz" in page.content() and KEY not in page.content()

    page.get_by_role("link", name="second").click()
    page.get_by_label("Base URL").fill("https://93.184.216.35/v1")
    admin.expects.append("422")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("belongs to https://93.184.216.34")).to_be_visible()
    page.get_by_label("Key", exact=True).fill(KEY)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()

    page.goto(admin.web + reverse("endpoints"))
    page.get_by_role("button", name="Retire second").click()
    expect(page.get_by_text("second is retired and its key forgotten")).to_be_visible()
    assert KEY not in page.content()
