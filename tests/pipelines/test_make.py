"""Making items: each once, with where it comes from, whatever happens to the workers; what was refused is told."""

import json
from decimal import Decimal
from io import StringIO
from itertools import count

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from annotation.models import Dataset, Item, Making, Reference, Translation, Unit
from core.errors import Invalid, Refused
from pipelines import engine, making
from pipelines.actions import drafts, makings, runs
from pipelines.models import Generation, Run, RunItem
from pipelines.providers import provider
from tests import llm_server, world
from tests.llm_server import Rule

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = {
    "passage": {"fields": {"text": {"type": "text", "translate": True}}},
    "query": {
        "fields": {
            "query": {"type": "text", "translate": True},
            "about": {"type": "ref", "kind": "passage"},
            "rank": {"type": "number", "required": False},
        }
    },
    "triple": {"fields": {"triples": {"type": "table", "translate": True}, "about": {"type": "ref", "kind": "passage"}}},
    "answered": {
        "fields": {
            "passage": {"type": "ref", "kind": "passage"},
            "frage": {"type": "text", "translate": True},
            "answer": {"type": "text", "translate": True},
            "spans": {"type": "spans", "of": "answer", "required": False},
            "model": {"type": "string"},
        }
    },
    "open": {"fields": {"passage": {"type": "ref", "kind": "passage"}, "frage": {"type": "text", "translate": True}, "answer": {"type": "string"}}},
    "asked": {
        "fields": {
            "frage": {"type": "text", "translate": True},
            "antwort": {"type": "string"},
            "difficulty": {"type": "label", "labels": ["easy", "hard"]},
            "doc": {"type": "string"},
        }
    },
}
QUERIES = ["Basi husimama wapi?", "saa za basi", "basi kuukuu"]


@pytest.fixture
def server(scripted):
    with scripted(llm_server.Script()) as running:
        says(running, queries=QUERIES)
        yield running


def says(server, **answer) -> None:
    """From now on every answer is this."""
    server.script.rules[:] = [Rule(content=json.dumps(answer, ensure_ascii=False))]


@pytest.fixture
def cast():
    made = world.world()
    Dataset.objects.filter(pk=made.dataset.pk).update(schema={"kinds": world.SCHEMA["kinds"] | KINDS})
    made.dataset.refresh_from_db()
    made.dataset.__dict__.pop("kinds", None)
    return made


def passages(cast, n: int = 2) -> list[Item]:
    found = [world.item(cast.dataset, "passage", {"text": f"Bus {at} stops at the market."}, f"p{at}") for at in range(n)]
    for one in found:
        for tag in world.TARGETS:
            world.unit(one, tag)
    return found


def start(cast, step="generate_queries", **wishes) -> Run:
    wishes = {"source": "passage", "kind": "query", "languages": ["sw"], "by": cast.ada, "provider": provider("openai:some-model")} | wishes
    return makings.start(cast.dataset, step, **wishes)


def made(cast, *args, **wishes) -> makings.Result:
    run = runs.work_here(start(cast, *args, **wishes))
    assert run.status == Run.Status.DONE and not runs.summary(run).errors
    return makings.result(run)


def test_each_passage_gets_its_queries_and_they_know_where_they_come_from(server, cast):
    one, other = passages(cast)
    found = made(cast)
    assert (found.made, found.there, found.refused) == (6, 0, 0)
    queries = Item.objects.filter(kind="query").order_by("key")
    assert [query.content["query"] for query in queries[:3]] == QUERIES
    first = queries[0]
    assert (first.language, first.origin, first.split, first.content["about"]) == ("sw", "made", one.split, one.key)
    assert Reference.objects.get(item=first).target == one
    assert first.making.source == one and first.making.made_by["step"] == "generate_queries|v:1|field:|n:3"
    assert first.making.made_by["by"].startswith("openai:some-model|prompt:generate_queries:")
    assert Generation.objects.filter(request_hash__in=first.making.made_by["requests"], outcome="ok").count() == 1
    assert {query.making.source for query in queries} == {one, other}


