"""The agreement page: measures beside each other by campaign, language and week, and the same as CSV."""

import csv
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from annotation.models import Member
from tests.answered import VERIFY, answered, asked, judged, judgements

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
# Who asks, the dataset and the right to it, the page's frame, and three for agreement itself.
QUERIES = 12


@pytest.fixture
def judge(cast):
    """A campaign with answers in two weeks."""
    campaign = cast.campaign("judge", name="Judge the drafts", task_type=VERIFY, overlap=2)
    judgements(cast, campaign, weeks=2, at=MONDAY)
    return campaign


def lines(response) -> list[dict[str, str]]:
    return list(csv.DictReader(b"".join(response.streaming_content).decode().splitlines()))


def test_the_measures_stand_beside_each_other_with_their_intervals(cast, judge, as_, page):
    shown = page(as_(cast.ada), "agreement", "xnli")
    for name in ("Raw agreement", "Cohen&#x27;s κ", "Fleiss&#x27; κ", "Krippendorff&#x27;s α", "Gwet&#x27;s AC1"):
        assert name in shown
    assert "<strong>0.750</strong>" in shown
    assert "2026-W48" in shown and "2026-W49" in shown
    assert "near zero though people differ in one task of twenty" in shown


def test_the_file_has_exactly_the_numbers_the_page_shows(cast, judge, as_, page):
    answered(asked(cast, cast.campaign("edit", name="Edit")), (cast.bola, "Paka."), (cast.bisi, "Paka."), at=MONDAY)
    client = as_(cast.ada)
    shown = page(client, "agreement", "xnli")
    response = client.get(reverse("agreement_table", args=["xnli"]))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="xnli-agreement.csv"'
    found = lines(response)
    on_page = sorted(re.findall(r"<strong>([-\d.]+)</strong>", shown))
    assert on_page == sorted(f"{float(one['value']):.3f}" for one in found if one["value"])
    assert {(one["campaign"], one["week"]) for one in found} == {
        ("judge", ""), ("judge", "2026-W48"), ("judge", "2026-W49"), ("edit", ""), ("edit", "2026-W48")
    }  # fmt: skip


def test_one_campaign_alone_is_shown_and_downloaded(cast, judge, as_, page):
    answered(asked(cast, cast.campaign("edit", name="Edit")), (cast.bola, "Paka."), (cast.bisi, "Paka."), at=MONDAY)
    client = as_(cast.ada)
    shown = page(client, "agreement", "xnli", campaign="edit")
    assert "Identical texts" in shown and "Judge the drafts" not in shown
    address = reverse("agreement_table", args=["xnli"]) + "?campaign=edit"
    assert f'href="{address}"' in shown
    assert {one["campaign"] for one in lines(client.get(address))} == {"edit"}
    assert client.get(reverse("agreement", args=["xnli"]), {"campaign": "nothing"}).status_code == 404


def test_the_chart_has_a_line_for_each_measure_and_a_place_for_each_week(cast, judge, as_, page):
    client = as_(cast.ada)
    shown = page(client, "agreement", "xnli")
    assert shown.count('<svg class="weekly"') == 1
    assert shown.count('<path class="way"') == 3
    assert "2026-W49: Raw agreement 0.750 [" in shown
    judgements(cast, judge, weeks=1, at=MONDAY + timedelta(weeks=60))
    assert ">2028-W03<" in page(client, "agreement", "xnli"), "a year is written where it is new"


def test_the_axis_goes_below_zero_only_where_something_does(cast, judge, as_, page):
    axis = re.compile(r'text-anchor="end">([-\d.]+)</text>')
    client = as_(cast.ada)
    assert axis.findall(page(client, "agreement", "xnli")) == ["0", "0.25", "0.5", "0.75", "1"]
    opposed = cast.campaign("opposed", task_type=VERIFY)
    for number in range(24):
        verdicts = [judged(one) for one in (("accept", "redo") if number % 2 else ("redo", "accept"))]
        at = MONDAY + timedelta(weeks=number // 12)
        answered(asked(cast, opposed), *zip((cast.bola, cast.bisi), verdicts, strict=True), at=at)
    shown = axis.findall(page(client, "agreement", "xnli", campaign="opposed"))
    assert shown == ["-1", "-0.5", "0", "0.5", "1"]


def test_one_week_makes_no_chart(cast, as_, page):
    judgements(cast, cast.campaign("judge", task_type=VERIFY), weeks=1, at=MONDAY)
    shown = page(as_(cast.ada), "agreement", "xnli")
    assert "<svg class=\"weekly\"" not in shown and "2026-W48" in shown


def test_why_a_cell_is_empty_is_said(cast, as_, page):
    answered(asked(cast, cast.campaign()), (cast.bola, "Paka."), at=MONDAY)
    assert "Identical texts: no task has answers of two people" in page(as_(cast.ada), "agreement", "xnli")


def test_figures_of_a_simulated_crowd_say_so(cast, judge, as_, page):
    client = as_(cast.ada)
    assert "simulated" not in page(client, "agreement", "xnli")
    Member.objects.filter(dataset=cast.dataset, user=cast.bisi).update(simulated=True)
    shown = page(client, "agreement", "xnli")
    assert "simulated crowd" in shown and "24 of 48 answers are by programs" in shown
    assert {one["simulated"] for one in lines(client.get(reverse("agreement_table", args=["xnli"])))} == {"24", "12"}


def test_without_answers_the_page_says_what_to_do(cast, as_, page):
    shown = page(as_(cast.ada), "agreement", "xnli")
    assert "Nothing to compare yet" in shown and "overlap of 2" in shown
    assert reverse("agreement_table", args=["xnli"]) not in shown


def test_managers_find_the_page_from_the_campaigns(cast, judge, as_, page):
    ada, bola = as_(cast.ada), as_(cast.bola)
    address = reverse("agreement", args=["xnli"])
    assert f"{address}?campaign=judge" in page(ada, "campaign", "xnli", "judge")
    assert address in page(ada, "campaigns", "xnli")
    assert address not in page(bola, "campaign", "xnli", "judge") + page(bola, "campaigns", "xnli")


def test_the_page_takes_as_many_queries_for_much_as_for_little(cast, judge, as_, page, django_assert_num_queries):
    client = as_(cast.ada)
    page(client, "agreement", "xnli")
    with django_assert_num_queries(QUERIES):
        page(client, "agreement", "xnli")
    for number in range(3):
        more = cast.campaign(f"more-{number}", task_type=VERIFY)
        for language in ("sw", "my"):
            judgements(cast, more, weeks=3, at=MONDAY, language=language)
    with django_assert_num_queries(QUERIES):
        page(client, "agreement", "xnli")
