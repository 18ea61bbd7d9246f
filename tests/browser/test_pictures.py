"""The work screen of every task type in a real browser, in four scripts; DRAGOMAN_PICTURES=1 makes the pictures of docs/task-types.md anew."""

import base64
import os
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from annotation.models import Campaign, Item
from annotation.task_types import task_types
from core.hashing import digest
from frontend.management.commands.document import PICTURED
from tests.browser.conftest import work
from tests.browser.phrases import said
from tests.world import World, drafted, task, unit

TYPES = [name for name, plugin in task_types.all.items() if "annotate" in plugin.stages]
PICTURES = settings.BASE_DIR / "docs" / "pictures"
# The pages are in the annotator's language where it is one of theirs.
SPOKEN = {"en": "en", "ar": "ar", "my": "en", "zh": "zh-CN"}
CONCEPT = {"fields": {"text": {"type": "text", "translate": True}}}
MADE = os.environ.get("DRAGOMAN_PICTURES") == "1"
WIDE, TALLEST = 960, 1600
QUALITY = 80


# From the right and without spaces is where drawing fails; the others are drawn when pictures of them are made.
@pytest.mark.parametrize("tag", PICTURED if MADE else ("ar", "my"))
def test_every_task_type_is_drawn_in_its_language_and_direction(visit, cast, tag: str):
    _learn(cast, tag)
    visitor = visit(cast.bola, viewport={"width": WIDE, "height": 640}, locale=SPOKEN[tag])
    page = visitor.tab()
    for name in TYPES:
        page.goto(visitor.web + work(_campaign(cast, name, tag)))
        expect(page.locator("#answer")).to_be_visible()
        expect(page.locator("html")).to_have_attribute("dir", "rtl" if tag == "ar" else "ltr")
        direction = page.locator(f"#answer [lang={tag}]").first.evaluate("(one) => getComputedStyle(one).direction")
        assert direction == ("rtl" if tag == "ar" else "ltr"), name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the screen"
        if MADE:
            _keep(page, PICTURES / f"{name}.{tag}.webp")


def test_the_docs_have_a_picture_of_every_task_type_in_every_script():
    assert {one.name for one in PICTURES.glob("*.webp")} == {f"{name}.{tag}.webp" for name in TYPES for tag in PICTURED}


def _learn(cast: World, tag: str) -> None:
    """The cast works from Spanish into English, from English into anything else; each task type has a kind of its own."""
    cast.dataset.source_language = "es" if tag == "en" else "en"
    cast.dataset.schema = {"kinds": {name: task_types.get(name).example_kind for name in TYPES} | {"concept": CONCEPT}}
    cast.dataset.save()
    cast.dataset.languages.get_or_create(tag=tag)
    cast.dataset.members.update(languages=[tag])


def _campaign(cast: World, name: str, tag: str) -> Campaign:
    """A campaign of the task type with one task: the gallery's example."""
    plugin = task_types.get(name)
    source, target = plugin.example_source, plugin.example_target
    if tag == "en":
        source, target = target or source, target and source
    else:
        target = target and {field: said(source[field], tag) for field in target}
    row = Item.objects.create(
        dataset=cast.dataset, kind=name, key=name, split="test", language=cast.dataset.source_language, content=source, hash=digest(source)
    )
    waiting = unit(row, tag)
    made = cast.campaign(name, name=plugin.label, task_type=plugin(**plugin.example).spec())
    task(made, drafted(waiting, target) if target else waiting)
    return made


def _keep(page: Page, file: Path) -> None:
    """The whole task as a WebP file, from the top of its page."""
    page.evaluate("document.fonts.ready")
    page.evaluate("document.activeElement.blur()")
    # The buttons stay at the window's end: as long a window as the task is, and no longer.
    page.set_viewport_size({"width": WIDE, "height": 100})
    page.set_viewport_size({"width": WIDE, "height": min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)})
    box = page.locator("#work").bounding_box()
    clip = {"x": 0, "y": box["y"], "width": WIDE, "height": box["height"], "scale": 1}
    cdp = page.context.new_cdp_session(page)
    options = {"format": "webp", "quality": QUALITY, "clip": clip, "captureBeyondViewport": False}
    file.write_bytes(base64.b64decode(cdp.send("Page.captureScreenshot", options)["data"]))
    cdp.detach()