def test_what_is_made_in_a_target_language_is_a_draft_there_that_people_look_at(server, cast):
    passages(cast, 1)
    made(cast)
    [unit] = Unit.objects.filter(item=Item.objects.filter(kind="query").first())
    assert (unit.language, unit.status, unit.route) == ("sw", "drafted", "people") and unit.reasons
    assert (unit.current.content, unit.current.origin) == ({"query": QUERIES[0]}, "machine")


def test_what_is_made_in_the_source_language_is_to_be_translated_like_any_source(server, cast):
    passages(cast, 1)
    made(cast, languages=["en"])
    units = Unit.objects.filter(item__kind="query")
    assert {(unit.language, unit.status) for unit in units} == {("sw", "new"), ("my", "new")} and units.count() == 6


def test_the_same_again_pays_nothing_and_makes_nothing_twice(server, cast):
    passages(cast)
    made(cast)
    before = set(Item.objects.values_list("key", flat=True))
    again = made(cast)
    assert (again.made, again.there, again.cached, server.calls) == (0, 6, 2, 2)
    assert set(Item.objects.values_list("key", flat=True)) == before
    assert Making.objects.count() == Translation.objects.count() == 6


def test_control_with_keys_that_are_not_stable_everything_is_there_twice(server, cast, monkeypatch):
    numbers = count()
    monkeypatch.setattr(making, "digest", lambda _: f"{next(numbers):010}")
    passages(cast)
    made(cast)
    assert made(cast).made == 6
    assert Item.objects.filter(kind="query").count() == 12


def test_another_model_another_parameter_and_another_language_make_items_of_their_own(server, cast):
    passages(cast, 1)
    made(cast)
    assert made(cast, provider=provider("openai:other-model")).made == 3
    assert made(cast, {"name": "generate_queries", "params": {"n": 2}}).made == 2  # the third was not asked for
    assert made(cast, languages=["my"]).made == 3


class Killed(BaseException):
    """The worker is gone."""


def killed_once(monkeypatch) -> None:
    """The first worker dies when its items are written and its run items are not finished yet."""
    finish = engine.EngineLease.finish

    def dies(self, results):
        monkeypatch.setattr(engine.EngineLease, "finish", finish)
        raise Killed

    monkeypatch.setattr(engine.EngineLease, "finish", dies)
    # Nobody gets to give anything back: the lease just runs out.
    monkeypatch.setattr(engine, "_give_back", lambda held: RunItem.objects.filter(pk__in=held.items).update(lease_until="2020-01-01T00:00Z"))


def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(server, cast, monkeypatch):
    passages(cast, 4)
    run = start(cast)
    killed_once(monkeypatch)
    with pytest.raises(Killed):
        engine.work(run.pk)
    assert not Item.objects.filter(kind="query").exists()
    assert runs.work_here(run).status == Run.Status.DONE
    found = makings.result(run)
    assert (found.made, found.there) == (12, 0) and server.calls == 4
    assert Item.objects.filter(kind="query").count() == Making.objects.count() == Unit.objects.filter(item__kind="query").count() == 12


def test_control_without_stable_keys_and_one_transaction_a_killed_workers_items_are_doubled(server, cast, monkeypatch):
    numbers = count()
    monkeypatch.setattr(making, "digest", lambda _: f"{next(numbers):010}")
    passages(cast, 4)
    run = start(cast)
    killed_once(monkeypatch)
    # The items are committed before the run items are finished.
    monkeypatch.setattr(engine.EngineLease, "writing_all", in_the_open)
    with pytest.raises(Killed):
        engine.work(run.pk)
    runs.work_here(run)
    assert Item.objects.filter(kind="query").count() > 12


class in_the_open:  # noqa: N801 - stands in for a context manager
    """`writing_all` without its transaction."""

    def __init__(self, items):
        self.items = list(items)

    def __enter__(self):
        return self.items

    def __exit__(self, *_):
        return None


