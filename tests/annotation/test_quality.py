"""Gold among the work: nobody can tell it, everybody is graded on it, and who is too often wrong is paused."""

from collections import Counter

import pytest
from django.db import DatabaseError, transaction

from annotation import queue
from annotation.actions import assignments, campaigns, consensus, grading, quality
from annotation.models import Assignment, Consensus, Gold, Grade, Hold, Task
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from tests.world import drafted, item, task, translation, unit, world

pytestmark = pytest.mark.django_db
RIGHT, WRONG = "Paka mweusi ameketi juu ya mkeka.", "Mbwa."


@pytest.fixture
def cast():
    return world()


def texts(cast, number, start=0):
    return [cast.drafted(f"The cat sat {n}.", f"Paka aliketi {n}.") for n in range(start, start + number)]


def golden(cast, campaign, number, **changes) -> list[Gold]:
    values = {"expected": {"content": {"text": RIGHT}}, "by": cast.ada} | changes
    return [quality.make_gold(campaign, one, **values) for one in texts(cast, number, 1000)]


def answer(campaign, person, text):
    mine = assignments.claim(campaign, by=person)
    return mine and assignments.submit(mine, {"content": {"text": text}}, by=person, key=f"key-{mine.pk}")


def answers(campaign, person, number, *, gold=RIGHT, work=RIGHT) -> list[str]:
    """What the person was given, purpose by purpose, while answering so many."""
    given = []
    for _ in range(number):
        mine = assignments.claim(campaign, by=person)
        if mine is None:
            break
        given.append(mine.task.purpose)
        text = work if mine.task.purpose == "work" else gold
        assignments.submit(mine, {"content": {"text": text}}, by=person, key=f"key-{mine.pk}")
    return given


def busy(cast, rate=0.5, gold=30, work=30, **changes):
    """A campaign with work and gold."""
    campaign = cast.campaign(gold_rate=rate, verification="none", overlap=3, **changes)
    for one in texts(cast, work):
        task(campaign, one, needed=3)
    golden(cast, campaign, gold)
    return campaign


def test_gold_comes_at_its_rate_and_each_at_most_once_to_a_person(cast):
    campaign = busy(cast, rate=0.5, gold=50, work=50)
    given = Counter(answers(campaign, cast.bola, 50))
    assert 10 <= given["gold"] <= 40
    had = Assignment.objects.filter(person=cast.bola).values_list("task", flat=True)
    assert len(had) == len(set(had)) == 50


def test_without_a_rate_no_gold_comes(cast):
    campaign = busy(cast, rate=0, work=10)
    assert set(answers(campaign, cast.bola, 20)) == {"work"}


def test_gold_comes_only_while_there_is_work(cast):
    campaign = busy(cast, rate=0.5, gold=30, work=3)
    assert answers(campaign, cast.bola, 30)[-1] == "work"
    assert assignments.claim(campaign, by=cast.bola) is None


def test_when_gold_comes_differs_from_person_to_person_and_not_from_time_to_time(cast):
    campaign = busy(cast, rate=0.5)
    ours = {name: [queue.drawn(queue.chance(campaign.pk, name), n, 0.5) for n in range(40)] for name in (1, 2)}
    assert ours[1] != ours[2]
    expected = [queue.drawn(queue.chance(campaign.pk, cast.bola.pk), n, 0.5) for n in range(20)]
    assert [one == "gold" for one in answers(campaign, cast.bola, 20)] == expected


def test_the_draw_depends_on_a_secret_of_the_server(cast, settings):
    before = queue.chance(1, 1)
    settings.SECRET_KEY = "another one"
    assert queue.chance(1, 1) != before


def test_giving_gold_back_does_not_throw_the_dice_again(cast):
    campaign = busy(cast, rate=0.5)
    for _ in range(6):
        first = assignments.claim(campaign, by=cast.bola)
        assignments.give_back(first, by=cast.bola)
        again = assignments.claim(campaign, by=cast.bola)
        assert again.task_id == first.task_id
        assignments.submit(again, {"content": {"text": RIGHT}}, by=cast.bola, key=f"key-{again.pk}")


def test_the_least_used_gold_comes_first(cast):
    campaign = busy(cast, rate=0.5, gold=6, work=30)
    for person in (cast.bola, cast.bisi):
        given = 0
        while given < 3:
            given += answers(campaign, person, 1) == ["gold"]
    used = [quality.SLOTS - open_ for open_ in Task.objects.filter(purpose="gold").values_list("open", flat=True)]
    assert sorted(used) == [1] * 6


