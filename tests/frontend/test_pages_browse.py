"""The item browser: what is found by whom, views that are kept, and what is done to many at once."""

import re

import pytest
from django.urls import reverse

from annotation.models import Finding, Member, SavedView, Unit
from tests.world import drafted, unit

pytestmark = pytest.mark.django_db


def keys(text: str) -> set[str]:
    text = text.replace("<mark>", "").replace("</mark>", "")
    return {key for key in ("s1", "s2", "s3") if f">{key}</a>" in text}


@pytest.fixture
def three(scene, as_):
    """Units s1 (drafted, sw), s2 (new, sw) and s3 (drafted, my)."""
    unit(scene.cast.sentence('She said "50 % off".', key="s2"), "sw")
    drafted(unit(scene.cast.sentence("It rained.", key="s3"), "my"), "မိုးရွာသည်။")
    return as_(scene.cast.ada)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"s1", "s2", "s3"}),
        ({"language": "my"}, {"s3"}),
        ({"status": "new"}, {"s2"}),
        ({"kind": "question"}, set()),
        ({"route": "people"}, {"s1", "s3"}),
        ({"q": "s2"}, {"s2"}),
        ({"q": "aliketi"}, {"s1"}),
        ({"q": "ရွာ"}, {"s3"}),
        ({"q": '"50 %'}, {"s2"}),
        ({"q": "50_%"}, set()),
        ({"q": "CAT"}, {"s1"}),
        ({"q": "cat ALIKETI"}, {"s1"}),
        ({"q": "cat rained"}, set()),
        ({"q": '"the cat"'}, {"s1"}),
        ({"q": '"cat the"'}, set()),
        ({"q": "ｃａｔ"}, {"s1"}),
        ({"q": "ရ"}, {"s3"}),
        ({"q": "\u200b"}, set()),
        ({"q": "rained", "language": "sw"}, set()),
        ({"check": "numbers"}, {"s1"}),
        ({"verdict": "warn"}, set()),
        ({"check": "numbers", "verdict": "fail", "q": "paka"}, {"s1"}),
        ({"campaign": "post-edit"}, {"s1"}),
        ({"campaign": "no-such"}, set()),
        ({"person": "no-such"}, set()),
        ({"language": "<script>"}, set()),
        ({"q": "text"}, set()),
        ({"q": "\x00s2"}, {"s2"}),
        ({"after": "not a number"}, {"s1", "s2", "s3"}),
    ],
)
def test_units_are_found_by_filters_and_words(three, query, found, page):
    assert keys(page(three, "units", "xnli", **query)) == found


def test_the_next_units_follow_those_shown(scene, as_, page):
    for number in range(60):
        unit(scene.cast.sentence(f"Sentence {number:03}.", key=f"k{number:03}"), "sw")
    first = page(as_(scene.cast.ada), "units", "xnli", kind="sentence")
    assert "k048" in first and "k049" not in first
    after = first.split("after=")[1].split('"')[0]
    assert "k049" in page(as_(scene.cast.ada), "units", "xnli", kind="sentence", after=after)


def test_an_expert_browses_only_their_languages(scene, three, as_, page):
    Member.objects.filter(user=scene.cast.efe).update(languages=["my"])
    assert keys(page(as_(scene.cast.efe), "units", "xnli")) == {"s3"}
    assert as_(scene.cast.efe).get(reverse("unit", args=["xnli", scene.unit.pk])).status_code == 403




def test_what_was_looked_for_is_marked_where_it_stands(three, page):
    text = page(three, "units", "xnli", q="CAT aliketi")
    assert "The <mark>cat</mark> sat." in text and "Paka <mark>aliketi</mark>." in text
    assert '<bdi class="text" lang="sw" dir="ltr">Paka <mark>' in text


def test_a_long_text_is_shown_from_where_the_words_stand(scene, as_, page):
    drafted(unit(scene.cast.sentence("word " * 300 + "needle " + "word " * 300, key="long"), "sw"), "Sindano.")
    text = page(as_(scene.cast.ada), "units", "xnli", q="needle")
    line = text.split('<bdi class="text" lang="en" dir="ltr">')[1].split("</bdi>")[0]
    assert line.startswith("…word") and "<mark>needle</mark>" in line and line.endswith("…") and len(line) < 500


def test_a_field_that_is_not_translated_shows_where_it_is_what_was_found(scene, as_, page):
    unit(scene.cast.pair(scene.unit.item, scene.unit.item, "contradiction", key="p1"), "sw")
    assert "label: <mark>contradict</mark>ion" in page(as_(scene.cast.ada), "units", "xnli", q="contradict")


def test_what_is_empty_says_why_and_offers_a_way_on(scene, three, as_, page):
    text = page(three, "units", "xnli", q="nowhere")
    assert "No unit has these words and fits the filters." in text and 'href="/d/xnli/units/">Show all' in text
    assert "More than 10,000" not in text