def test_an_item_the_model_refuses_is_given_up_and_the_others_are_made(server, cast):
    passages(cast, 3)
    server.script.rules.insert(0, Rule(text="Bus 1 ", refusal="I will not."))
    run = runs.work_here(start(cast))
    assert (run.status, makings.result(run).made) == (Run.Status.DONE, 6)
    assert [(item.payload["item"], item.error_class) for item in run.items.filter(status="dead")] == [(Item.objects.get(key="p1").pk, "refusal")]


def test_a_budget_that_cannot_be_kept_is_refused_before_anything_runs(server, cast):
    with pytest.raises(Invalid, match="no price"):
        start(cast, budget=Decimal(1))


def test_a_refused_part_is_told_and_the_others_keep_their_numbers(server, cast):
    passages(cast, 1)
    says(server, queries=["Wapi?", "WAPI?", "Lini?"])
    found = made(cast)
    assert (found.made, found.refused) == (2, 1)
    assert found.reasons == [("p0", "sw", "Query 2 says what one before it says: “WAPI?”.")]
    assert [one.made_by["number"] for one in Making.objects.order_by("pk")] == [1, 3]


def test_fields_go_where_they_are_told_and_what_has_no_field_is_kept_beside(server, cast):
    passages(cast, 1)
    pair = {"number": 1, "question": "Wapi?", "answer": "Sokoni"}
    says(server, pairs=[pair])
    step = {"name": "generate_qa", "params": {"difficulties": {"easy": "one fact"}, "short": 1.0}}
    fields = {"question": "frage", "answer": "antwort", "source": "doc"}
    assert made(cast, step, kind="asked", fields=fields).made == 1
    item = Item.objects.get(kind="asked")
    assert item.content == {"frage": "Wapi?", "antwort": "Sokoni", "difficulty": "easy", "doc": "p0"}
    says(server, summary="Bus 0 stops.", query="Wapi basi?")
    made(cast, "summarise_then_ask")
    assert Item.objects.get(kind="query").making.made_by["beside"] == {"summary": "Bus 0 stops."}


def test_what_is_no_valid_item_is_refused_with_the_field_and_the_reason(server, cast):
    passages(cast, 1)
    says(server, pairs=[{"number": 1, "question": "Wapi?", "answer": "Sokoni"}])
    step = {"name": "generate_qa", "params": {"difficulties": {"odd": "no label of the kind"}}}
    found = made(cast, step, kind="asked", fields={"question": "frage", "answer": "antwort", "source": "doc"})
    assert (found.made, found.refused) == (0, 1) and "difficulty unknown label 'odd'" in found.reasons[0][2]


def test_an_item_of_a_text_is_localised_and_is_the_twin_of_its_source(server, cast):
    [passage] = passages(cast, 1)
    says(server, item={"text": "Daladala 0 husimama sokoni."}, changes=[{"before": "Bus", "after": "Daladala", "why": "what it is called"}])
    assert made(cast, "localise", kind="").made == 1
    twin = Item.objects.exclude(pk=passage.pk).get(kind="passage")
    assert (twin.origin, twin.language, twin.making.source) == ("localised", "sw", passage)
    unit = twin.units.get()
    assert (unit.current.origin, unit.current.content) == ("localised", {"text": "Daladala 0 husimama sokoni."})


def test_a_translation_is_read_as_it_is_now_and_units_without_one_are_passed_over(server, cast):
    one, _ = passages(cast)
    world.drafted(one.units.get(language="sw"), "Basi husimama sokoni.")
    says(server, triples=[{"subject": "Basi", "relation": "husimama", "object": "sokoni"}])
    assert made(cast, "extract_triples", kind="triple").made == 1
    item = Item.objects.get(kind="triple")
    assert (item.language, item.content["triples"], item.making.source) == ("sw", [["Basi", "husimama", "sokoni"]], one)


