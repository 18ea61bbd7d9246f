"""Real Chromium against a real server: granian and a worker on this session's database, and a browser that keeps account of every complaint."""

import os
import socket
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from annotation.models import Campaign, Unit
from core.models import User
from tests.asked import installed
from tests.faults.machines import Machines, machines, wait_until
from tests.frontend import addresses
from tests.frontend.conftest import made_for
from tests.revised import revised
from tests.world import World, task, world

# Playwright runs an event loop in this thread; Django would refuse to speak to the database beside it. That is why a
# browser lives for one test only: the tests after it run loops of their own.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# A busy machine is slow to answer; what is expected is waited for as long as what is done.
WAIT = 15_000
expect.set_options(timeout=WAIT)
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
REPORT_CSP = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def servers(django_db_setup) -> Iterator[Machines]:
    """Machines of this session's database; they are gone before it is."""
    with machines(settings.DRAGOMAN_HOME) as running:
        yield running


@pytest.fixture(scope="session")
def web(servers) -> str:
    """The address of a web server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    line = f"granian --host 127.0.0.1 --port {port} --interface wsgi --workers 1 --blocking-threads 4 config.wsgi:application"
    # The workers' short lease would cut off a transaction of ours that waits two seconds for a busy machine.
    env = {"DRAGOMAN_SECRET_KEY": settings.SECRET_KEY, "DRAGOMAN_RUN_LEASE_SECONDS": "60"}
    machine = servers.start("web", line, **env, PYTHONPATH=installed(settings.DRAGOMAN_HOME / "asked"))
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert machine.process.poll() is None, machine.log.read_text()
        try:
            return urllib.request.urlopen(url + reverse("sign_in"), timeout=5).status == 200
        except OSError:
            return False

    wait_until(answers, "the web server answers")
    return url


@pytest.fixture
def browser(chromium) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield running
        running.close()


@dataclass
class Visitor:
    """Somebody at a browser of their own. ``complaints`` are the console's errors; those a test means to cause go to ``expects``."""

    context: BrowserContext
    web: str
    complaints: list[str] = field(default_factory=list)
    expects: list[str] = field(default_factory=list)

    def tab(self, path: str = "") -> Page:
        """A new tab, on a path of the site when one is given."""
        page = self.context.new_page()
        page.set_default_timeout(WAIT)
        page.on("console", lambda one: self.complaints.append(one.text) if one.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        if path:
            page.goto(self.web + path)
        return page

    def unexpected(self) -> list[str]:
        return [text for text in self.complaints if not any(known in text for known in self.expects)]


@pytest.fixture
def visit(browser, web, transactional_db) -> Iterator[Callable[..., Visitor]]:
    """``visit(user)``: a fresh browser in which the person is signed in; nobody, for None. No page may complain unexpectedly."""
    visitors: list[Visitor] = []

    def come(user: User | None = None, **options: object) -> Visitor:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 860}, **options})
        context.add_init_script(REPORT_CSP)
        if user is not None:
            client = Client()
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": web}])
        visitors.append(Visitor(context, web))
        return visitors[-1]

    yield come
    unexpected = [text for visitor in visitors for text in visitor.unexpected()]
    for visitor in visitors:
        visitor.context.close()
    assert not unexpected, "the browser complained"


@pytest.fixture
def cast(transactional_db) -> World:
    return world()


@pytest.fixture
def campaign(cast) -> Campaign:
    """Three drafted sentences in Swahili wait for annotators."""
    made = cast.campaign()
    for number in (1, 2, 3):
        task(made, cast.drafted(f"The cat sat {number} times.", f"Paka alikaa mara {number}.", key=f"s{number}"))
    return made


@pytest.fixture
def pages(cast) -> list[tuple[User | None, str]]:
    """Every page of the site with somebody who may see it, of a dataset with something of everything in it."""
    scene = made_for(cast)
    revised(cast, "second")
    found = [(addresses.viewer(scene, row), row) for row in addresses.pages()]
    return [(who, addresses.address(scene, row, who)) for who, row in found]


def arrived(page: Page) -> None:
    """The page that a key or a link led to is there with its scripts: a key pressed before they have run is nobody's."""
    page.wait_for_load_state("load")


def work(campaign: Campaign) -> str:
    return reverse("work", args=[campaign.dataset.slug, campaign.slug])


def drafted_in(cast: World, campaign: Campaign, language: str, text: str) -> Unit:
    """A sentence drafted in a language that all of the cast are made to know, as the campaign's next task."""
    cast.dataset.languages.get_or_create(tag=language)
    for member in cast.dataset.members.all():
        member.languages = sorted({*member.languages, language})
        member.save()
    row = cast.drafted("The cat did not sit.", text, language)
    task(campaign, row, priority=9)
    return row
