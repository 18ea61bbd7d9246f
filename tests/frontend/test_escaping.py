"""Whatever people, files and models write is shown as text on every page, and never becomes part of the page."""

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from annotation.actions import assignments, units, views
from annotation.browsing import Wanted
from annotation.models import (
    Campaign,
    Comment,
    Dataset,
    Finding,
    Guideline,
    Hold,
    Making,
    Selected,
    Selection,
    Task,
    Term,
    Unit,
)  # fmt: skip
from core.models import ApiToken, Event, User
from pipelines.models import MachineSubmission, Rejection, Run, RunItem
from tests.frontend.addresses import address, pages, viewer
from tests.frontend.conftest import release
from tests.frontend.test_permissions import client_of
from tests.world import drafted, translation, unit

pytestmark = pytest.mark.django_db

CORPUS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "'><svg/onload=alert(3)>",
    "</textarea></title></style><iframe src=//evil.example>",
    '<a href="javascript:alert(4)">four</a>',
    "[five](javascript:alert(5)) [six](data:text/html;base64,PHNjcmlwdD4=) ![seven](//evil.example/7.png)",
    "<style>*{display:none}</style><p style=color:red onclick=alert(8)>",
    "{{ 7|add:7 }} {% csrf_token %} ${9} <!-- -->",
    '<math><mi//xlink:href="data:x,<script>alert(10)</script>">',
    "&lt;script&gt;alert(11)&lt;/script&gt;",
)
ALL = "\n".join(CORPUS)
# Our pages have none of these; a chart is an svg without any handler.
FORBIDDEN = {"iframe", "object", "embed", "base", "math", "style", "img", "foreignobject"}


class Page(HTMLParser):
    """Reads a page as a browser would and notes what could run or load something."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self.shown: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        # A picture of a guideline is one of ours.
        ours = tag == "img" and (named.get("src") or "").startswith("/d/")
        if (tag in FORBIDDEN and not ours) or (tag == "script" and "src" not in named):
            self.problems.append(f"<{tag}>")
        for name, value in attrs:
            address = (value or "").strip().lower() if name in ("href", "src", "action", "xlink:href") else ""
            if name.startswith("on") or name == "style" or address.startswith(("javascript:", "data:", "//")):
                self.problems.append(f"<{tag} {name}={value}>")
            self.shown.append(value or "")

    def handle_data(self, data):
        self.shown.append(data)

    def shows(self, text: str) -> bool:
        return text in "".join(self.shown)


@pytest.fixture
def stage(scene):
    """The scene with the whole corpus in every place that takes a text."""
    cast, dataset = scene.cast, scene.cast.dataset
    cast.ada.first_name = ALL[:150]
    cast.ada.save()
    User.objects.exclude(pk=cast.ada.pk).update(last_name=CORPUS[1])
    Dataset.objects.filter(pk=dataset.pk).update(name=CORPUS[1], description=ALL, licence=CORPUS[0])
    Campaign.objects.update(name=CORPUS[3])
    example = {"source": ALL, "draft": CORPUS[0], "answer": CORPUS[1], "why": ALL, "language": "sw"}
    Guideline.objects.create(campaign=scene.campaign, version=2, text=ALL, examples=[example], created_by=cast.ada)
    evil = drafted(
        unit(cast.question(ALL, [ALL, "b"], key=CORPUS[0]), "sw"), {"stem": ALL, "options": [ALL, CORPUS[4]]}
    )
    edited = translation(
        evil, {"stem": ALL + ".", "options": ["a", ALL]}, origin="post-edited", parent=evil.current,
        author=cast.bola, made_by={CORPUS[0]: ALL},
    )  # fmt: skip
    units.adopt(evil, edited, by=cast.ada)
    Finding.objects.create(translation=edited, check_name=CORPUS[1], verdict="warn", detail=ALL, signature=CORPUS[2])
    Unit.objects.filter(pk=evil.pk).update(reasons=[ALL])
    Task.objects.all().delete()
    Task.objects.create(campaign=scene.campaign, unit=evil, language="sw", reason=ALL)
    held = assignments.claim(scene.campaign, by=cast.bola)
    payload = {"content": {"stem": ALL, "options": [ALL, "b"]}, "comment": ALL}
    assignments.submit(held, payload, by=cast.bola, key="k", flagged=ALL)
    Event.objects.create(verb=CORPUS[0], subject=f"unit:{evil.pk}", scope=dataset.event_scope, data={"reason": ALL})
    done = Run.objects.create(
        dataset=dataset, job={"name": "import_file", "params": {"file_name": ALL}}, status="stopped", message=ALL
    )
    RunItem.objects.create(run=done, status="dead", error_class=CORPUS[0][:40], error=ALL)
    Rejection.objects.create(run=done, line=1, field=CORPUS[1], reason=ALL)
    release(cast, "6.6.6", "published", card=ALL)
    ApiToken.issue(cast.ada, name=CORPUS[1], scopes=["read"])
    _around_it(scene, evil, done)
    return evil, done


def _around_it(scene, evil: Unit, done: Run) -> None:
    """The corpus in what is said around the work: terms, comments, holds, selections, what was made, and a model's answer."""
    cast = scene.cast
    Term.objects.create(dataset=cast.dataset, language="sw", source=CORPUS[0], target=CORPUS[1], note=ALL[:500])
    asked = Task.objects.get(unit=evil)
    Comment.objects.create(task=asked, author=cast.ada, text=ALL)
    Hold.objects.create(campaign=scene.campaign, person=cast.bola, language="sw", reason=ALL)
    chosen = Selection.objects.create(
        dataset=cast.dataset, slug="evil", created_by=cast.ada, selector={"name": "near_duplicates"}, signature=ALL[:100], kinds=["question"]
    )
    Selected.objects.create(selection=chosen, item=evil.item, kept=False, reason=CORPUS[1])
    Making.objects.create(item=evil.item, source=scene.unit.item, made_by={"step": CORPUS[0], "noted": ALL})
    MachineSubmission.objects.create(
        campaign=scene.campaign, task=asked, annotator=CORPUS[1], payload={"content": {"stem": ALL}}, request_hash="h", run=done
    )


