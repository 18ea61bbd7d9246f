"""The ledger: one line for an answer, whatever happens; corrections are more lines; nothing is ever changed."""

from decimal import Decimal

import pytest
from django.db import InternalError, connection, transaction
from django.db.models import QuerySet
from django.db.utils import IntegrityError

from annotation import queue, statements
from annotation.actions import assignments, campaigns, credits
from annotation.models import Assignment, Credit
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from tests.annotation.crowds import at_once
from tests.world import task, unit, world

TEXT = {"content": {"text": "Paka ameketi."}}
PAY = {"per": "submission", "rate": "0.05", "unit": "EUR", "cap_minutes": 10}


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def campaign(cast):
    return cast.campaign(credit=PAY)


def held(cast, campaign, person=None):
    task(campaign, cast.drafted("The cat sat.", "Paka aliketi."))
    return assignments.claim(campaign, by=person or cast.bola)


def submit(mine, key="k"):
    fresh = Assignment.objects.select_related(*assignments.RELATED).get(pk=mine.pk)
    return assignments.submit(fresh, TEXT, by=mine.person, key=key)


def correct(cast, campaign, amount="1.5", **changes):
    values = {"person": cast.bola, "amount": Decimal(amount), "reason": "Two were lost.", "key": "c1", "by": cast.ada} | changes
    return credits.correct(campaign, **values)


@pytest.mark.django_db
def test_an_answer_earns_what_the_campaign_says_in_the_same_transaction(cast, campaign):
    stored = submit(held(cast, campaign))
    line = Credit.objects.get()
    assert (line.person, line.submission, line.kind, line.campaign) == (cast.bola, stored, "submission", campaign)
    assert (line.quantity, line.rate, line.amount, line.unit) == (1, Decimal("0.05"), Decimal("0.05"), "EUR")


@pytest.mark.django_db
def test_an_answer_that_is_not_stored_earns_nothing(cast, campaign, monkeypatch):
    mine = held(cast, campaign)

    def fails(*_):
        raise RuntimeError("after the credit, before the commit")

    monkeypatch.setattr("annotation.actions.settling.settle", fails)
    with pytest.raises(RuntimeError):
        submit(mine)
    assert not Credit.objects.exists()


@pytest.mark.django_db
def test_experts_are_paid_too_and_a_campaign_without_credit_pays_nobody(cast, campaign):
    submit(held(cast, campaign))
    judged = assignments.claim(campaign, by=cast.efe)
    assignments.submit(judged, {"decision": "accept", "rating": 5}, by=cast.efe, key="e")
    assert set(Credit.objects.values_list("person", flat=True)) == {cast.bola.pk, cast.efe.pk}
    submit(held(cast, cast.campaign("free"), cast.bisi))
    assert Credit.objects.count() == 2


@pytest.mark.django_db
def test_simulated_people_earn_nothing(cast, campaign):
    member = cast.member(cast.bola)
    member.simulated = True
    member.save()
    submit(held(cast, campaign))
    assert not Credit.objects.exists()


@pytest.mark.django_db
def test_minutes_are_the_servers_and_capped(cast):
    campaign = cast.campaign(credit=PAY | {"per": "minute", "rate": "0.2"})
    mine = held(cast, campaign)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE annotation_assignment SET started = clock_timestamp() - interval '3 hours'")
    submit(mine)
    assert Credit.objects.get().quantity == 10 and Credit.objects.get().amount == 2


@pytest.mark.django_db
def test_words_are_the_sources_and_of_a_pair_those_it_points_at(cast):
    campaign = cast.campaign(credit=PAY | {"per": "word", "rate": "0.01"})
    submit(held(cast, campaign))
    assert Credit.objects.get().quantity == 3
    pair = cast.pair(cast.sentence("The cat sat."), cast.sentence("A dog stood up."))
    row = task(campaign, unit(pair))
    lease = Assignment(task=row, campaign=campaign, person=cast.bola, stage="annotate")
    assert sum(len(text.split()) for text in credits._source(lease)) == 7


@pytest.mark.django_db
def test_a_late_answer_and_a_repeated_one_pay_once(cast, campaign):
    mine = held(cast, campaign)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE annotation_assignment SET lease_until = clock_timestamp() - interval '1 second'")
    queue.sweep()
    assert submit(mine, "late") == submit(mine, "late")
    with pytest.raises(Conflict):
        submit(mine, "another")
    assert Credit.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_pays_once(cast, campaign):
    mine = held(cast, campaign)
    found = at_once([lambda: submit(mine, "same").pk for _ in range(6)])
    assert len(set(found)) == 1 and Credit.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_lock_and_constraint_a_double_click_pays_twice(cast, campaign, monkeypatch):
    """Each answer's line is written by who looked whether there is one, and nothing else holds them back."""
    mine = held(cast, campaign)
    stored = submit(mine)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE annotation_credit DISABLE TRIGGER append_only")
        Credit.objects.all().delete()
        cursor.execute("ALTER TABLE annotation_credit DROP CONSTRAINT annotation_credit_submission_id_key")
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    row = queue.locked(mine)

    def careless():
        if not Credit.objects.filter(submission=stored).exists():
            credits.earn(row, stored)

    try:
        for _ in range(20):
            at_once([careless] * 6)
            if Credit.objects.count() > 1:
                break
            Credit.objects.all().delete()
        assert Credit.objects.count() > 1
    finally:
        Credit.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE annotation_credit ADD CONSTRAINT annotation_credit_submission_id_key UNIQUE (submission_id)")
            cursor.execute("ALTER TABLE annotation_credit ENABLE TRIGGER append_only")


