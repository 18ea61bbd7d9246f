"""The round-trip report: a sample goes there and back, no text is kept, and the boxes are those of the numbers."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from annotation.models import Finding, Translation, Unit
from core.errors import Invalid, Refused
from pipelines import round_trips
from pipelines.actions import drafts, runs
from pipelines.actions import round_trips as actions
from pipelines.models import Generation, Run, RunItem
from pipelines.providers import provider
from tests import llm_server, world
from tests.llm_server import Rule, sentences

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = sentences(12)


@pytest.fixture
def server(scripted):
    with scripted(llm_server.Script(table=dict(TABLE))) as running:
        yield running


@pytest.fixture
def cast():
    made = world.world()
    for text in TABLE:
        item = made.sentence(text)
        world.unit(item, "sw")
        world.unit(item, "my")
    return made


def reported(cast, **wishes) -> Run:
    wishes = {"languages": ["sw", "my"], "provider": provider("openai:some-model"), "by": cast.ada, "n": 5} | wishes
    return runs.work_here(actions.start(cast.dataset, **wishes))


def test_a_sample_of_each_language_goes_there_and_back_and_no_text_is_kept(server, cast):
    run = reported(cast)
    assert (run.status, run.items.count(), run.items.filter(status="done").count()) == ("done", 10, 10)
    assert not Translation.objects.exists() and not Finding.objects.exists()
    assert set(Unit.objects.values_list("status", flat=True)) == {"new"}
    found = round_trips.report(run)
    assert {(box.name, box.n) for box in found.of("chrf")[0]} == {("sw", 5), ("my", 5)}
    assert {(box.name, box.n) for box in found.of("ter")[1]} == {("Bantu", 5), ("Sino-Tibetan", 5)}
    assert all(box.median == 100 for box in found.of("bleu")[0]) and all(box.median == 0 for box in found.of("ter")[0])
    assert "|norm:nfc" in found.signatures["bleu"][0] and not found.recorded


def test_the_sample_is_drawn_by_the_seed_and_is_the_same_sources_in_every_language(server, cast):
    def drawn(run):
        units = Unit.objects.in_bulk([item.payload["unit"] for item in run.items.all()])
        return {tag: {u.item_id for u in units.values() if u.language == tag} for tag in ("sw", "my")}

    first, again, other = (drawn(reported(cast, seed=seed)) for seed in (0, 0, 1))
    assert first == again and first["sw"] == first["my"] and first != other


def test_what_the_report_has_paid_for_the_drafting_is_spared(server, cast):
    reported(cast, languages=["sw"], n=12)
    calls = Generation.objects.count()
    run = runs.work_here(drafts.start(cast.dataset, languages=["sw"], provider=provider("openai:some-model"), by=cast.ada))
    assert run.status == "done" and Generation.objects.count() == calls == 24


def test_what_does_not_come_back_is_counted_and_in_no_box(server, cast):
    server.script.rules.append(Rule(prompt="back_translate", refusal="I will not.", times=2))
    run = reported(cast, languages=["sw"], n=1)
    found = round_trips.report(run)
    assert (found.asked, found.failed, found.languages) == (1, 1, [])


def test_the_boxes_are_the_quartiles_of_the_numbers(cast):
    run = Run.objects.create(dataset=cast.dataset, job={"name": "round_trip_report", "params": {"provider": "x"}})
    run.job["params"]["provider"] = {"name": "replay", "params": {"transcript": "demo"}}
    for tag, values in {"sw": [10, 20, 30, 40, 50], "zu": [90], "my": [70]}.items():
        for value in values:
            scores = {"chrf": value, "bleu": value, "ter": 0, "signatures": dict.fromkeys(("chrf", "bleu", "ter"), "s")}
            RunItem.objects.create(run=run, status="done", result={"language": tag, "recorded": True} | scores)
    found = round_trips.report(run)
    swahili = found.of("chrf")[0][0]
    assert (swahili.low, swahili.q1, swahili.median, swahili.q3, swahili.high, swahili.mean) == (10, 20, 30, 40, 50, 30)
    assert [box.name for box in found.of("chrf")[0]] == ["sw", "my", "zu"]  # the lowest median first
    bantu = next(box for box in found.of("chrf")[1] if box.name == "Bantu")
    assert (bantu.n, bantu.median, bantu.high) == (6, 35, 90) and found.recorded


def test_every_family_has_languages_we_know_and_no_language_two():
    assert round_trips.family("sw") == "Bantu" and round_trips.family("zh-Hant") == "Sino-Tibetan"
    assert round_trips.family("tlh") == "other"
    table = round_trips._families()
    assert len(table) > 120 and all(round_trips.family(tag) == name for tag, name in table.items())


def test_only_managers_start_one_and_only_for_the_datasets_languages(cast):
    with pytest.raises(Refused):
        reported(cast, by=cast.bola)
    with pytest.raises(Invalid, match="no language of this dataset"):
        reported(cast, languages=["fr"], provider=provider("replay:demo"))


def test_the_command_prints_the_distributions(server, cast):
    out = StringIO()
    wishes = ("--lang", "sw", "--lang", "my", "--provider", "openai:some-model", "--n", "3")
    call_command("round_trip_report", "xnli", *wishes, "--json", stdout=out, stderr=StringIO())
    said = json.loads(out.getvalue().splitlines()[-1])
    assert (said["status"], said["asked"], said["failed"]) == ("done", 6, 0)
    assert {(box["name"], box["n"]) for box in said["languages"]} == {("sw", 3), ("my", 3)}
