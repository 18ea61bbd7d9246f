"""The guideline's editor: versions, examples, pictures, and how it will look."""

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils.html import escape

from annotation.actions import images
from annotation.models import Campaign, Image
from core.errors import Invalid, Refused
from frontend.markdown import to_html

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest.fixture
def ada(cast, as_):
    return as_(cast.ada)


@pytest.fixture
def url(cast):
    cast.campaign()
    return reverse("guideline", args=["xnli", "post-edit"])


def upload(data: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.png", data, "image/png")


def test_a_guideline_gets_a_new_version_and_keeps_the_old_one(cast, as_, ada, url):
    there = reverse("campaign", args=["xnli", "post-edit"])
    ada.post(url, {"do": "save", "text": "Second edition."})
    assert ada.post(url, {"do": "save", "text": "Second edition.", "examples": ""}).status_code == 302
    assert Campaign.objects.get(slug="post-edit").guidelines.count() == 2
    assert "Second edition." in ada.get(there).content.decode()
    assert "Say what the source says." in ada.get(there, {"version": "1"}).content.decode()


def test_examples_are_written_as_yaml_beside_the_guideline_and_shown_each_in_its_language(cast, as_, ada, url):
    there = reverse("campaign", args=["xnli", "post-edit"])
    given = [{"source": "Nobody slept.", "answer": "Hakuna aliyelala.", "why": "*Nobody* was lost.", "language": "sw"}]
    written = {"do": "save", "text": "Second edition.\r\nOf two lines.", "examples": yaml.safe_dump(given).replace("\n", "\r\n")}
    assert ada.post(url, written).status_code == 302
    assert ada.post(url, written).status_code == 302
    newest = Campaign.objects.get(slug="post-edit").guidelines.first()
    assert (newest.version, newest.text, newest.examples) == (2, "Second edition.\nOf two lines.", given)
    page = as_(cast.bola).get(there).content.decode()
    assert '<bdi class="text block" lang="en" dir="ltr">Nobody slept.</bdi>' in page
    assert '<bdi class="text block" lang="sw" dir="ltr">Hakuna aliyelala.</bdi>' in page
    assert "<em>Nobody</em> was lost." in page
    assert "aliyelala" not in as_(cast.bola).get(there, {"version": "1"}).content.decode()


@pytest.mark.parametrize(
    ("examples", "problem"),
    [
        ("- source: [", "line 1: "),
        ("- {source: a, answer: b}", "examples.0.why: Field required"),
        ("- {source: a, answer: b, why: c, language: fr}", "examples.0.language: this dataset has no fr"),
        ('- {source: "a\\0", answer: b, why: c}', "examples.0.source: contains the NUL character"),
        ("just words", "Input should be a valid list"),
    ],
)
def test_wrong_examples_are_refused_at_their_field_and_what_was_written_stays(cast, as_, ada, url, examples, problem):
    response = ada.post(url, {"do": "save", "text": "Second edition.", "examples": examples})
    page = response.content.decode()
    assert response.status_code == 422 and problem in page and escape(examples) in page
    assert Campaign.objects.get(slug="post-edit").guidelines.count() == 1


def test_the_text_is_shown_as_it_will_look_and_nothing_is_kept(ada, url):
    fragment = ada.post(url, {"do": "look", "text": "**Bold** <script>"}, headers={"HX-Request": "true"}).content.decode()
    assert fragment == "<p><strong>Bold</strong> &lt;script&gt;</p>\n"
    assert Campaign.objects.get().guidelines.count() == 1


def test_a_picture_is_kept_once_and_what_was_written_stays(ada, url):
    for _ in range(2):
        page = ada.post(url, {"do": "image", "image": upload(), "text": "Not saved yet."}).content.decode()
    assert "Not saved yet." in page
    made = Image.objects.get()
    answer = ada.get(reverse("picture", args=["xnli", made.sha256, "png"]))
    assert (answer.content, answer["Content-Type"], answer["X-Content-Type-Options"]) == (PNG, "image/png", "nosniff")
    assert f"/d/xnli/images/{made.file}" in page


def test_an_annotator_sees_a_picture_and_adds_none(cast, as_, ada, url):
    made = images.keep(cast.dataset, PNG, by=cast.ada)
    where = reverse("picture", args=["xnli", made.sha256, "png"])
    assert as_(cast.bola).get(where).status_code == 200
    assert as_(cast.zed).get(where).status_code == 404
    with pytest.raises(Refused):
        images.keep(cast.dataset, PNG, by=cast.bola)


@pytest.mark.parametrize("data", [b"<svg onload=alert(1)>", b"<html>", b"GIF", PNG + bytes(images.MOST_BYTES)])
def test_what_is_no_picture_or_too_large_is_refused(cast, ada, url, data):
    assert ada.post(url, {"do": "image", "image": upload(data)}).status_code == 422
    with pytest.raises(Invalid):
        images.keep(cast.dataset, data, by=cast.ada)
    assert not Image.objects.exists()


def test_a_picture_is_never_changed(cast):
    made = images.keep(cast.dataset, PNG, by=cast.ada)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Image.objects.filter(pk=made.pk).update(data=b"")


def test_only_our_own_pictures_are_shown():
    ours = f"/d/xnli/images/{'a' * 64}.png"
    assert to_html(f"![a cat]({ours})") == f'<p><img src="{ours}" alt="a cat"></p>\n'
    for other in ("https://evil.example/x.png", "/d/xnli/export.png", f"//evil{ours}", f"{ours}?x", "data:image/png;base64,AA"):
        assert to_html(f"![a cat]({other})") == "<p>a cat</p>\n"
