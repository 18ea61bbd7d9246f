"""The report's tables: the numbers of a paper, cell by cell."""

import pytest

from annotation import revision
from annotation.revision import Report, Time
from annotation.revision_tables import TABLES, quartiles
from tests.revised import revised
from tests.world import world


@pytest.fixture
def report(db):
    cast = world()
    revised(cast)
    return revision.report(cast.dataset)


def rows(report, name, *key):
    """The rows of a table that begin so, without that beginning."""
    return [row[len(key) :] for row in TABLES[name](report).rows if row[: len(key)] == key]


def test_the_changes_of_a_stage_on_one_line(report):
    [line] = [one for one in TABLES["changes"](report).records if (one["language"], one["stage"]) == ("sw", "expert")]
    assert {name: line[name] for name in ("texts", "simulated", "written", "changed")} == {
        "texts": 3, "simulated": 0, "written": 0, "changed": 2,
    }  # fmt: skip
    assert (line["share"], line["share_low"], line["share_high"]) == (0.6667, 0.2077, 0.9385)
    # Three of ten letters, and one of seven.
    assert (line["distance_median"], line["distance_share_median"], line["distance_share_mean"]) == (2.0, 0.2214, 0.2214)
    assert line["chrf_of_all"] == round((2 * line["chrf_of_changed"] + 100) / 3, 4)


def test_distances_count_every_changed_text_once(report):
    found = rows(report, "distances", "sw", "expert")
    assert [count for *_, count in found] == [0, 1, 0, 1, 0, 0, 0, 0, 0, 0]
    assert found[3][:2] == (0.3, 0.4)


def test_every_changed_text_has_its_line_and_all_languages_none(report):
    found = TABLES["texts"](report).records
    assert [(one["key"], one["stage"], one["distance"]) for one in found if one["language"] == "sw"] == [
        ("kept", "crowd", 1), ("refused", "crowd", 1), ("corrected", "expert", 3), ("again", "expert", 1),
        ("kept", "whole", 1), ("corrected", "whole", 3), ("again", "whole", 1),
    ]  # fmt: skip
    assert {one["language"] for one in found} == {"my", "sw"}


def test_what_the_experts_bought_has_a_share_and_its_interval(report):
    assert rows(report, "experts", "sw") == [
        ("as it came", 1, 0.25, 0.0456, 0.6994),
        ("corrected by the expert", 1, 0.25, 0.0456, 0.6994),
        ("sent back and rewritten", 1, 0.25, 0.0456, 0.6994),
        ("rejected", 1, 0.25, 0.0456, 0.6994),
        ("under way", 0, None, None, None),
        ("bought", 3, 0.75, 0.3006, 0.9544),
    ]


def test_ratings_have_a_line_for_each_of_the_five(report):
    assert rows(report, "ratings", "sw") == [(1, 0, 0), (2, 0, 0), (3, 1, 0), (4, 1, 0), (5, 1, 0)]


def test_times_are_the_median_and_the_middle_half():
    report = Report(["sw"])
    report.times["sw", "crowd"] = Time([10.0, 20.0, 30.0, 40.0, 1000.0], simulated=1)
    assert TABLES["times"](report).rows == [("sw", "crowd", 5, 1, 20.0, 30.0, 40.0)]
    assert quartiles([]) == (None, None, None) and quartiles([7.0]) == (7.0, 7.0, 7.0)


def test_rounds_say_how_many_tasks_were_sent_back(report):
    assert rows(report, "rounds", "sw") == [(5, 1, 0.2, 1, 2)]


def test_checks_say_what_is_known_of_the_drafts_they_flagged(report):
    assert rows(report, "checks", "sw") == [("none", 2, 2, 0, 0), ("numbers", 2, 2, 0, 1)]


def test_reasons_come_the_commonest_first(report):
    report.reasons["sw", "sent back", "wrong tense"] += 1
    assert TABLES["reasons"](report).rows[0] == ("sw", "sent back", "wrong tense", 2)


def test_an_empty_report_has_headers_only(db):
    empty = revision.report(world().dataset)
    assert all(table.header and not table.rows for table in (make(empty) for make in TABLES.values()))
