"""The glossary's page: found, brought in, added, dropped, taken along."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.actions import terms
from annotation.models import Term

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(cast) -> str:
    return reverse("glossary", args=[cast.dataset.slug])


def agree(cast, *pairs: tuple[str, str, str]) -> None:
    for tag, source, target in pairs:
        terms.add(cast.dataset, tag, source, target, by=None)


def test_an_empty_glossary_says_what_it_is_for(cast, as_, page):
    assert "Nothing is agreed yet" in page(as_(cast.ada), "glossary", cast.dataset.slug)


def test_terms_stand_in_their_own_language_and_direction(cast, as_, page):
    agree(cast, ("my", "Egypt", "အီဂျစ်"))
    shown = page(as_(cast.bola), "glossary", cast.dataset.slug)
    assert '<bdi class="text" lang="my" dir="ltr">အီဂျစ်</bdi>' in shown
    assert "Drop" not in shown and "Bring in" not in shown


def test_terms_are_found_by_any_of_their_words_and_by_language(cast, as_, page):
    agree(cast, ("my", "Egypt", "အီဂျစ်"), ("sw", "Egypt", "Misri"), ("sw", "Rome", "Roma"))
    client = as_(cast.ada)
    assert "Misri" in page(client, "glossary", cast.dataset.slug, q="misr")
    assert "Roma" not in page(client, "glossary", cast.dataset.slug, q="egypt")
    assert "Misri" not in page(client, "glossary", cast.dataset.slug, language="my")
    assert "No term is like that" in page(client, "glossary", cast.dataset.slug, q="\x00nowhere")


def test_a_file_comes_in_and_its_bad_lines_are_shown(cast, as_, url):
    file = SimpleUploadedFile("terms.csv", b"Egypt,Misri\nlonely,\n")
    shown = as_(cast.ada).post(url, {"do": "upload", "language": "sw", "file": file}).content.decode()
    assert "1 terms added" in shown and "Line 2" in shown and "target is missing" in shown
    assert Term.objects.get().target == "Misri"


def test_a_file_that_cannot_be_read_is_told_of_at_the_form(cast, as_, url):
    file = SimpleUploadedFile("terms.csv", b"a,\xff\n")
    answer = as_(cast.ada).post(url, {"do": "upload", "language": "sw", "file": file})
    assert answer.status_code == 422 and "not UTF-8" in answer.content.decode()


def test_a_term_is_added_and_dropped(cast, as_, url):
    client = as_(cast.ada)
    client.post(url, {"do": "add", "language": "sw", "source": "Egypt", "target": "Misri", "locked": "on"})
    made = Term.objects.get()
    assert made.locked and made.created_by == cast.ada
    client.post(url, {"do": "remove", "term": made.pk})
    assert not Term.objects.exists()
    assert client.post(url, {"do": "remove", "term": made.pk}).status_code == 404


def test_a_term_of_another_dataset_cannot_be_dropped_from_here(cast, as_, url):
    theirs = terms.add(cast.other, cast.other.language_tags[0], "a", "b", by=None)
    assert as_(cast.ada).post(url, {"do": "remove", "term": theirs.pk}).status_code == 404
    assert Term.objects.filter(pk=theirs.pk).exists()


def test_what_is_taken_along_can_be_brought_in_again(cast, as_, url):
    agree(cast, ("sw", "Egypt", "Misri"), ("my", "Egypt", "အီဂျစ်"))
    data = b"".join(as_(cast.ada).get(url, {"as": "csv"}).streaming_content)
    assert data.decode().splitlines()[0] == "source,target,locked,note,language"
    taken = terms.take_csv(cast.dataset, "sw", data, by=None)
    assert (taken.same, [one["error"] for one in taken.errors]) == (1, ["is of my, not of sw"])


def test_a_thousand_terms_cost_as_many_queries_as_one(cast, as_, url, django_assert_num_queries):
    client = as_(cast.ada)
    agree(cast, ("sw", "a", "b"))
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    Term.objects.bulk_create(Term(dataset=cast.dataset, language="sw", source=str(n), target="x") for n in range(1000))
    with django_assert_num_queries(len(one)):
        shown = client.get(url, {"page": "2"}).content.decode()
    assert shown.count("<tr>") == 101 and "The ones before" in shown