def test_a_person_never_gets_as_gold_what_they_had_as_work(cast):
    campaign = cast.campaign(gold_rate=0.5, verification="none")
    [known] = texts(cast, 1)
    old = task(campaign, known)
    answer(campaign, cast.bola, RIGHT)
    old.refresh_from_db()
    assert old.status == "done"
    quality.make_gold(campaign, known, expected={"content": {"text": RIGHT}}, by=cast.ada)
    for one in texts(cast, 20, 1):
        task(campaign, one, needed=2)
    assert set(answers(campaign, cast.bola, 15)) == {"work"}
    assert "gold" in answers(campaign, cast.bisi, 15)


def test_gold_settles_nothing_and_stays_open(cast):
    campaign = busy(cast, rate=0.9, gold=1, work=10)
    answers(campaign, cast.bola, 10)
    one = Task.objects.get(purpose="gold")
    assert (one.status, one.stage, one.open) == ("open", "annotate", quality.SLOTS - 1)
    assert not Consensus.objects.filter(task=one).exists()
    assert one.unit.current.content == {"text": "Paka aliketi 1000."} and one.unit.status == "drafted"


def test_rebuilding_the_conclusions_leaves_gold_out(cast):
    campaign = busy(cast, rate=0.5, gold=5, work=10)
    for person in (cast.bola, cast.bisi, cast.ben):
        answers(campaign, person, 20)
    consensus.rebuild(campaign, by=cast.ada)
    assert not Consensus.objects.exclude(task__purpose="work").exists() and Consensus.objects.exists()


def test_an_answer_to_gold_is_graded_in_the_transaction_that_stores_it(cast):
    campaign = busy(cast, rate=0.9)
    given = answers(campaign, cast.bola, 10)
    grades = Grade.objects.filter(person=cast.bola)
    assert len(grades) == given.count("gold") > 0
    assert all(one.right and one.score == 1 and one.language == "sw" and one.purpose == "gold" for one in grades)


def test_a_grade_is_never_changed(cast):
    campaign = busy(cast, rate=0.9)
    answers(campaign, cast.bola, 5)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Grade.objects.update(right=False)


@pytest.mark.parametrize(
    ("text", "right"),
    [(RIGHT, True), (RIGHT[:-1], True), ("Paka mweusi ameketi kwenye mkeka.", False), (WRONG, False), ("Paka aliketi 1000.", False)],
)
def test_a_text_is_right_when_its_chrf_beside_a_right_one_is_high_enough(cast, text, right):
    campaign = cast.campaign(gold_rate=0.5)
    [gold] = golden(cast, campaign, 1)
    asked = assignments.task_types.build(campaign.task_type)
    score = grading.score_of(asked, asked.Payload(content={"text": text}), gold)
    assert (score >= asked.right_from) is right


def test_a_wrong_draft_that_is_left_as_it_was_is_wrong_however_alike_it_is(cast):
    campaign = cast.campaign()
    source = cast.drafted("The black cat sat on the mat.", RIGHT.replace("ameketi", "aliketi"))
    gold = quality.make_gold(campaign, source, expected={"content": {"text": RIGHT}}, by=cast.ada)
    asked = assignments.task_types.build(campaign.task_type)
    untouched, touched = (asked.Payload(content={"text": text}) for text in (source.current.content["text"], RIGHT + " "))
    assert asked.correct(untouched, asked.Payload(content={"text": RIGHT})) >= asked.right_from
    assert grading.score_of(asked, untouched, gold) == 0 and grading.score_of(asked, touched, gold) == 1


def test_one_of_several_right_answers_is_enough(cast):
    campaign = cast.campaign()
    [gold] = golden(cast, campaign, 1, expected=[{"content": {"text": RIGHT}}, {"content": {"text": WRONG}}])
    asked = assignments.task_types.build(campaign.task_type)
    assert grading.score_of(asked, asked.Payload(content={"text": WRONG}), gold) == 1


def test_gold_from_a_verified_unit_shows_the_draft_it_was_made_from(cast):
    campaign = cast.campaign()
    source = cast.drafted("The cat sat.", "Paka aliketi.")
    source.current = translation(source, "Paka ameketi.", parent=source.current, author=cast.ben, origin="post-edited")
    source.status = "verified"
    source.save()
    assert quality.gold_from_verified(campaign, count=5, by=cast.ada) == 1
    gold = Gold.objects.get()
    assert gold.shown.content == {"text": "Paka aliketi."} and gold.accepted[0]["content"] == {"text": "Paka ameketi."}
    assert quality.gold_from_verified(campaign, count=5, by=cast.ada) == 0