# Pages on which nothing stands that anybody wrote.
OURS = {"sign_in", "desk", "endpoints", "endpoint", "gallery", "gallery_type"}
PAGES = [
    "home", "account", "dataset", "history", "imports", "runs", "run", "draft", "units", "unit", "campaigns",
    "campaign", "members", "revision", "releases", "release", "leaderboard", "invitation",
]  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_the_corpus_as_text(scene, stage, as_, name):
    evil, done = stage
    args = {
        "home": [], "account": [], "run": ["xnli", done.pk], "unit": ["xnli", evil.pk],
        "campaign": ["xnli", "post-edit"],
        "release": ["xnli", "6.6.6"], "leaderboard": ["xnli", "6.6.6"], "invitation": [scene.token],
    }.get(name, ["xnli"])  # fmt: skip
    response = as_(scene.cast.ada).get(reverse(name, args=args))
    assert response.status_code == 200
    seen = Page(response.content.decode())
    assert not seen.problems
    assert any(seen.shows(payload) for payload in CORPUS), "nothing of the corpus shows: the test looks at nothing"


@pytest.mark.parametrize("row", list(pages()), ids=str)
def test_no_page_of_the_site_takes_what_people_wrote_for_its_own(scene, stage, row):
    """Whatever page there is: one that is added is in the table of permissions, and so is tried here."""
    who = viewer(scene, row)
    response = client_of(who).get(address(scene, row, who))
    assert response.status_code == 200
    seen = Page(response.content.decode())
    assert not seen.problems
    assert row.route in OURS or any(seen.shows(payload) for payload in CORPUS), "nothing of the corpus shows"


def test_the_work_screen_shows_the_corpus_as_text(scene, stage, as_):
    evil, _ = stage
    Task.objects.filter(unit=evil).update(stage="verify", open=1, status="open")
    response = as_(scene.cast.efe).get(reverse("work", args=["xnli", "post-edit"]))
    assert response.status_code == 200
    seen = Page(response.content.decode())
    assert not seen.problems
    assert seen.shows(ALL)


def test_a_search_for_the_corpus_shows_it_as_text(scene, stage, as_):
    ada, url = as_(scene.cast.ada), reverse("units", args=["xnli"])
    response = ada.get(url, {"q": CORPUS[1], "language": CORPUS[0], "check": CORPUS[1], "person": CORPUS[2]})
    assert not Page(response.content.decode()).problems
    views.save(scene.cast.dataset, name=CORPUS[1], wanted=Wanted(q=CORPUS[0]), by=scene.cast.ada)
    for payload in CORPUS[:5]:
        seen = Page(ada.get(url, {"q": payload}).content.decode())
        assert not seen.problems and seen.shows(payload) and seen.shows(CORPUS[1])
        assert "<mark>" in ada.get(url, {"q": payload}).content.decode(), "found, marked, and still no part of the page"


def test_what_would_be_done_to_many_shows_the_corpus_as_text(scene, stage, as_):
    sent = {"which": "all", "deed": "admit", "to": "post-edit", "reason": CORPUS[1], "status": "drafted"}
    seen = Page(as_(scene.cast.ada).post(reverse("units_together", args=["xnli"]), sent).content.decode())
    assert not seen.problems and seen.shows(CORPUS[3])


def test_an_error_that_quotes_its_input_shows_it_as_text(scene, as_):
    body = {"do": "yaml", "text": f"slug: a\nname: A\n'{CORPUS[0]}': 1"}
    response = as_(scene.cast.ada).post(reverse("campaigns", args=["xnli"]), body)
    assert response.status_code == 422
    assert not Page(response.content.decode()).problems


@pytest.mark.parametrize("payload", [CORPUS[0], CORPUS[1], CORPUS[2], CORPUS[3], CORPUS[4], CORPUS[6], CORPUS[8]])
def test_the_reader_sees_what_it_is_there_to_see(payload):
    """A control: the same text put into a page unescaped is noticed."""
    assert Page(f"<p>{payload}</p>").problems
