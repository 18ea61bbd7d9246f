"""What people write anew becomes an item of its own, once, when it is accepted; and what they name is there."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from annotation.actions import assignments, campaigns, natives
from annotation.models import Item, Reference, Task, Translation, Unit
from core.errors import Invalid
from core.models import Event
from pipelines.gate import gate
from tests.world import drafted, item, unit, world

QUESTIONS = [
    {"type": "text", "name": "stem", "text": "The question"},
    {"type": "rows", "name": "options", "text": "Options", "columns": [{"type": "text", "name": "option", "text": "Option"}], "least": 2},
    {"type": "label", "name": "answer", "text": "Which is right?", "options": {"0": "The first", "1": "The second"}},
]
WRITTEN = {"stem": "Nani?", "options": [{"option": "Paka"}, {"option": "Mbwa"}], "answer": "1"}


@pytest.fixture
def cast():
    return world()


def writing(cast, **plan):
    """A campaign that asks for a multiple-choice question about a sentence."""
    cast.drafted("Write about cats.", "Andika kuhusu paka.")
    asked = {"name": "free_writing", "params": {"kind": "question", "questions": QUESTIONS}}
    plan = {"task_type": asked, "verification": "none", "languages": ["sw"], "admission": {"kinds": ["sentence"]}} | plan
    campaign = campaigns.create(cast.dataset, slug="write", name="Write", by=cast.ada, **plan)
    campaigns.open_campaign(campaign, by=cast.ada)
    return campaign


def say(campaign, who, answers):
    return assignments.submit(assignments.claim(campaign, by=who), {"answers": answers}, by=who, key=f"k-{who}")


@pytest.mark.django_db
def test_an_accepted_text_is_a_native_item_with_its_author_on_record(cast):
    campaign = writing(cast)
    given = say(campaign, cast.bola, WRITTEN)
    made = Item.objects.get(origin="native")
    assert (made.kind, made.language, made.content) == ("question", "sw", {"stem": "Nani?", "options": ["Paka", "Mbwa"], "answer": 1})
    event = Event.objects.get(verb="write")
    assert (event.actor, event.data["submission"], event.subject) == (cast.bola, given.pk, f"item:{made.pk}")
    own, other = Unit.objects.get(item=made, language="sw"), Unit.objects.get(item=made, language="my")
    assert (own.status, own.current.content["stem"], other.status) == ("verified", "Nani?", "new")
    assert (own.current.origin, own.current.author) == (Translation.Origin.HUMAN, cast.bola)
    assert gate(cast.dataset, languages=["sw"])["languages"]["sw"]["question"]["ready"] == 1


@pytest.mark.django_db
def test_two_settles_make_one(cast):
    campaign = writing(cast)
    say(campaign, cast.bola, WRITTEN)
    task = Task.objects.get(campaign=campaign)
    assert natives.make(task) == natives.make(task) == Item.objects.get(origin="native")
    assert Event.objects.filter(verb="write").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_settles_at_once_make_one(cast, monkeypatch):
    campaign = writing(cast)
    with monkeypatch.context() as later:
        later.setattr(natives, "make", lambda task: None)
        say(campaign, cast.bola, WRITTEN)

    def make(_number: int) -> int:
        try:
            with transaction.atomic():
                return natives.make(Task.objects.select_related("campaign__dataset").get(campaign=campaign)).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(make, range(4)))
    assert len(made) == 1 == Item.objects.filter(origin="native").count()


@pytest.mark.django_db
def test_what_is_not_accepted_makes_no_item(cast):
    say(writing(cast, effects=[{"do": "reject"}]), cast.bola, WRITTEN)
    assert not Item.objects.filter(origin="native").exists()


@pytest.mark.django_db
def test_an_expert_looks_at_what_was_written_before_it_is_an_item(cast):
    campaign = writing(cast, verification="all")
    say(campaign, cast.bola, WRITTEN)
    assert not Item.objects.filter(origin="native").exists()
    mine = assignments.claim(campaign, by=cast.efe)
    assert mine.stage == "adjudicate"
    own = {"answers": WRITTEN | {"stem": "Ni nani?"}}
    assignments.submit(mine, {"own": own}, by=cast.efe, key="e")
    made = Item.objects.get(origin="native")
    assert made.content["stem"] == "Ni nani?" and Event.objects.get(verb="write").actor == cast.efe


@pytest.mark.django_db
@pytest.mark.parametrize(("wrong", "field"), [({"options": [{"option": " "}] * 2}, "answers.options"), ({"stem": ""}, "answers.stem")])
def test_what_is_no_record_of_its_kind_is_refused_beside_its_box(cast, wrong, field):
    with pytest.raises(Invalid) as refused:
        say(writing(cast), cast.bola, WRITTEN | wrong)
    assert set(refused.value.errors) == {field}


@pytest.mark.django_db
def test_a_reference_must_be_there(cast):
    asked = {"name": "free_writing", "params": {"kind": "pair", "questions": [
        {"type": "text", "name": "premise", "text": "Key"}, {"type": "text", "name": "hypothesis", "text": "Key"},
        {"type": "label", "name": "label", "text": "Label", "options": ["entailment", "neutral"]}]}}  # fmt: skip
    campaign = writing(cast, task_type=asked)
    cast.sentence("A cat.", key="s1")
    pair = {"premise": "s1", "hypothesis": "s9", "label": "neutral"}
    with pytest.raises(Invalid, match="answers.hypothesis names 's9', and there is no such sentence"):
        say(campaign, cast.bola, pair)
    say(campaign, cast.bola, pair | {"hypothesis": "s1"})
    assert Reference.objects.filter(item__origin="native").count() == 2


@pytest.mark.django_db
def test_the_chosen_entity_is_an_item_of_the_terminology(cast):
    drafted(unit(item(cast.dataset, "sentence", {"text": "The heart beats."}, "s1")), {"text": "Moyo hupiga."})
    item(cast.dataset, "pair", {"label": "neutral"}, "heart")
    asked = {"name": "entity_linking", "params": {"kind": "pair"}}
    campaign = campaigns.create(
        cast.dataset, slug="link", name="Link", task_type=asked, verification="none", by=cast.ada, admission={"kinds": ["sentence"]},
        overlap=2,
    )  # fmt: skip
    campaigns.open_campaign(campaign, by=cast.ada)
    for key in ("s1", "", "\ufeffheart"):
        with pytest.raises(Invalid, match="answers.entity"):
            say(campaign, cast.bola, {"entity": key})
    say(campaign, cast.bola, {"entity": "heart"})
    say(campaign, cast.bisi, {"entity": "NIL"})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"name": "entity_linking", "params": {"kind": "nothing"}}, "task_type.kind|'nothing'"),
        ({"name": "free_writing", "params": {"kind": "question"}}, "text is no field"),
        ({"name": "custom", "params": {"fields": [{"name": "stem"}], "questions": QUESTIONS[:1]}}, "fields.0.name 'stem' is no field of sentence"),
        (
            {"name": "custom", "params": {"questions": [{"type": "cells", "name": "c", "text": "?", "of": "source.rows"}]}},
            "questions.0 'rows' is no field of sentence",
        ),
        ({"name": "relabel", "params": {}}, "questions.0 has nothing to choose among in sentence"),
        ({"name": "label", "params": {}}, "questions.0 has nothing to choose among in sentence"),
    ],
)
def test_a_campaign_that_asks_about_what_is_not_there_is_refused(cast, asked, why):
    with pytest.raises(Invalid, match=why):
        writing(cast, task_type=asked)


@pytest.mark.django_db
def test_records_that_are_asked_about_because_nobody_chose_are_looked_at_too(cast):
    """Without kinds every text is asked about: sentences have no label to choose, pairs have."""
    with pytest.raises(Invalid, match="nothing to choose among in sentence. Say under admission.kinds"):
        writing(cast, task_type={"name": "relabel"}, admission={})
    assert writing(cast, task_type={"name": "relabel"}, admission={"kinds": ["pair"]}).status == "live"