def test_gold_is_not_made_of_open_work_nor_twice_nor_elsewhere_nor_of_a_wrong_answer(cast):
    campaign = cast.campaign(languages=["sw"])
    one, two, three = texts(cast, 3)
    task(campaign, one)
    expected = {"content": {"text": RIGHT}}
    with pytest.raises(Conflict, match="open work"):
        quality.make_gold(campaign, one, expected=expected, by=cast.ada)
    quality.make_gold(campaign, two, expected=expected, by=cast.ada)
    with pytest.raises(Conflict, match="already"):
        quality.make_gold(campaign, two, expected=expected, by=cast.ada)
    with pytest.raises(Invalid, match="does not ask in my"):
        quality.make_gold(campaign, cast.drafted("A", "B", "my"), expected=expected, by=cast.ada)
    with pytest.raises(Invalid):
        quality.make_gold(campaign, three, expected={"content": {"text": ""}}, by=cast.ada)
    with pytest.raises(Invalid, match="not for 'work'"):
        quality.make_gold(campaign, three, expected=expected, purpose="work", by=cast.ada)
    elsewhere = drafted(unit(item(cast.other, "sentence", {"text": "A"})), "B")
    with pytest.raises(Invalid, match="another dataset"):
        quality.make_gold(campaign, elsewhere, expected=expected, by=cast.ada)
    with pytest.raises(Refused):
        quality.make_gold(campaign, three, expected=expected, by=cast.bola)


def test_a_unit_that_is_gold_is_not_admitted_as_work(cast):
    campaign = cast.campaign(live=False, admission={"status": ["drafted"]})
    golden(cast, campaign, 2)
    texts(cast, 3)
    assert campaigns.open_campaign(campaign, by=cast.ada) == 3


def test_retired_gold_is_given_to_nobody_and_its_grades_do_not_count(cast):
    campaign = busy(cast, rate=0.9, gold=4)
    answers(campaign, cast.bola, 12)
    assert grading.counted(campaign).exists()
    for gold in Gold.objects.all():
        quality.retire(gold, by=cast.ada)
    assert not grading.counted(campaign).exists() and Grade.objects.exists()
    assert set(answers(campaign, cast.bisi, 12)) == {"work"}


def test_who_holds_gold_that_is_retired_meanwhile_answers_it_as_ever(cast):
    campaign = busy(cast, rate=0.5, gold=4)
    while (mine := assignments.claim(campaign, by=cast.bola)).task.purpose == "work":
        assignments.submit(mine, {"content": {"text": RIGHT}}, by=cast.bola, key=f"key-{mine.pk}")
    quality.retire(mine.task.gold, by=cast.ada)
    assert assignments.submit(mine, {"content": {"text": RIGHT}}, by=cast.bola, key="last").pk


RULE = {"pause_below": 0.6, "after": 10}


def test_who_is_wrong_too_often_is_paused_and_reads_why(cast):
    campaign = busy(cast, rate=0.9, quality_rule=RULE)
    with pytest.raises(Refused, match="paused: 0 of 10 known answers"):
        answers(campaign, cast.bola, 60, gold=WRONG)
    hold = Hold.objects.get()
    assert (hold.person, hold.language, hold.status) == (cast.bola, "sw", "active")
    told = Event.objects.get(subject=f"hold:{hold.pk}")
    assert told.data == {"graded": 10, "right": 0, "person": cast.bola.pk, "pause_below": 0.6}
    assert Grade.objects.filter(person=cast.bola).count() == 10


def test_without_the_rule_the_spammer_goes_on(cast):
    """The control twin."""
    campaign = busy(cast, rate=0.9)
    given = answers(campaign, cast.bola, 60, gold=WRONG)
    assert given.count("gold") > 10 and given.count("work") == 30 and not Hold.objects.exists()


def test_a_hold_is_of_one_language_and_the_others_go_on(cast):
    campaign = busy(cast, quality_rule=RULE, work=20)
    Hold.objects.create(campaign=campaign, person=cast.bola, language="sw", reason="0 of 10.")
    task(campaign, cast.drafted("The cat sat.", "ကြောင်", "my"))
    assert assignments.claim(campaign, by=cast.bola).task.language == "my"


def test_who_is_right_often_enough_is_never_paused(cast):
    campaign = busy(cast, rate=0.9, quality_rule=RULE)
    answers(campaign, cast.bola, 60)
    assert not Hold.objects.exists()


def test_a_manager_lifts_a_hold_and_only_what_comes_after_counts(cast):
    campaign = busy(cast, rate=0.9, quality_rule=RULE)
    with pytest.raises(Refused):
        answers(campaign, cast.bola, 60, gold=WRONG)
    with pytest.raises(Refused):
        quality.lift(Hold.objects.get(), by=cast.bola)
    quality.lift(Hold.objects.get(), by=cast.ada)
    assert Event.objects.filter(verb="lift", actor=cast.ada).exists()
    given = answers(campaign, cast.bola, 9, gold=WRONG)
    assert len(given) == 9 and not Hold.objects.filter(status="active").exists()
    with pytest.raises(Refused):
        answers(campaign, cast.bola, 60, gold=WRONG)
    assert Hold.objects.count() == 2
