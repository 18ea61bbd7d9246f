"""Agreement read from submissions: whose answers count, in which week, and how many queries it takes."""

from datetime import UTC, datetime, timedelta

import pytest

from annotation.agreement import reading
from annotation.models import Member
from annotation.models.assignments import Stage
from annotation.task_types.verify import Verify
from tests.answered import VERIFY, asked, judged, judgements
from tests.answered import answered as answered_at
from tests.world import world

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)  # in 2026-W48
SUNDAY = datetime(2026, 11, 22, 23, tzinfo=UTC)  # in 2026-W47


@pytest.fixture
def cast():
    return world()


def answered(row, *answers, at: datetime = MONDAY, **changes) -> None:
    answered_at(row, *answers, at=at, **changes)


def rows(cast, **wanted) -> dict[tuple, reading.Row]:
    return {(one.campaign.slug, one.language, one.week): one for one in reading.of_dataset(cast.dataset, **wanted)}


def test_rows_are_by_campaign_language_and_week_with_all_weeks_first(cast):
    one, other = cast.campaign(), cast.campaign("second")
    answered(asked(cast, one), (cast.bola, "Paka."), (cast.bisi, "Paka."))
    answered(asked(cast, one), (cast.bola, "Paka."), (cast.bisi, "Mbwa."), at=SUNDAY)
    answered(asked(cast, one, "my"), (cast.bola, "ကြောင်"), (cast.bisi, "ကြောင်"))
    answered(asked(cast, other), (cast.bola, "Paka."), (cast.ben, "Paka."))
    found = rows(cast)
    assert list(found) == [
        ("post-edit", "my", ""), ("post-edit", "my", "2026-W48"),
        ("post-edit", "sw", ""), ("post-edit", "sw", "2026-W47"), ("post-edit", "sw", "2026-W48"),
        ("second", "sw", ""), ("second", "sw", "2026-W48"),
    ]  # fmt: skip
    identical = {key: row.found.measures["identical"].value for key, row in found.items()}
    assert identical["post-edit", "sw", ""] == 0.5
    assert identical["post-edit", "sw", "2026-W47"] == 0
    assert identical["post-edit", "sw", "2026-W48"] == 1
    whole = found["post-edit", "sw", ""].found
    assert (whole.tasks, whole.shared, whole.votes, whole.people) == (2, 2, 4, 2)
    assert {row.scale for row in found.values()} == {"text"}
    assert {key[0] for key in rows(cast, campaign=other)} == {"second"}


def test_a_task_belongs_to_the_week_of_its_last_answer(cast):
    row = asked(cast, cast.campaign())
    answered(row, (cast.bola, "Paka."), at=SUNDAY)
    answered(row, (cast.bisi, "Paka."))
    assert [key[2] for key in rows(cast)] == ["", "2026-W48"]


def test_neither_verification_nor_gold_nor_tests_are_agreement_of_the_crowd(cast):
    campaign = cast.campaign()
    answered(asked(cast, campaign), (cast.efe, judged("accept")), stage=Stage.VERIFY)
    for purpose in ("gold", "training", "test"):
        answered(asked(cast, campaign, purpose=purpose), (cast.bola, "Paka."), (cast.bisi, "Paka."))
    assert rows(cast) == {}


def test_other_datasets_are_not_read(cast):
    answered(asked(cast, cast.campaign()), (cast.bola, "Paka."), (cast.bisi, "Paka."))
    assert reading.of_dataset(cast.other) == []


def test_an_answer_asked_for_only_because_people_differ_does_not_count(cast):
    """A third vote that exists only on disputed tasks would make agreement seem lower than it is."""

    def identical(**changes: int) -> tuple[float, int]:
        campaign = cast.campaign(f"c{len(changes)}", overlap=2, **changes)
        answered(asked(cast, campaign), (cast.bola, "Paka."), (cast.bisi, "Paka."))
        answered(asked(cast, campaign), (cast.bola, "Paka."), (cast.bisi, "Mbwa."), (cast.ben, "Ng'ombe."))
        found = rows(cast, campaign=campaign)[campaign.slug, "sw", ""].found
        return found.measures["identical"].value, found.votes

    assert identical(max_overlap=3) == (0.5, 4)
    assert identical() == (0.5, 5), "the control: an overlap that does not grow has all its answers counted"


