"""The revision page: its charts, each with its table, and honest when there is nothing to show."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.models import Member
from annotation.revision_tables import TABLES
from tests.released import submitted
from tests.revised import revised
from tests.world import task, translation

pytestmark = pytest.mark.django_db
SIMULATED = '<span class="badge">simulated</span>'


@pytest.fixture
def ada(cast, as_):
    return as_(cast.ada)


def test_it_shows_what_each_stage_changed(cast, ada, page):
    revised(cast)
    shown = page(ada, "revision", "xnli")
    assert "of the texts that experts decided would stand otherwise without them: 3 of 5." in " ".join(shown.split())
    assert "<strong>50.0 %</strong> <span class=\"faint\">2 of 4</span>" in shown
    assert "wrong tense" in shown and "=no sentence" in shown
    assert '<svg viewBox="0 0 100 10"' in shown and "style=" not in shown


def test_edits_stand_in_their_own_language_and_direction(cast, ada, page):
    cast.dataset.languages.create(tag="ar")
    row = cast.drafted("The cat slept.", "جلس القط.", "ar")
    asked = task(cast.campaign(), row, status="done")
    submitted(asked, cast.bola, "annotate", {"content": {"text": "نام القط."}})
    row.current = translation(row, "نام القط.", parent=row.current, author=cast.bola)
    row.save()
    shown = page(ada, "revision", "xnli")
    assert '<bdi class="text block" lang="ar" dir="rtl"><del>جلس</del><ins>نام</ins> القط.</bdi>' in shown


def test_before_anybody_has_answered_it_says_so(cast, ada, page):
    cast.drafted("The cat sat.", "Paka.")
    shown = page(ada, "revision", "xnli")
    assert "Nothing to compare yet" in shown and "<svg viewBox" not in shown.split("<main")[1]


def test_one_language_can_be_looked_at_alone(cast, ada, page):
    revised(cast)
    shown = page(ada, "revision", "xnli", language="my").split("<main")[1]
    assert "Swahili (sw)</span>" not in shown and "wrong tense" not in shown
    assert "?language=my" in shown
    assert ada.get(reverse("revision", args=["xnli"]), {"language": "fr"}).status_code == 404


def test_work_of_programs_is_called_simulated(cast, ada, page):
    revised(cast)
    assert SIMULATED not in page(ada, "revision", "xnli")
    Member.objects.filter(dataset=cast.dataset, user__in=(cast.bola, cast.efe)).update(simulated=True)
    shown = page(ada, "revision", "xnli")
    assert shown.count(SIMULATED) > 10
    assert "Simulated crowd: programs, not people" in shown


@pytest.mark.parametrize("name", TABLES)
def test_behind_each_chart_is_its_table(cast, ada, page, name):
    revised(cast)
    assert reverse("revision_table", args=["xnli", name]) in page(ada, "revision", "xnli")
    response = ada.get(reverse("revision_table", args=["xnli", name]), {"language": "sw"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="xnli-sw-revision-{name}.csv"'
    header, *rows = csv.reader(io.StringIO(b"".join(response.streaming_content).decode(), newline=""))
    assert header[0] == "language" and {row[0] for row in rows} == {"sw"}


def test_a_table_there_is_not_is_missing(cast, ada):
    assert ada.get(reverse("revision_table", args=["xnli", "secrets"])).status_code == 404


def test_the_page_takes_as_many_queries_for_six_texts_as_for_twelve(cast, ada, page):
    def queries():
        with CaptureQueriesContext(connection) as taken:
            page(ada, "revision", "xnli")
        return len(taken)

    revised(cast)
    few = queries()
    revised(cast, "more")
    assert queries() == few <= 25