@pytest.mark.parametrize("after", ["-1", "9" * 40, "²", "٣", "1e3"])
def test_an_address_that_was_tampered_with_breaks_nothing(three, after):
    assert three.get(reverse("units", args=["xnli"]), {"after": after}).status_code == 200


def test_a_search_that_is_too_long_is_refused_with_the_reason(three):
    answer = three.get(reverse("units", args=["xnli"]), {"q": "a" * 201})
    assert answer.status_code == 422 and "at most 200 characters" in answer.content.decode()


def test_a_view_is_kept_opened_and_dropped(scene, as_, page):
    ada, efe, url = as_(scene.cast.ada), as_(scene.cast.efe), reverse("views", args=["xnli"])
    kept = ada.post(url, {"do": "save", "name": "Failed <b>", "check": "numbers", "q": "မိုး", "shared": "on"})
    assert kept.headers["Location"] == reverse("units", args=["xnli"]) + "?check=numbers&q=%E1%80%99%E1%80%AD%E1%80%AF%E1%80%B8"
    link = "?check=numbers&amp;q=%E1%80%99%E1%80%AD%E1%80%AF%E1%80%B8"
    assert link in page(ada, "units", "xnli") and "Failed &lt;b&gt;" in page(ada, "units", "xnli")
    assert link not in page(efe, "units", "xnli"), "shared with managers, and Efe is none"
    view = SavedView.objects.get().pk
    assert efe.post(url, {"do": "drop", "view": view}).status_code == 404
    assert ada.post(url, {"do": "drop", "view": view}).status_code == 302 and not SavedView.objects.exists()
    assert ada.post(url, {"do": "drop", "view": "²"}).status_code == 404


def shown_mark(text: str) -> str:
    return re.search(r'name="mark" value="(\w+)"', text)[1]


def test_many_are_shown_first_and_then_done(scene, three, page):
    url = reverse("units_together", args=["xnli"])
    sent = {"which": "all", "kind": "sentence", "language": "sw", "deed": "reject", "reason": "No <sense>."}
    told = three.post(url, sent).content.decode()
    assert "<strong>1</strong> unit would be touched." in told and "It is new, and so cannot be rejected." in told
    assert 'value="No &lt;sense&gt;."' in told and Unit.objects.filter(status="rejected").count() == 0
    done = three.post(url, sent | {"do": "carry_out", "mark": shown_mark(told)}, follow=True)
    assert "Reject: done to 1 unit." in done.content.decode() and done.request["QUERY_STRING"] == "language=sw&kind=sentence"
    assert Unit.objects.get(status="rejected") == scene.unit


def test_what_changed_between_looking_and_doing_is_asked_again(scene, three, page):
    url, sent = reverse("units_together", args=["xnli"]), {"which": "all", "status": "drafted", "deed": "reject", "reason": "Why."}
    told = three.post(url, sent).content.decode()
    drafted(unit(scene.cast.sentence("It snowed.", key="s4"), "sw"), "Theluji.")
    again = three.post(url, sent | {"do": "carry_out", "mark": shown_mark(told)})
    assert again.status_code == 409 and "changed since you looked" in again.content.decode()
    assert Unit.objects.filter(status="rejected").count() == 0
    three.post(url, sent | {"do": "carry_out", "mark": shown_mark(again.content.decode())})
    assert Unit.objects.filter(status="rejected").count() == 4


@pytest.mark.parametrize(
    "sent",
    [
        {"which": "ticked", "deed": "reject"},
        {"which": "ticked", "deed": "reject", "unit": ["²", "x", "9" * 40]},
        {"deed": "reject"},
        {"which": "all", "deed": "reject", "q": "nowhere at all"},
        {"which": "all", "deed": ""},
        {"which": "all", "deed": "admit"},
        {"which": "all", "deed": "reject", "do": "carry_out", "reason": ""},
    ],
)
def test_nothing_is_done_to_nothing_in_particular(three, sent):
    answer = three.post(reverse("units_together", args=["xnli"]), sent | ({} if "reason" in sent else {"reason": "Why."}))
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    assert Unit.objects.filter(status="rejected").count() == 0


def test_a_campaign_that_is_not_there_is_missing(three):
    sent = {"which": "all", "deed": "withdraw", "to": "no-such", "reason": "Why."}
    assert three.post(reverse("units_together", args=["xnli"]), sent).status_code == 404


def test_an_expert_has_no_people_and_no_boxes_to_tick(scene, as_, page):
    Finding.objects.create(translation=scene.unit.current, check_name="judge_mqm", verdict="warn", signature="j")
    ada, efe = page(as_(scene.cast.ada), "units", "xnli"), page(as_(scene.cast.efe), "units", "xnli")
    for only_managers in ('name="person"', 'name="unit"', 'name="deed"', "judge_mqm"):
        assert only_managers in ada and only_managers not in efe
