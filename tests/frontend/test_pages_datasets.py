"""A dataset's pages: making one, its overview, its history, and what every one of them says."""

import pytest
import yaml
from django.urls import reverse

from annotation.models import Dataset, Member
from annotation.schema import Schema
from core.models import Event
from frontend.pages import schemas
from pipelines.importers import xnli

pytestmark = pytest.mark.django_db


def test_the_admin_makes_a_dataset_from_a_preset(cast, as_, page):
    client = as_(cast.admin)
    form = page(client, "dataset_new", like="questions")
    assert "choice, of: options" in form
    body = {
        "name": "Quiz", "slug": "quiz", "source_language": "en", "languages": "sw, my", "licence": "cc-by-4.0",
        "schema": "kinds: {sentence: {fields: {text: {type: text, translate: true}}}}",
    }  # fmt: skip
    assert client.post(reverse("dataset_new"), body).status_code == 302
    assert Dataset.objects.get(slug="quiz").language_tags == ["my", "sw"]
    assert "There are no items yet" in page(client, "dataset", "quiz")


@pytest.mark.parametrize(
    ("schema", "reason"),
    [("kinds: [", "line 1"), ("kinds: {s: {fields: {t: {type: poem}}}}", "kinds.s.fields.t.type"), ("5", "schema")],
)
def test_a_schema_that_is_none_is_refused_with_its_place(cast, as_, schema, reason):
    body = {"name": "Q", "slug": "q", "source_language": "en", "licence": "cc-by-4.0", "schema": schema}
    response = as_(cast.admin).post(reverse("dataset_new"), body)
    assert response.status_code == 422
    assert reason in response.content.decode()


def test_the_overview_counts_units_by_language_and_kind(scene, as_, page):
    text = page(as_(scene.cast.ada), "dataset", "xnli")
    assert "Swahili" in text and "Burmese" in text
    assert 'aria-label="sentence: 1 drafted of 1"' in text


def test_an_expert_sees_the_languages_that_are_theirs(scene, as_, page):
    Member.objects.filter(user=scene.cast.efe).update(languages=["my"])
    text = page(as_(scene.cast.efe), "dataset", "xnli")
    assert "Burmese" in text and "Swahili" not in text


def test_a_manager_adds_a_language(scene, as_):
    assert as_(scene.cast.ada).post(reverse("dataset", args=["xnli"]), {"tag": "pt-br"}).status_code == 302
    assert "pt-BR" in scene.cast.dataset.languages.values_list("tag", flat=True)
    wrong = as_(scene.cast.ada).post(reverse("dataset", args=["xnli"]), {"tag": "klingonish"})
    assert wrong.status_code == 422
    assert "no language tag we know" in wrong.content.decode()


DATASET_PAGES = ["dataset", "imports", "runs", "draft", "units", "campaigns", "members", "history", "releases"]


@pytest.mark.parametrize("name", DATASET_PAGES)
def test_a_simulated_crowd_is_named_on_every_page_of_the_dataset(scene, as_, name, page):
    banner = "Simulated crowd"
    assert banner not in page(as_(scene.cast.ada), name, "xnli")
    Member.objects.filter(user=scene.cast.bola).update(simulated=True)
    assert banner in page(as_(scene.cast.ada), name, "xnli")


def test_a_simulated_crowd_is_named_to_those_who_download_too(scene, as_, page):
    Member.objects.filter(user=scene.cast.bola).update(simulated=True)
    for name in ("release", "leaderboard"):
        assert "Simulated crowd" in page(as_(None), name, "xnli", "1.0.0")


def test_history_is_ones_own_unless_one_manages(scene, as_, page):
    Event.objects.create(actor=scene.cast.bola, verb="submit", subject="assignment:1", scope=scene.cast.dataset.event_scope)
    Event.objects.create(actor=scene.cast.ben, verb="skipped_it", subject="task:1", scope=scene.cast.dataset.event_scope)
    assert "skipped_it" in page(as_(scene.cast.ada), "history", "xnli")
    mine = page(as_(scene.cast.bola), "history", "xnli")
    assert "submit" in mine and "skipped_it" not in mine


def test_history_goes_on_past_its_first_page(scene, as_, page):
    scope = scene.cast.dataset.event_scope
    Event.objects.bulk_create(Event(verb=f"verb-{n}.", subject="task:1", scope=scope) for n in range(150))
    client = as_(scene.cast.ada)
    first = page(client, "history", "xnli")
    assert "verb-149." in first and "verb-20." not in first
    older = first.split("?before=")[1].split('"')[0]
    assert "verb-20." in page(client, "history", "xnli", before=older)


def test_the_pairs_to_start_from_take_an_xnli_file_as_it_is():
    ours = yaml.safe_load(schemas.PRESETS["pairs"].text)
    assert Schema.parse(ours) == Schema.parse(xnli.SCHEMA)


@pytest.mark.parametrize("preset", schemas.PRESETS.values(), ids=list(schemas.PRESETS))
def test_a_schema_to_start_from_is_one(preset):
    assert Schema.parse(yaml.safe_load(preset.text)).released
