"""A campaign's preview: the real screen, of which nothing is kept."""

import pytest
from django.urls import reverse

from annotation.models import Assignment, Submission, Task
from core.models import Event
from tests.world import task

pytestmark = pytest.mark.django_db
GOOD = {"do": "submit", "content.text": "Paka aliketi."}


@pytest.fixture
def campaign(cast):
    made = cast.campaign()
    for number in (1, 2):
        task(made, cast.drafted(f"The cat sat {number}.", f"Paka aliketi {number}.", key=f"s{number}"))
    return made


@pytest.fixture
def ada(cast, as_):
    return as_(cast.ada)


def url(campaign, **query) -> str:
    return reverse("preview", args=[campaign.dataset.slug, campaign.slug], query=query)


def rows() -> list[int]:
    return [model.objects.count() for model in (Task, Assignment, Submission, Event)]


def test_a_manager_sees_what_annotators_will_see(ada, campaign):
    page = ada.get(url(campaign, nth=1)).content.decode()
    assert "Paka aliketi 2." in page
    assert "Nothing you do here is kept" in page


def test_a_preview_keeps_no_row(ada, campaign):
    before = rows()
    assert ada.get(url(campaign)).status_code == 200
    page = ada.post(url(campaign), GOOD).content.decode()
    assert "This answer would be taken" in page
    assert "Paka aliketi 2." in page, "the next unit follows"
    assert ada.post(url(campaign), {"do": "save", "content.text": "x"}).status_code == 200
    assert rows() == before


def test_an_answer_that_would_be_refused_is_told_why(ada, campaign):
    answer = ada.post(url(campaign), GOOD | {"content.text": " "})
    assert answer.status_code == 422
    assert "text is empty" in answer.content.decode()


def test_a_campaign_that_is_not_open_yet_can_be_previewed(ada, cast):
    cast.drafted("The cat sat.", "Paka aliketi.")
    draft = cast.campaign(slug="later", live=False)
    assert "Paka aliketi." in ada.get(url(draft)).content.decode()
    assert Task.objects.count() == 0


def test_a_manager_who_is_at_work_there_keeps_their_task(as_, cast, campaign):
    held = Assignment.objects.create(
        campaign=campaign, task=campaign.tasks.first(), person=cast.ada, stage="annotate", lease_until="2100-01-01T00:00Z"
    )
    assert as_(cast.ada).get(url(campaign)).status_code == 200
    held.refresh_from_db()
    assert held.status == "active"
