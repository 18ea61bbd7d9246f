"""On every page, for who reads another language, no English is left but what people, files and programs are called.

Chinese shows it best: a text of ours has a Chinese character in it, and one that was forgotten has none.
"""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from annotation.models import Campaign, Dataset, Guideline, Item, Selection
from core.models import ApiToken, User
from pipelines.actions import makings
from pipelines.baselines import baselines
from pipelines.importers import importers
from pipelines.models import Endpoint
from pipelines.selectors import selectors
from tests.frontend import addresses

LATIN = re.compile(r"[A-Za-z]{2,}")
HAN = re.compile(r"[\u4e00-\u9fff]")
# What is no text of ours: code, what somebody wrote, signatures and tags.
CONTENT = {"code", "pre", "kbd", "bdi", "script", "style", "textarea"}
CLASSES = {"signature", "tag", "prose"}
VOID = {"br", "hr", "img", "input", "link", "meta", "wbr", "path", "rect", "line", "circle", "use"}
SPOKEN = ("title", "aria-label", "placeholder", "alt")
# The same in all languages: our name, names of formats and files.
NAMES = {"Dragoman", "SHA-256", "README.md", "CSV", "TSV", "JSON Lines", "https://…", "UTC"}


class Texts(HTMLParser):
    """The texts a page shows or says, without those that are content."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []

    @property
    def _content(self) -> bool:
        return any(content for _tag, content in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        content = tag in CONTENT or ("lang" in given and tag != "html") or bool(CLASSES & set(given.get("class", "").split()))
        if not (content or self._content):
            self.found += [given[name] for name in SPOKEN if name in given]
        if tag not in VOID:
            self._open.append((tag, content))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and any(tag == one for one, _content in self._open) and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._content:
            self.found.append(data)


def english(html: str, names: set[str]) -> list[str]:
    """The texts in which something is left that is neither said in Chinese nor one of the names."""
    texts = Texts()
    texts.feed(html)
    known = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in sorted(names, key=len, reverse=True)))
    return [" ".join(one.split()) for one in texts.found if not HAN.search(one) and LATIN.search(known.sub(" ", one))]


@pytest.fixture
def names(scene) -> set[str]:
    """What people of the scene, and programs, call things."""
    columns = [(User, ("username", "first_name", "email")), (Dataset, ("name", "slug", "licence")), (Campaign, ("name", "slug"))]
    columns += [(Item, ("kind", "key", "split")), (Selection, ("slug",)), (Endpoint, ("name",)), (ApiToken, ("name",)), (Guideline, ("text",))]
    found = {value for model, fields in columns for row in model.objects.values_list(*fields) for value in row}
    kinds = scene.cast.dataset.kinds.kinds
    found |= {field for kind in kinds.values() for field in kind.fields} | set(kinds)
    found |= {name for _tag, name in settings.LANGUAGES} | {"en", "my", "sw", "pt-BR"} | set(baselines.all) | {"numbers", "XNLI"}
    return (found | NAMES) - {""}


def _read(user: User | None, path: str) -> str:
    client = Client()
    if user:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    with translation.override("zh-hans"):  # what the request chooses would go on for the tests after it
        return client.get(path, headers={"accept-language": "zh-hans"}).content.decode()


@pytest.mark.parametrize("row", list(addresses.pages()), ids=lambda row: row.route)
def test_no_english_is_left_on_a_page(row, scene, names):
    who = addresses.viewer(scene, row)
    html = _read(who, addresses.address(scene, row, who))
    assert 'lang="zh-hans"' in html.lower()
    assert english(html, names) == []


FORMS = (
    [("make", f"?step={name}") for name in makings.makers()]
    + [("selections", f"?selector={name}") for name in selectors.all]
    + [("imports", f"?format={name}") for name in importers.all]
)


@pytest.mark.parametrize(("route", "query"), FORMS)
def test_no_english_is_left_in_a_form_made_from_a_plugin(route, query, scene, names):
    html = _read(scene.cast.ada, reverse(route, args=[scene.cast.dataset.slug]) + query)
    assert english(html, names) == []


def test_a_text_that_was_forgotten_is_found():
    page = '<html lang="zh"><p title="Save it">保存</p><p>Two words</p><code>two words</code><p>Ada</p><bdi>Somebody’s words</bdi></html>'
    assert english(page, {"Ada"}) == ["Save it", "Two words"]