def test_a_chain_of_makings_ends_in_marked_answers_of_two_models_over_one_passage(server, cast):
    """PsiloQA: questions of a passage, answers of models that do not see it, and what of those is made up."""
    [passage] = passages(cast, 1)
    says(server, pairs=[{"number": 1, "question": "Basi husimama wapi?", "answer": "Sokoni"}])
    easy = {"name": "generate_qa", "params": {"difficulties": {"easy": "one fact"}}}
    assert made(cast, easy, kind="open", fields={"question": "frage"}).made == 1
    says(server, answer="Husimama bandarini.")
    two = {"name": "answer_without_context", "params": {"field": "frage", "models": ["", "openai:another-model"]}}
    assert made(cast, two, source="open", kind="answered").made == 2
    says(server, marked="Husimama [HAL]bandarini[/HAL].")
    marks = {"name": "mark_spans", "params": {"field": "answer"}}
    assert made(cast, marks, source="answered", kind="").made == 2
    shown = server.asked[-1]["data"]["beside"]
    assert shown["passage"] == passage.content and shown["frage"] == "Basi husimama wapi?"
    ends = Item.objects.filter(kind="answered", content__has_key="spans")
    assert {end.content["model"] for end in ends} == {"openai:some-model", "openai:another-model"}
    for end in ends:
        assert end.content["spans"] == [{"start": 9, "end": 18, "label": "HAL"}] and end.content["passage"] == passage.key
        assert end.making.source.making.source.making.source == passage
        assert end.units.get(language="sw").current.content["spans"] == end.content["spans"]


def test_a_step_that_asks_no_model_needs_no_provider(cast):
    cast.dataset.languages.create(tag="hi")
    cast.dataset.languages.create(tag="hi-Latn")
    [passage] = passages(cast, 1)
    world.drafted(world.unit(passage, "hi"), "बस बाज़ार में रुकती है।")
    found = made(cast, "transliterate", kind="", languages=["hi"], provider=None)
    assert found.made == 1 and not Generation.objects.exists()
    twin = Item.objects.exclude(pk=passage.pk).get(kind="passage")
    assert (twin.language, twin.content) == ("hi-Latn", {"text": "basa bāzāra mēṁ rukatī hai."})


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"step": "numbers"}, "makes no items"),
        ({"kind": "sentence"}, "no field of these names"),
        ({"kind": "asked", "fields": {"query": "frage"}}, "Nothing would fill antwort"),
        ({"fields": {"query": "nowhere"}}, "has no field 'nowhere'"),
        ({"languages": ["fr"]}, "fr: no language of this dataset"),
        ({"languages": []}, "which languages"),
        ({"provider": None}, "asks a model"),
        ({"step": "transliterate", "kind": "", "languages": ["my"]}, "my-Latn: no language"),
        ({"step": "preference_pair", "kind": "passage", "fields": {"chosen": "text"}}, "needs a judge"),
        ({"source": "nothing"}, "unknown kind"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_runs(cast, wishes, said):
    with pytest.raises(Invalid, match=said):
        start(cast, **wishes)
    assert not Run.objects.exists()


def test_only_managers_make_items(cast):
    with pytest.raises(Refused):
        start(cast, by=cast.bola)


def test_where_an_item_comes_from_is_never_changed(server, cast):
    passages(cast, 1)
    made(cast)
    with pytest.raises(DatabaseError, match="append-only"):
        Making.objects.update(made_by={})


def test_a_drafting_takes_no_step_that_makes_items(cast):
    with pytest.raises(ValueError, match="makes items"):
        drafts.DraftJob(languages=["sw"], provider=provider("replay:demo").spec(), steps=["generate_queries"])


def test_the_command_tells_what_came_of_it(server, cast):
    passages(cast, 1)
    out = StringIO()
    line = ["make", "xnli", "generate_queries", "--source", "passage", "--kind", "query", "--lang", "sw", "--set", "n=3"]
    call_command(*line, "--provider", "openai:some-model", "--json", stdout=out, stderr=StringIO())
    told = json.loads(out.getvalue().splitlines()[-1])
    assert (told["status"], told["made"], told["refused"], told["calls"]) == ("done", 3, 0, 1)
    out = StringIO()
    call_command("make", "xnli", "--list", "--json", stdout=out, stderr=StringIO())
    assert "localise" in json.loads(out.getvalue().splitlines()[-1])["steps"]
    with pytest.raises(CommandError, match="which step"):
        call_command("make", "xnli", stdout=StringIO(), stderr=StringIO())
