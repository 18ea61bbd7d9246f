"""Prepared statements give what their querysets give, and PostgreSQL sees them as one."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F, Model, QuerySet, Value
from django.db.models.expressions import DatabaseDefault
from django.db.models.functions import Concat
from django.db.models.signals import post_init, pre_init
from django.test.utils import CaptureQueriesContext

from annotation.models import Member, Translation, Unit
from core.instances import fresh, rows
from core.models import Event
from core.prepared import Hole, Prepared, append, append_all, change
from tests.world import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


def test_the_rows_are_those_of_the_queryset_with_what_belongs_to_them(cast, django_assert_num_queries):
    members = Prepared(lambda: Member.objects.select_related("user").filter(dataset=Hole("dataset")).order_by("pk"))
    expected = list(Member.objects.select_related("user").filter(dataset=cast.dataset).order_by("pk"))
    with django_assert_num_queries(1):
        found = members.all(dataset=cast.dataset.pk)
        assert [(one, one.user, one.languages) for one in found] == [(one, one.user, one.languages) for one in expected]


def test_an_instance_is_what_django_itself_makes_of_the_row(cast):
    """Also where a column is left unread, and where there is no related row."""
    def wanted() -> QuerySet[Unit]:
        return Unit.objects.select_related("item__dataset", "current").defer("reasons", "item__created").order_by("pk")

    cast.drafted("The bridge is old.", "Daraja ni la zamani.")
    unread = {"reasons", "created"}
    for ours, theirs in [*zip(Prepared(wanted).all(), wanted(), strict=True), *zip(rows(wanted()), wanted(), strict=True)]:
        assert inside(ours) == inside(theirs) and inside(ours.item) == inside(theirs.item) and ours.current == theirs.current
        assert {"reasons"} <= ours.get_deferred_fields() <= unread and ours.reasons == theirs.reasons
        assert set(ours._state.fields_cache) == set(theirs._state.fields_cache)
        ours.save()  # it knows that it is there


def inside(row: Model) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "_state"} | {
        "adding": row._state.adding, "db": row._state.db
    }  # fmt: skip


def test_a_fresh_row_is_what_its_model_makes_of_the_same_values(cast):
    unit = cast.drafted("The bridge is old.", "Daraja ni la zamani.")
    for model, values in (
        (Event, {"actor_id": cast.ada.pk, "verb": "try", "subject": "unit:1"}),
        (Event, {"actor": None, "verb": "try", "subject": "unit:1", "data": {"n": 1}}),
        (Translation, {"unit": unit, "content": {"text": "Daraja"}, "hash": "0", "origin": "human", "parent": unit.current, "author": cast.bola}),
    ):
        ours, theirs = fresh(model, **values), model(**values)
        made, expected = inside(ours) | {"db": None}, inside(theirs) | {"db": None}
        assert set(made) == set(expected) and ours._state.fields_cache == theirs._state.fields_cache
        filled_in = {name for name, value in expected.items() if isinstance(value, DatabaseDefault)}
        assert filled_in == {name for name, value in made.items() if isinstance(value, DatabaseDefault)}
        assert all(made[name] == value for name, value in expected.items() if name not in filled_in)
        ours.save()
        assert ours.pk and model.objects.get(pk=ours.pk) == ours
    assert fresh(Event).data is not fresh(Event).data


def test_no_model_of_ours_does_anything_when_it_is_read():
    """`Prepared` makes its instances without ``__init__``, ``from_db`` and Django's two signals."""
    ours = [one for one in apps.get_models() if one.__module__.split(".")[0] in ("core", "annotation", "pipelines")]
    assert all(one.__init__ is Model.__init__ and one.from_db.__func__ is Model.from_db.__func__ for one in ours)
    assert not any(signal.has_listeners(one) for one in ours for signal in (pre_init, post_init))


