"""The glossary: terms come in one by one or by the file, each line for itself, and go; all of it leaves a trace."""

import pytest

from annotation.actions import terms
from annotation.models import Term
from core.errors import Invalid, Refused
from core.models import Event
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> world.World:
    return world.world()


def take(cast: world.World, text: str, tag: str = "my") -> terms.Taken:
    return terms.take_csv(cast.dataset, tag, text.encode(), by=cast.ada)


def test_a_file_without_names_of_columns_is_source_and_target(cast):
    taken = take(cast, "Ramses II,ရမ်စိ,\nUPS,ယူပီအက်စ်,\n")
    assert (taken.added, taken.changed, taken.same, taken.errors) == (2, 0, 0, [])
    assert list(Term.objects.order_by("source").values_list("source", "target", "locked")) == [
        ("Ramses II", "ရမ်စိ", False), ("UPS", "ယူပီအက်စ်", False),
    ]  # fmt: skip


def test_named_columns_may_stand_in_any_order(cast):
    take(cast, '\ufefftarget,locked,source,note\nMisri,yes,Egypt,"the country,\nnot the goddess"\n')
    made = Term.objects.get()
    assert (made.source, made.target, made.locked, made.note) == ("Egypt", "Misri", True, "the country,\nnot the goddess")


def test_lines_that_are_no_terms_are_told_by_number_and_the_others_come_in(cast):
    taken = take(cast, f'a,b\nlonely,\n\n"two\nlines",c\n,d\n{"x" * 201},e\ny,f,perhaps\na,z\n')
    assert taken.added == 2
    assert [one["line"] for one in taken.errors] == [2, 6, 7, 8, 9]
    assert [one["error"] for one in taken.errors] == [
        "target is missing", "source is missing", "source is longer than 200 characters",
        "locked is 'perhaps': write yes or no", "says of a something else than a line before",
    ]  # fmt: skip


def test_what_is_no_csv_is_told_and_what_stood_before_it_is_taken(cast):
    taken = take(cast, 'a,b\n"open,c\n')
    assert taken.added == 1 and taken.errors[0]["line"] == 2 and "CSV" in taken.errors[0]["error"]


def test_the_same_file_twice_changes_nothing_and_another_target_replaces(cast):
    take(cast, "a,b\nc,d\n")
    assert (take(cast, "a,b\nc,d\n").same, Event.objects.filter(verb="import_terms").count()) == (2, 1)
    taken = take(cast, "a,b\nc,e\n")
    assert (taken.changed, taken.same) == (1, 1)
    assert Term.objects.get(source="c").target == "e"


def test_a_file_in_another_encoding_is_refused_with_the_place(cast):
    with pytest.raises(Invalid, match="byte 2"):
        terms.take_csv(cast.dataset, "my", b"a,\xe9\n", by=cast.ada)


def test_a_language_the_dataset_has_not_is_refused(cast):
    with pytest.raises(Invalid, match="fr is no language"):
        take(cast, "a,b\n", "fr")


def test_a_term_is_agreed_on_and_dropped_and_both_are_on_record(cast):
    made = terms.add(cast.dataset, "sw", " Egypt ", "Misri", locked=True, by=cast.ada)
    assert (made.source, made.locked) == ("Egypt", True)
    terms.remove(made, by=cast.ada)
    assert not Term.objects.exists()
    told = Event.objects.filter(scope=f"dataset:{cast.dataset.pk}", verb__in=["agree", "drop"]).order_by("pk")
    assert [(one.verb, one.actor, one.data["target"]) for one in told] == [("agree", cast.ada, "Misri"), ("drop", cast.ada, "Misri")]


def test_a_term_without_target_is_refused_by_the_field(cast):
    with pytest.raises(Invalid) as refused:
        terms.add(cast.dataset, "sw", "Egypt", " ", by=cast.ada)
    assert refused.value.errors == {"target": "is missing"}


@pytest.mark.parametrize("who", ["bola", "efe", "zed", "olu"])
def test_only_managers_write_the_glossary(cast, who):
    made = terms.add(cast.dataset, "sw", "Egypt", "Misri", by=None)
    for act in (
        lambda by: terms.add(cast.dataset, "sw", "a", "b", by=by),
        lambda by: terms.take_csv(cast.dataset, "sw", b"a,b\n", by=by),
        lambda by: terms.remove(made, by=by),
    ):
        with pytest.raises(Refused):
            act(getattr(cast, who))
