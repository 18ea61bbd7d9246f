"""Rules beside people: precision, recall and the audit's misses, counted by hand, with Wilson's intervals."""

import pytest

from annotation.models import Assignment, Finding, Submission
from pipelines import rule_quality
from pipelines.models import Run, RunItem
from tests.world import task, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def run(cast):
    """Ten drafts. People found 0-3 wrong and 4-7 right; 8 and 9 they have not judged. Numbers failed on 0, 1, 4 and 8; the negation
    was doubted on 2 alone; 3, 5 and 6 were audited."""
    found = Run.objects.create(dataset=cast.dataset, job={"name": "draft", "params": {}}, status="done", created_by=cast.ada)
    campaign = cast.campaign()
    for number in range(10):
        text = draft(cast, found, number, audit=number in (3, 5, 6))
        note(text, "numbers", "fail" if number in (0, 1, 4, 8) else "ok")
        note(text, "negation", "warn" if number == 2 else "abstain")
        if number < 8:
            judge(campaign, text.unit, cast.bola, {"decision": "redo" if number < 4 else "accept", "rating": 5})
    return found


def draft(cast, run, number, *, audit=False):
    unit = cast.drafted(f"The cat sat {number}.", f"Paka {number}.")
    text = unit.current
    if audit:
        text = unit.translations.create(content={"text": f"Paka! {number}"}, hash="h", origin="machine", made_by={"audit": True})
        unit.current = text
        unit.save()
    RunItem.objects.create(run=run, status="done", result={"route": "people", "translation": text.pk})
    return text


def note(text, check, verdict):
    Finding.objects.create(translation=text, check_name=check, verdict=verdict, signature=check)


def judge(campaign, unit, person, payload):
    made = task(campaign, unit, status="done")
    given = Assignment.objects.create(
        task=made, campaign=campaign, person=person, stage="annotate", status="submitted", lease_until="2100-01-01T00:00Z"
    )
    Submission.objects.create(assignment=given, payload=payload, seconds=1, idempotency_key=str(unit.pk), body_hash="h")


def rules(quality):
    return {(rule.check, rule.verdict): rule for rule in quality.rules}


def test_each_rule_is_counted_as_by_hand(run):
    quality = rule_quality.of_run(run)
    assert (quality.drafts, quality.judged, quality.wrong) == (10, 8, 4)
    found = rules(quality)
    numbers = found["numbers", "fail"]
    # Fired on 0, 1, 4, 8; judged of these 0, 1, 4; wrong 0 and 1. Of the four wrong ones it fired on two.
    assert (numbers.fired, numbers.judged) == (4, 3)
    assert (numbers.precision.right, numbers.precision.graded) == (2, 3)
    assert (numbers.recall.right, numbers.recall.graded) == (2, 4)
    negation = found["negation", "warn"]
    assert (negation.precision.right, negation.precision.graded, negation.recall.right, negation.recall.graded) == (1, 1, 1, 4)


def test_the_intervals_are_wilsons(run):
    quality = rule_quality.of_run(run)
    numbers = rules(quality)["numbers", "fail"]
    assert {rule.verdict for rule in quality.claims} <= {"warn", "fail"} and numbers in quality.claims
    assert not {rule.verdict for rule in quality.others} & {"warn", "fail"}
    assert {*quality.claims, *quality.others} == {*quality.rules}
    # 2 of 4: centre (0.5 + 3.8415/8) / (1 + 3.8415/4) = 0.5, half width 1.96 * sqrt(0.25/4 + 3.8415/64) / 1.96036 = 0.35
    assert numbers.recall.low == pytest.approx(0.15, abs=0.001) and numbers.recall.high == pytest.approx(0.85, abs=0.001)
    assert numbers.precision.low == pytest.approx(0.2077, abs=0.001) and numbers.precision.high == pytest.approx(0.9385, abs=0.001)


def test_what_claims_nothing_is_neither_precise_nor_complete(run):
    found = rules(rule_quality.of_run(run))
    assert found["numbers", "ok"].precision is None and found["negation", "abstain"].recall is None


def test_the_audit_says_what_all_rules_miss(run):
    quality = rule_quality.of_run(run)
    assert (quality.audited, quality.missed.right, quality.missed.graded) == (3, 1, 3)
    assert rule_quality.missed(run.dataset, ["sw", "my"]) == {"sw": {"audited": 3, "judged": 3, "wrong": 1}}


def test_a_judge_that_takes_its_choices_back_is_told_by_its_flip_rate(cast, run):
    for number, verdict in enumerate(("score", "warn", "abstain", "abstain"), start=20):
        note(draft(cast, run, number), "judge_pairwise", verdict)
    assert (rule_quality.of_run(run).flips.right, rule_quality.of_run(run).flips.graded) == (2, 4)


def test_a_run_nobody_has_judged_has_counts_and_no_shares(cast):
    fresh = Run.objects.create(dataset=cast.dataset, job={"name": "draft"}, status="done")
    note(draft(cast, fresh, 1), "numbers", "fail")
    (rule,) = rule_quality.of_run(fresh).rules
    assert (rule.fired, rule.judged, rule.precision, rule.recall) == (1, 0, None, None)


def test_another_runs_drafts_and_overtaken_ones_do_not_count(cast, run):
    other = Run.objects.create(dataset=cast.dataset, job={"name": "draft"}, status="done")
    note(draft(cast, other, 50), "numbers", "fail")
    RunItem.objects.filter(run=other).update(result={"route": "overtaken", "translation": 1})
    assert rule_quality.of_run(other).rules == [] and rule_quality.of_run(run).drafts == 10


def test_the_database_counts_in_a_fixed_number_of_queries(run, django_assert_num_queries):
    with django_assert_num_queries(3):
        rule_quality.of_run(run)
