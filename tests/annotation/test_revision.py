"""The revision report: exact numbers on six texts that went six ways."""

import pytest

from annotation import revision
from annotation.models import Consensus, Dataset, Member, Translation
from annotation.revision import ALL, interval
from tests.released import submitted
from tests.revised import revised
from tests.world import task, translation, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def report(cast):
    revised(cast)
    return revision.report(cast.dataset)


def counts(report, language, stage):
    change = report.changes[language, stage]
    return change.texts, change.written, len(change.revised)


def test_the_crowd_is_measured_on_what_first_reached_an_expert(report):
    # Of four drafts two were changed; the one rewritten after it was sent back counts for the expert.
    assert counts(report, "sw", "crowd") == (4, 0, 2)
    assert counts(report, "my", "crowd") == (1, 1, 1)


def test_the_experts_are_measured_on_what_stands_after_them(report):
    assert counts(report, "sw", "expert") == (3, 0, 2)
    assert counts(report, "my", "expert") == (1, 0, 0)
    assert {one.key for one in report.changes["sw", "expert"].revised} == {"corrected", "again"}


def test_from_draft_to_final_only_verified_texts_count(report):
    assert counts(report, "sw", "whole") == (3, 0, 3)
    assert counts(report, "my", "whole") == (0, 1, 0)


def test_all_languages_are_the_sum_of_them(report):
    assert report.rows == ["my", "sw", ALL]
    assert counts(report, ALL, "crowd") == (5, 1, 3)
    assert report.changes[ALL, "crowd"].share == 0.6


def test_a_report_on_one_language_has_no_row_over_all(cast):
    revised(cast)
    assert revision.report(cast.dataset, ["sw"]).rows == ["sw"]


def test_edits_are_measured_in_letters_and_as_a_share_of_the_longer_text(report):
    edits = {one.key: one.edit for one in report.changes["sw", "whole"].revised}
    assert [(edits[key].distance, edits[key].share) for key in ("kept", "corrected", "again")] == [
        (1, 1 / 6), (3, 0.3), (1, 1 / 7),
    ]  # fmt: skip
    assert report.changes["sw", "whole"].bins == [0, 2, 0, 1, 0, 0, 0, 0, 0, 0]


def test_what_the_experts_bought_is_what_would_stand_otherwise(report):
    assert dict(report.fates["sw"]) == {
        "as it came": 1, "corrected by the expert": 1, "sent back and rewritten": 1, "rejected": 1,
    }  # fmt: skip
    assert dict(report.fates["my"]) == {"as it came": 1}


def test_a_text_that_comes_back_as_it_was_bought_nothing(cast):
    row = cast.drafted("The cat sat.", "one", key="s")
    campaign = cast.campaign()
    for number, words in ((1, "two"), (2, "three"), (3, "two")):
        asked = task(campaign, row, round=number, status="redo" if number < 3 else "done", stage="verify")
        submitted(asked, cast.bola, "annotate", {"content": {"text": words}})
        submitted(asked, cast.efe, "verify", {"decision": "redo" if number < 3 else "accept"})
        row.current = translation(row, words, parent=row.current, author=cast.bola)
    row.save()
    assert dict(revision.report(cast.dataset).fates["sw"]) == {"as it came": 1}


def test_a_text_that_was_sent_back_and_is_not_there_again_is_under_way(cast):
    row = cast.drafted("The cat sat.", "one", key="s")
    asked = task(cast.campaign(), row, status="redo", stage="verify")
    submitted(asked, cast.bola, "annotate", {"content": {"text": "one"}})
    submitted(asked, cast.efe, "verify", {"decision": "redo", "reason": "no"})
    found = revision.report(cast.dataset)
    assert dict(found.fates["sw"]) == {"under way": 1}
    assert ("sw", "expert") not in found.changes