def test_the_values_differ_from_call_to_call(cast):
    member = Prepared(lambda: Member.objects.filter(dataset=Hole("dataset"), user=Hole("user")))
    for person in (cast.bola, cast.efe):
        assert member.first(dataset=cast.dataset.pk, user=person.pk) == cast.member(person)
    assert member.first(dataset=cast.other.pk, user=cast.bola.pk) is None


def test_constants_and_annotations_stay_what_they_are(cast):
    said = Concat(Value("100 % of '"), F("role"), Value("' %s"))
    member = Prepared(lambda: Member.objects.annotate(said=said).filter(role="expert", dataset=Hole("dataset")))
    assert [one.said for one in member.all(dataset=cast.dataset.pk)] == ["100 % of 'expert' %s"]


def test_postgresql_keeps_one_statement_whatever_the_values(cast):
    member = Prepared(lambda: Member.objects.filter(dataset=Hole("dataset"), pseudonym="kept", user=Hole("user")))
    with CaptureQueriesContext(connection) as queries:
        for person in (cast.bola, cast.bisi, cast.ben, cast.efe):
            member.first(dataset=cast.dataset.pk, user=person.pk)
    assert len(queries) == 4 and all("'kept'" in one["sql"] for one in queries)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%'kept'%"])
        assert cursor.fetchone() == (1,)


def test_an_appended_row_is_there_and_knows_what_the_database_filled_in(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        row = append(Event(actor=cast.ada, verb="try", subject="user:1", data={"text": "100 % 'ю'"}))
    found = Event.objects.get(pk=row.pk)
    assert (found.actor, found.verb, found.data, found.at) == (cast.ada, "try", {"text": "100 % 'ю'"}, row.at)


def test_a_row_with_a_moment_of_its_own_is_not_appended_without_it(cast):
    with pytest.raises(ValueError, match="its own at"):
        append(Event(verb="try", subject="user:1", at="2020-01-01T00:00Z"))


def note(cast, n: int) -> Event:
    return Event(actor=cast.ada, verb="try", subject="unit:1", scope="", data={"n": n})


def test_a_row_is_changed_only_from_where_it_was(cast):
    unit = cast.drafted("The bridge is old.", "Daraja ni la zamani.")
    text = unit.current
    assert change(unit, ("drafted",), note(cast, 1), status="verified", current=None)
    assert not change(unit, ("drafted",), note(cast, 2), status="rejected")
    unit.refresh_from_db()
    assert (unit.status, unit.current) == ("verified", None)
    assert change(unit, ("drafted", "verified"), note(cast, 3), status="drafted", current=text, reasons=[{"why": "100 % 'ю'"}])
    unit.refresh_from_db()
    assert (unit.status, unit.current, unit.reasons) == ("drafted", text, [{"why": "100 % 'ю'"}])
    assert [(one.data, one.actor) for one in Event.objects.filter(verb="try").order_by("pk")] == [({"n": n}, cast.ada) for n in (1, 3)]


def test_a_change_by_an_expression_is_the_same_change(cast):
    unit = cast.drafted("The bridge is old.", "Daraja ni la zamani.")
    assert change(unit, ("drafted",), note(cast, 1), status=Concat(Value("veri"), Value("fied")))
    assert not change(unit, ("drafted",), note(cast, 2), status=F("status"))
    assert Event.objects.get(verb="try").data == {"n": 1}
    unit.refresh_from_db()
    assert unit.status == "verified"


def test_many_rows_appended_together_know_each_its_own_key(cast, django_assert_num_queries):
    many = [Event(actor=cast.ada if n % 2 else None, verb="try", subject=f"user:{n}", data={"n": n, "text": "ю'\\%s"}) for n in range(300)]
    with django_assert_num_queries(1):
        append_all(many)
    found = Event.objects.in_bulk([row.pk for row in many])
    assert [(found[r.pk].subject, found[r.pk].data, found[r.pk].actor_id, found[r.pk].at) for r in many] == [
        (r.subject, r.data, r.actor_id, r.at) for r in many
    ]
    assert len(found) == 300 and not many[0]._state.adding
    append_all([])
