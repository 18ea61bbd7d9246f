"""The work screen in Chromium on a real web server: what the first visit weighs, and how soon after an answer the next task is there."""

import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, sync_playwright

from annotation.actions import datasets
from bench.loop import SCHEMA, make_campaign, make_crowd, served
from core.models import User
from core.serving import Address

CHROMIUM = "/usr/bin/chromium"
VISITS, TASKS = 5, 40
# The page's own clock: when the script has put the person where they write, and from a key to the frame that shows the next task.
CLOCK = """
addEventListener("focusin", (event) => { if (event.target.matches(".box")) window.ready ??= performance.now(); });
const waits = (window.waits = []);
addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.ctrlKey) return;
  const here = () => document.querySelector(".task")?.dataset.assignment;
  const before = here(), began = event.timeStamp;
  const look = new MutationObserver(() => {
    if (!here() || here() === before) return;
    look.disconnect();
    requestAnimationFrame(() => setTimeout(() => waits.push(performance.now() - began)));
  });
  look.observe(document.body, { subtree: true, childList: true, attributes: true });
}, true);
"""


def run(say: Callable[[str], None], *, visits: int = VISITS, tasks: int = TASKS) -> dict[str, Any]:
    """First visits with an empty cache, then answer after answer; beside it a bare page whose one view stores and claims."""
    call_command("collectstatic", interactive=False, verbosity=0)
    dataset = datasets.create(slug="bench", name="bench", schema=SCHEMA, languages=["sw"], by=None)
    bola, bisi = make_crowd(dataset, 2)
    campaign = make_campaign(dataset, visits * tasks + 1)
    path = reverse("work", args=[dataset.slug, campaign.slug])
    bare = f"/page/{campaign.pk}/{bisi.pk}"
    session = _signed_in(bola)  # before the browser: Playwright's event loop would forbid the database to this thread
    with served("config.wsgi", "bench._floor") as (ours, floor), chromium() as visit:
        _visit(visit, ours, path, session, 2)  # the server's first time is nobody's
        seen, below = [], []
        for number in range(visits):
            seen.append(_visit(visit, ours, path, session, tasks))
            below.append(_visit(visit, floor, bare, "", tasks))
            say(f"{number + 1}. {_figures(seen[-1:])}")
    return _figures(seen) | {f"floor_{name}": value for name, value in _figures(below).items()} | {"answers": visits * tasks}


@contextmanager
def chromium() -> Iterator[Callable[[], BrowserContext]]:
    """A browser; each call is a visitor with an empty cache."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield lambda: browser.new_context(viewport={"width": 1280, "height": 860})
        browser.close()


def _signed_in(person: User) -> str:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _visit(visit: Callable[[], BrowserContext], address: Address, path: str, session: str, tasks: int) -> dict[str, Any]:
    context = visit()
    context.add_init_script(CLOCK)
    if session:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": str(address)}])
    page = context.new_page()
    weighed = _weighed(context, page)
    page.goto(str(address).rstrip("/") + path, wait_until="networkidle")
    page.wait_for_function("window.ready")
    found = {"bytes": sum(weighed), "requests": len(weighed), "interactive": page.evaluate("window.ready")}
    for number in range(tasks - 1):
        page.keyboard.type("Naam ")
        page.keyboard.press("Control+Enter")
        page.wait_for_function("(n) => window.waits.length > n", arg=number)
    found["waits"] = page.evaluate("window.waits")
    context.close()
    return found


def _weighed(context: BrowserContext, page: Page) -> list[int]:
    """Bytes over the wire of each request from now on, headers with them."""
    weighed: list[int] = []
    cdp = context.new_cdp_session(page)
    cdp.send("Network.enable")
    cdp.on("Network.loadingFinished", lambda one: weighed.append(one["encodedDataLength"]))
    return weighed


def _figures(visits: list[dict[str, Any]]) -> dict[str, Any]:
    waits = [one for visit in visits for one in visit["waits"]]
    cuts = statistics.quantiles(waits, n=100, method="inclusive")
    return {
        "first_kb": round(statistics.median(one["bytes"] for one in visits) / 1000, 1),
        "requests": statistics.median(one["requests"] for one in visits),
        "interactive_ms": round(statistics.median(one["interactive"] for one in visits)),
        "next_p50_ms": round(cuts[49], 1),
        "next_p95_ms": round(cuts[94], 1),
    }
