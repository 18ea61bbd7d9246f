"""The loop workload notices what must not be; how fast it goes is not for a test to judge."""

import pytest

from annotation.models import Assignment, Submission
from bench import loop, spike

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def turn():
    dataset = loop.datasets.create(slug="bench", name="bench", schema=loop.SCHEMA, languages=["sw"], by=None)
    crowd = loop.make_crowd(dataset, 4)
    return loop.take_turn(loop.sql(), loop.make_campaign(dataset, 3), crowd)


def test_everybody_together_answers_each_text_three_times(turn):
    assert turn.errors == [] and len(turn.pairs) == len(turn.stored) == 9
    found = loop.spoiled([turn])
    assert found == {"pairs": 9, "over_assigned": 0, "unfinished": 0, "lost": 0, "errors": 0, "first_error": ""}


def test_a_lost_answer_and_a_task_given_out_too_often_are_counted(turn):
    gone = Submission.objects.get(pk=turn.stored[0])
    gone.delete()
    gone.assignment.delete()
    full = Assignment.objects.exclude(task=gone.assignment.task_id).select_related("task").first()
    left_out = loop.User.objects.exclude(assignments__task=full.task).first()
    Assignment.objects.create(
        task=full.task, campaign=turn.campaign, person=left_out, stage="annotate", status="submitted", lease_until=full.started
    )
    found = loop.spoiled([turn])
    assert (found["lost"], found["over_assigned"], found["unfinished"]) == (1, 1, 2)


def test_in_a_spike_everybody_claims_and_answers_and_every_call_is_counted():
    dataset = loop.datasets.create(slug="bench", name="bench", schema=loop.SCHEMA, languages=["sw"], by=None)
    people, calls = loop.make_crowd(dataset, 2), []
    turn = loop.Turn(loop.make_campaign(dataset, 4))
    for person in people:
        spike.sit_down(loop.sql(), turn, person, moment=0, pairs=1, calls=calls)
    assert (turn.errors, len(turn.stored), len(calls)) == ([], 2, 4)
    assert spike.figures(turn, calls)["over_assigned"] == 0