def test_an_answer_of_the_crowd_without_a_text_revises_nothing(cast):
    row = cast.drafted("The cat sat.", "one", key="s")
    submitted(task(cast.campaign("survey"), row, status="done"), cast.bola, "annotate", {"quality": "good"})
    found = revision.report(cast.dataset)
    assert found.empty and not found.changes


def test_ratings_rounds_and_what_was_sent_back(report):
    assert report.ratings["sw"] == {5: 1, 3: 1, 4: 1} and report.ratings[ALL] == {5: 2, 3: 1, 4: 1}
    assert report.rounds["sw"] == {1: 3, 2: 1}
    assert report.tasks["sw"] == {"done": 3, "redo": 1, "rejected": 1} and report.tasks["my"] == {"done": 1}


def test_every_answer_has_its_time(report):
    sizes = {key: len(time.seconds) for key, time in report.times.items()}
    assert sizes == {
        ("sw", "crowd"): 5, ("sw", "expert"): 5, ("my", "crowd"): 2, ("my", "expert"): 1, (ALL, "crowd"): 7, (ALL, "expert"): 6,
    }  # fmt: skip


def test_a_flagged_draft_is_mended_still_flagged_or_nobody_knows(report):
    numbers, none = report.checks["sw", "numbers"], report.checks["sw", ""]
    assert (numbers.flagged, numbers.changed, numbers.still, numbers.unknown) == (2, 2, 0, 1)
    assert (none.flagged, none.changed) == (2, 2)
    assert report.checks["my", ""].flagged == 1


def test_reasons_are_counted_as_they_were_written(report):
    assert dict(report.reasons) == {
        ("sw", "skipped", "do not know it"): 1,
        ("sw", "flagged", "is this a name?"): 1,
        ("sw", "sent back", "wrong tense"): 1,
        ("sw", "rejected", "=no sentence"): 1,
    }


def test_the_largest_edits_come_first_with_both_texts(report):
    shown = [(one.revised.key, one.before["text"], one.after["text"]) for one in report.examples["expert"]]
    assert shown == [("corrected", "abcdefghij", "abcdefgxyz"), ("again", "one two", "one too")]


def test_what_programs_did_is_counted_apart(cast):
    revised(cast)
    assert revision.report(cast.dataset).times["sw", "crowd"].simulated == 0
    Member.objects.filter(dataset=cast.dataset, user__in=(cast.bola, cast.efe)).update(simulated=True)
    found = revision.report(cast.dataset)
    assert found.times["sw", "crowd"].simulated == 5
    assert found.changes["sw", "crowd"].simulated == 4 and found.changes["sw", "whole"].simulated == 3
    assert found.rated_by_programs["sw", 4] == 1
    assert all(one.simulated for one in found.examples["expert"])


def test_an_untouched_dataset_has_an_empty_report(cast):
    cast.drafted("The cat sat.", "Paka.")
    found = revision.report(cast.dataset)
    assert found.empty and not found.changes and not found.checks


def test_the_report_is_the_same_when_conclusions_are_deleted(cast):
    revised(cast)
    before = revision.report(cast.dataset)
    Consensus.objects.all().delete()
    assert revision.report(cast.dataset) == before


def test_the_number_of_queries_does_not_grow_with_the_texts(cast, django_assert_num_queries):
    cast.drafted("The cat sat.", "Paka.")
    with django_assert_num_queries(6):
        revision.report(cast.dataset, ["sw"])
    revised(cast)
    assert Translation.objects.count() > 6
    with django_assert_num_queries(6):
        revision.report(cast.dataset, ["sw"])


def test_another_datasets_work_is_not_in_it(cast):
    revised(cast)
    assert revision.report(Dataset.objects.get(pk=cast.other.pk)).empty


def test_the_interval_is_wilsons():
    assert [round(one, 4) for one in interval(5, 10)] == [0.2366, 0.7634]
    low, high = interval(0, 10)
    assert low == 0 and round(high, 4) == 0.2775
    assert interval(0, 0) is None