def test_each_question_of_a_task_type_is_compared_for_itself(cast, monkeypatch):
    monkeypatch.setattr(Verify, "compared", lambda self, answer: {"decision": answer.decision, "rating": str(answer.rating)})
    campaign = cast.campaign(task_type=VERIFY)
    verdicts = [judged("accept") | {"rating": rating} for rating in (4, 5)]
    answered(asked(cast, campaign), *zip((cast.bola, cast.bisi), verdicts, strict=True))
    raw = {one.question: one.found.measures["raw"].value for one in reading.of_dataset(cast.dataset) if not one.week}
    assert raw == {"decision": 1, "rating": 0}


def test_votes_of_simulated_people_are_counted_apart(cast):
    Member.objects.filter(dataset=cast.dataset, user=cast.bisi).update(simulated=True)
    answered(asked(cast, cast.campaign()), (cast.bola, "Paka."), (cast.bisi, "Paka."), (cast.ben, "Paka."))
    [whole] = [one for one in reading.of_dataset(cast.dataset) if not one.week]
    assert (whole.simulated, whole.found.votes) == (1, 3)


def test_reading_takes_three_queries_however_much_there_is(cast, django_assert_num_queries):
    answered(asked(cast, cast.campaign()), (cast.bola, "Paka."), (cast.bisi, "Paka."))
    with django_assert_num_queries(3):
        reading.of_dataset(cast.dataset)
    for number in range(3):
        campaign = cast.campaign(f"more-{number}")
        for language in ("sw", "my"):
            answered(asked(cast, campaign, language), (cast.bola, "Paka."), (cast.bisi, "Mbwa."))
    with django_assert_num_queries(3):
        assert len(reading.of_dataset(cast.dataset)) == 14


def test_a_record_of_each_measure_says_where_it_is_from_and_why_it_has_no_value(cast):
    answered(asked(cast, cast.campaign()), (cast.bola, "Paka."))
    [whole, _week] = reading.of_dataset(cast.dataset)
    first, _chrf = whole.records
    assert first == {
        "campaign": "post-edit", "question": "", "language": "sw", "week": "", "scale": "text", "tasks": 1, "shared": 0,
        "votes": 1, "people": 1, "simulated": 0, "measure": "identical", "value": None, "low": None, "high": None,
        "reason": "no task has answers of two people",
    }  # fmt: skip


def test_the_headline_has_a_few_measures_over_all_weeks_and_the_same_numbers(cast):
    campaign = cast.campaign("judge", task_type=VERIFY, overlap=2)
    judgements(cast, campaign, weeks=2, at=MONDAY)
    [row], of_all = reading.headline(campaign)
    whole = reading.of_dataset(cast.dataset)[0]
    assert of_all and row.week == "" and row.names == ["Raw agreement", "Krippendorff's α"]
    assert row.found.measures == {name: whole.found.measures[name] for name in ("raw", "alpha")}


def test_the_headline_of_very_many_answers_is_of_the_newest(cast, monkeypatch):
    monkeypatch.setattr(reading, "NEWEST", 4)
    campaign = cast.campaign("judge", task_type=VERIFY, overlap=2)
    for number, second in enumerate(("redo", "redo", "accept", "accept")):
        pair = ((cast.bola, judged("accept")), (cast.bisi, judged(second)))
        answered_at(asked(cast, campaign), *pair, at=MONDAY + timedelta(days=number))
    [row], of_all = reading.headline(campaign)
    assert not of_all and (row.found.tasks, row.found.votes, row.found.measures["raw"].value) == (2, 4, 1.0)


def test_the_headline_takes_three_queries(cast, django_assert_num_queries):
    campaign = cast.campaign("judge", task_type=VERIFY, overlap=2)
    for language in ("my", "sw"):
        judgements(cast, campaign, weeks=2, at=MONDAY, language=language)
    with django_assert_num_queries(3):
        reading.headline(campaign)
