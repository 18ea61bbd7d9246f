"""What a draft starts from: its item, what is around it, and what is usual in its dataset and language."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.actions import units
from annotation.models import Item, Reference, Unit
from pipelines.norms import ENOUGH, SAMPLE, norms
from pipelines.records import Draft, Found
from pipelines.starting import starts
from tests import world

pytestmark = pytest.mark.django_db

PASSAGES: dict[str, Any] = {
    "kinds": {
        "passage": {"fields": {"text": {"type": "text", "translate": True}, "source": {"type": "string", "required": False}}},
        "question": {
            "fields": {
                "passage": {"type": "ref", "kind": "passage"},
                "question": {"type": "text", "translate": True},
                "answer": {"type": "text", "translate": True},
            },
            "answer": "answer",
        },
    }
}


@pytest.fixture
def cast() -> world.World:
    made = world.world()
    made.dataset.schema = PASSAGES
    made.dataset.save()
    made.dataset.__dict__.pop("kinds", None)
    return made


def asked(cast: world.World, passage: Item, number: int, language: str = "sw") -> Unit:
    content = {"passage": passage.key, "question": f"Who is {number}?", "answer": "the fisherman"}
    question = world.item(cast.dataset, "question", content)
    Reference.objects.create(item=question, field="passage", target=passage)
    return Unit.objects.create(item=question, language=language)


def begun(cast: world.World, made: list[Unit]) -> list[Draft]:
    found = Unit.objects.filter(pk__in=[unit.pk for unit in made]).select_related("item", "current").order_by("pk")
    return [draft for _, draft in starts(cast.dataset, list(found))]


def given(unit: Unit, text: dict[str, Any], found: tuple[Found, ...] = ()) -> None:
    """The unit's present text, with findings."""
    unit.item.dataset = Item.objects.select_related("dataset").get(pk=unit.item_id).dataset
    translation = units.propose(unit, content=text, origin="imported", findings=found)
    Unit.objects.filter(pk=unit.pk).update(current=translation)


def test_a_question_knows_its_passage_and_its_translation(cast):
    passage = world.item(cast.dataset, "passage", {"text": "The fisherman sold his boat.", "source": "a book"})
    before = begun(cast, [asked(cast, passage, 1)])[0]
    assert before.around == {"passage": {"text": "The fisherman sold his boat."}}
    assert before.item["passage"] == passage.key and "passage" not in before.source
    given(Unit.objects.create(item=passage, language="sw"), {"text": "Mvuvi aliuza mashua yake."})
    given(Unit.objects.create(item=passage, language="my"), {"text": "တံငါသည်"})
    after = begun(cast, [asked(cast, passage, 2)])[0]
    assert after.around["passage"]["target"] == {"text": "Mvuvi aliuza mashua yake."}


def test_the_queries_do_not_grow_with_the_units(cast):
    passage = world.item(cast.dataset, "passage", {"text": "The fisherman sold his boat."})
    made = [asked(cast, passage, number) for number in range(12)]
    asked_for = []
    for few in (made[:2], made):
        units_ = list(Unit.objects.filter(pk__in=[u.pk for u in few]).select_related("item", "current"))
        with CaptureQueriesContext(connection) as queries:
            assert len(list(starts(cast.dataset, units_))) == len(few)
        asked_for.append(len(queries))
    assert asked_for[0] == asked_for[1] > 0


# --- what is usual -----------------------------------------------------------------------------------------------


def measured(cast: world.World, number: int, value: float | None, language: str = "sw") -> None:
    unit = Unit.objects.create(item=world.item(cast.dataset, "passage", {"text": f"Passage {number}"}), language=language)
    given(unit, {"text": f"Kifungu {number}"}, (Found("length", "ok", "length|v:2", value), Found("numbers", "ok", "numbers|v:2")))


def test_too_few_values_are_not_called_usual(cast):
    for number in range(20):
        measured(cast, number, 1.0)
    assert norms(cast.dataset, "sw") == {} and ENOUGH == 200 < SAMPLE


def test_percentiles_are_of_this_dataset_and_language_alone(cast, monkeypatch):
    monkeypatch.setattr("pipelines.norms.ENOUGH", 11)
    for number in range(11):
        measured(cast, number, number / 10)
        measured(cast, number + 100, 9.0, language="my")
    measured(cast, 50, None)
    found = norms(cast.dataset, "sw")
    assert set(found) == {"length"} and len(found["length"]) == 101
    assert (found["length"][0], found["length"][50], found["length"][100]) == (0.0, 0.5, 1.0)
    assert norms(cast.other, "sw") == {}
    passage = world.item(cast.dataset, "passage", {"text": "One more passage."})
    assert begun(cast, [Unit.objects.create(item=passage, language="sw")])[0].norms == found


def test_the_newest_texts_say_what_is_usual(cast, monkeypatch):
    monkeypatch.setattr("pipelines.norms.ENOUGH", 3)
    monkeypatch.setattr("pipelines.norms.SAMPLE", 3)
    for number, value in enumerate((5.0, 5.0, 1.0, 1.0, 1.0)):
        measured(cast, number, value)
    assert norms(cast.dataset, "sw")["length"][100] == 1.0