@pytest.mark.django_db
def test_postgresql_refuses_a_second_line_for_an_answer_and_every_change(cast, campaign):
    submit(held(cast, campaign))
    line = Credit.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Credit.objects.create(
            person=cast.bola, campaign=campaign, submission=line.submission, kind="bonus", quantity=1, rate=1, amount=1, unit="EUR"
        )
    for change in (lambda: Credit.objects.update(amount=9), Credit.objects.all().delete):
        with pytest.raises((IntegrityError, InternalError), match="append-only"), transaction.atomic():
            change()


@pytest.mark.django_db
def test_a_correction_is_another_line_with_its_reason(cast, campaign):
    submit(held(cast, campaign))
    correct(cast, campaign, "-0.05", reason="Paid by mistake.")
    assert [line.amount for line in Credit.objects.order_by("pk")] == [Decimal("0.05"), Decimal("-0.05")]
    assert statements.totals(statements.by_month(statements.ledger(person=cast.bola))) == {"EUR": 0}
    assert Event.objects.get(verb="correction").data["reason"] == "Paid by mistake."


@pytest.mark.django_db
def test_the_same_correction_sent_twice_is_one_line_and_another_with_its_key_is_refused(cast, campaign):
    assert correct(cast, campaign) == correct(cast, campaign)
    with pytest.raises(Invalid, match="another line"):
        correct(cast, campaign, "9")
    assert Credit.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"reason": " "}, {"amount": Decimal(0)}, {"amount": Decimal("NaN")}, {"amount": Decimal("0.1234567")}, {"key": ""}]
)
def test_a_correction_that_says_nothing_is_refused(cast, campaign, wrong):
    with pytest.raises(Invalid):
        correct(cast, campaign, **wrong)
    assert not Credit.objects.exists()


@pytest.mark.django_db
def test_only_managers_correct_and_only_members_are_paid(cast, campaign):
    for person in (cast.bola, cast.efe, cast.olu):
        with pytest.raises(Refused):
            correct(cast, campaign, by=person)
    with pytest.raises(Invalid, match="no member"):
        correct(cast, campaign, person=cast.zed)
    with pytest.raises(Invalid, match="counts no credits"):
        correct(cast, cast.campaign("free"))


@pytest.mark.django_db
def test_the_statement_sums_by_month_campaign_and_person_and_never_adds_different_units(cast, campaign):
    points = cast.campaign("points", credit=PAY | {"unit": "points", "rate": "2"})
    submit(held(cast, campaign))
    submit(held(cast, campaign))
    submit(held(cast, points))
    submit(held(cast, campaign, cast.bisi))
    lines = statements.by_month(statements.ledger(dataset=cast.dataset))
    assert [(one.campaign, one.person, one.lines, str(one.amount), one.unit) for one in lines] == [
        ("points", "bola", 1, "2.000000", "points"),
        ("post-edit", "bisi", 1, "0.050000", "EUR"),
        ("post-edit", "bola", 2, "0.100000", "EUR"),
    ]
    assert statements.totals(lines) == {"EUR": Decimal("0.15"), "points": 2}
    assert statements.by_month(statements.ledger(dataset=cast.other)) == []


@pytest.mark.django_db
def test_the_csv_has_every_line_and_no_formula(cast, campaign):
    submit(held(cast, campaign))
    correct(cast, campaign, reason="=HYPERLINK(1)")
    head, earned, corrected = "".join(statements.csv_lines(statements.ledger(dataset=cast.dataset))).splitlines()
    assert head.split(",") == statements.COLUMNS
    assert ",bola,submission,1.0000,0.050000,0.050000,EUR," in earned
    assert "'=HYPERLINK(1)" in corrected and corrected.endswith(",ada")


@pytest.mark.django_db
def test_a_campaigns_yaml_says_what_an_answer_is_worth(cast):
    [made] = campaigns.from_yaml(
        cast.dataset, "{slug: p, name: P, credit: {per: word, rate: '0.08', unit: EUR}, batch_size: 50, batch_days: 3}", by=cast.ada
    )
    assert made.credit == {"per": "word", "rate": "0.08", "unit": "EUR", "cap_minutes": 10.0}
    assert (made.batch_size, made.batch_days) == (50, 3)
    with pytest.raises(Invalid, match="credit.rate"):
        campaigns.from_yaml(cast.dataset, "{slug: q, name: Q, credit: {rate: many}}", by=cast.ada)


@pytest.mark.django_db
def test_the_rate_of_a_line_is_the_one_in_force_when_it_was_written(cast, campaign):
    submit(held(cast, campaign))
    campaign.credit = PAY | {"rate": "7"}
    campaign.save()
    assert Credit.objects.get().rate == Decimal("0.05")
