"""The whole story in real browsers: invited, edited, verified, released, downloaded and checked by somebody without an account."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from annotation.models import Campaign, Submission, Unit
from pipelines.models import Release
from tests.browser.conftest import work
from tests.faults.machines import wait_until
from tests.world import task

PASSWORD = "five plain words in a row"


def path_of(url: str) -> str:
    return urlsplit(url).path


@pytest.fixture
def worker(servers) -> Iterator[None]:
    """A worker for this test alone: one that stayed would take the work of the tests after it."""
    machine = servers.worker(DRAGOMAN_SECRET_KEY="the-worker-signs-nothing-0123456789abcdef")
    yield
    machine.kill()


def test_from_an_invitation_to_a_checked_download(visit, cast, worker, tmp_path):
    campaign = _campaign(cast)
    ada = visit(cast.ada).tab(reverse("members", args=["xnli"]))
    invitation = _invite(ada, "nia@example.org")
    nia = _sign_up(visit(), invitation)
    _edit(nia, campaign)
    _verify(visit(cast.efe).tab(work(campaign)))
    assert set(Unit.objects.values_list("status", flat=True)) == {"verified"}
    _release(ada)
    _download_and_check(visit(accept_downloads=True), tmp_path)


def _campaign(cast) -> Campaign:
    """One pair of sentences, drafted in Swahili, one of them with a lost “not”."""
    campaign = cast.campaign()
    premise = cast.drafted("The cat did not sit on the mat.", "Paka aliketi kwenye mkeka.", key="s1")
    hypothesis = cast.drafted("The mat was empty.", "Mkeka ulikuwa tupu.", key="s2")
    cast.pair(premise.item, hypothesis.item, "neutral", key="p1")
    for row in (premise, hypothesis):
        task(campaign, row)
    return campaign


def _invite(ada: Page, email: str) -> str:
    ada.fill("input[name=email]", email)
    ada.select_option("select[name=role]", "annotator")
    ada.check("input[name=languages][value=sw]")
    ada.get_by_role("button", name="Make the link").click()
    return ada.locator("#link").inner_text()


def _sign_up(nia, invitation: str) -> Page:
    page = nia.tab(path_of(invitation))
    page.fill("input[name=name]", "Nia")
    page.fill("input[name=username]", "nia")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Make the account and join").click()
    expect(page.locator(".who")).to_contain_text("Nia")
    return page


def _edit(nia: Page, campaign: Campaign) -> None:
    nia.goto(nia.url.partition("/d/")[0].rstrip("/") + reverse("campaign", args=["xnli", campaign.slug]))
    nia.get_by_role("link", name="Work", exact=True).click()
    nia.wait_for_url("**/work/**")  # loaded: the keys work once the page's modules have run
    expect(nia.locator(".box")).to_have_value("Paka aliketi kwenye mkeka.")
    nia.locator(".box").fill("Paka hakuketi kwenye mkeka.")
    nia.keyboard.press("Control+Enter")
    expect(nia.locator(".box")).to_have_value("Mkeka ulikuwa tupu.")
    nia.keyboard.press("Control+Enter")
    expect(nia.locator("[data-empty]")).to_be_visible()


def _verify(efe: Page) -> None:
    for text in ("Paka hakuketi kwenye mkeka.", "Mkeka ulikuwa tupu."):
        expect(efe.locator(".box")).to_have_value(text)
        efe.keyboard.press("Alt+1")
        efe.keyboard.press("5")
        efe.keyboard.press("Control+Enter")
    expect(efe.locator("[data-empty]")).to_be_visible()
    assert Submission.objects.count() == 4


def _release(ada: Page) -> None:
    ada.get_by_role("link", name="Releases").click()
    ada.fill("input[name=version]", "0.1.0")
    ada.check("input[name=languages][value=sw]")
    ada.get_by_role("button", name="Freeze and build").click()
    wait_until(lambda: Release.objects.filter(status="built").exists(), "the worker builds the release")
    ada.reload()
    ada.get_by_role("button", name="Publish").click()
    expect(ada.locator("#notices")).to_contain_text("everybody's now")


def _download_and_check(visitor, folder: Path) -> None:
    """Fetch every file by its link and hash it, as SHA256SUMS says."""
    page = visitor.tab(reverse("release", args=["xnli", "0.1.0"]))
    links = page.locator("table a[href*='/files/']")
    assert links.count() >= 5
    for link in links.all():
        with page.expect_download() as download:
            link.click()
        download.value.save_as(folder / link.inner_text())
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines())
    files = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    assert files == {*sums, "SHA256SUMS"}
    for name, wanted in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == wanted
    assert "Paka hakuketi kwenye mkeka." in (folder / "data/pair/sw/test.jsonl").read_text(encoding="utf-8")
