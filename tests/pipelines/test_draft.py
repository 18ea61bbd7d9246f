"""Drafting: what becomes of units, their texts and findings, on good days and bad ones."""

import json
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotation.actions import units
from annotation.models import Finding, Translation, Unit
from core.errors import Invalid, Refused
from core.models import Event
from pipelines import engine
from pipelines.actions import drafts, runs
from pipelines.jobs import draft as draft_job
from pipelines.models import Generation, Run, RunItem
from pipelines.providers import provider
from pipelines.records import Found
from tests import llm_server, world
from tests.llm_server import Rule, sentences

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = sentences(12)
TEXTS = list(TABLE)


@pytest.fixture
def server(scripted) -> Iterator[llm_server.Server]:
    with scripted(llm_server.Script(table=dict(TABLE))) as running:
        yield running


@pytest.fixture
def cast() -> world.World:
    return world.world()


def sentence_units(cast: world.World, texts: list[str] = TEXTS) -> list[Unit]:
    return [world.unit(cast.sentence(text)) for text in texts]


def drafted(cast: world.World, **wishes: Any) -> Run:
    wishes = {"languages": ["sw"], "provider": provider("openai:some-model"), "audit": 0, "by": cast.ada} | wishes
    return runs.work_here(drafts.start(cast.dataset, **wishes))


def test_each_unit_gets_its_draft_with_its_findings(server, cast):
    made = sentence_units(cast)
    run = drafted(cast)
    assert run.status == Run.Status.DONE
    for unit in made:
        unit.refresh_from_db()
        assert (unit.status, unit.route, unit.reasons) == (Unit.Status.DRAFTED, "pass", [])
        assert unit.current.content == {"text": TABLE[unit.item.content["text"]]}
    text = made[0].current
    assert (text.origin, text.author) == ("machine", None)
    assert text.made_by["translate"].startswith("openai:some-model|prompt:translate:")
    assert text.made_by["back_translation"] == made[0].item.content
    assert text.made_by["run"] == run.pk
    assert Generation.objects.filter(request_hash=text.made_by["translate_request"], outcome="ok").exists()
    found = {one.check_name: one for one in text.findings.all()}
    assert set(found) == {
        "placeholders", "numbers", "characters", "script", "language_id", "length", "unchanged", "repeated", "negation", "bleu", "chrf",
    }  # fmt: skip
    assert found["chrf"].value == 100 and "|norm:nfc" in found["chrf"].signature
    assert Event.objects.filter(subject=f"unit:{made[0].pk}", verb="draft").count() == 1


def test_every_attempt_is_kept_and_the_best_is_the_draft(server, cast):
    unit = sentence_units(cast, TEXTS[:1])[0]
    server.script.rules.append(Rule(prompt="translate", replace=("100", "1000"), times=1))
    run = drafted(cast)
    unit.refresh_from_db()
    wrong, right = unit.translations.order_by("pk")
    assert [wrong.made_by["attempt"], right.made_by["attempt"]] == [0, 1]
    assert wrong.findings.get(check_name="numbers").verdict == "fail"
    assert (unit.current, unit.route) == (right, "pass")
    assert "translate_again" in right.made_by["translate"]
    assert drafts.result(run)["redone"] == 1


def test_three_bad_attempts_go_to_people_with_the_reasons(server, cast):
    unit = sentence_units(cast, TEXTS[:1])[0]
    server.script.rules.append(Rule(prompt="translate", replace=("100", "1000")))
    drafted(cast)
    unit.refresh_from_db()
    assert unit.translations.count() == 3
    assert (unit.status, unit.route) == (Unit.Status.DRAFTED, "people")
    assert unit.reasons[0] == "100 of the source became 1000."


def test_a_question_goes_in_one_request_with_its_options(server, cast):
    unit = world.unit(cast.question(TEXTS[0], TEXTS[1:4]))
    drafted(cast)
    unit.refresh_from_db()
    assert unit.current.content == {"stem": TABLE[TEXTS[0]], "options": [TABLE[text] for text in TEXTS[1:4]]}
    assert [one["data"] for one in server.asked if one["prompt"] == "translate"] == [{"stem": TEXTS[0], "options": TEXTS[1:4]}]


def test_the_same_text_in_two_units_is_paid_once(server, cast):
    sentence_units(cast, [TEXTS[0], TEXTS[0]])
    run = drafted(cast)
    assert len(server.asked) == 2
    assert drafts.result(run)["cached"] == 2


def test_drafting_again_does_nothing_and_costs_nothing(server, cast):
    sentence_units(cast)
    drafted(cast)
    asked = len(server.asked)
    assert runs.summary(drafted(cast)).total == 0
    assert len(server.asked) == asked


def test_an_item_that_was_done_and_not_noted_costs_nothing_the_second_time(server, cast):
    """The worker died between its calls and the end of its item: the answers are on record."""
    sentence_units(cast)
    run = drafts.start(cast.dataset, languages=["sw"], provider=provider("openai:some-model"), by=None)
    runs.work_here(run)
    paid = len(server.asked)
    Unit.objects.update(status="new", current=None, route="")
    Run.objects.update(status="running")
    RunItem.objects.update(status="waiting", result={})
    runs.work_here(run)
    assert len(server.asked) == paid
    assert Unit.objects.filter(status="drafted").count() == len(TEXTS)


def test_an_imported_text_is_checked_and_translated_back_and_stays(server, cast):
    unit = sentence_units(cast, TEXTS[:1])[0]
    imported = world.translation(unit, TABLE[TEXTS[0]].replace("100", "1000"), origin="imported")
    Unit.objects.filter(pk=unit.pk).update(status="drafted", current=imported)
    drafted(cast)
    unit.refresh_from_db()
    assert unit.current == imported and unit.translations.count() == 1
    assert (unit.route, unit.reasons[0]) == ("people", "100 of the source became 1000.")
    assert imported.findings.get(check_name="chrf").detail.startswith("What came back: “")
    assert [one["prompt"] for one in server.asked] == ["back_translate"]
    drafted(cast)
    assert len(server.asked) == 1


def test_imported_texts_are_left_alone_on_request(server, cast):
    unit = sentence_units(cast, TEXTS[:1])[0]
    imported = world.translation(unit, TABLE[TEXTS[0]], origin="imported")
    Unit.objects.filter(pk=unit.pk).update(status="drafted", current=imported)
    assert runs.summary(drafted(cast, existing="skip")).total == 0


def test_a_person_who_was_faster_is_not_overwritten(server, cast):
    """Somebody wrote the text while the model was asked: theirs stays, the machine's is kept as a proposal."""
    unit = sentence_units(cast, TEXTS[:1])[0]
    run = drafts.start(cast.dataset, languages=["sw"], provider=provider("openai:some-model"), by=None)
    original = draft_job._write

    def person_first(*given: Any) -> None:
        unit.refresh_from_db()
        theirs = units.propose(unit, content={"text": "Basi la zamani."}, origin="human", author=cast.bola)
        units.adopt(unit, theirs, by=None)
        original(*given)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(draft_job, "_write", person_first)
        runs.work_here(run)
    unit.refresh_from_db()
    assert unit.current.content == {"text": "Basi la zamani."} and unit.translations.count() == 2
    assert drafts.result(run)["overtaken"] == 1


def test_a_unit_decided_after_the_plan_costs_nothing(server, cast):
    unit = sentence_units(cast, TEXTS[:1])[0]
    run = drafts.start(cast.dataset, languages=["sw"], provider=provider("openai:some-model"), by=None)
    world.drafted(unit, "Basi la zamani.")
    runs.work_here(run)
    assert server.asked == [] and drafts.result(run)["overtaken"] == 1


def test_a_refused_item_is_given_up_and_the_others_are_drafted(server, cast):
    made = sentence_units(cast)
    server.script.rules.append(Rule(text="number 103 ", refusal="I will not."))
    run = drafted(cast)
    far = runs.summary(run)
    assert (run.status, far.done, far.dead) == (Run.Status.DONE, 11, 1)
    assert far.errors == {"refusal": (1, "The model refused: “I will not.”")}
    assert far.outcomes == {"ok": 22, "refusal": 2}
    made[3].refresh_from_db()
    assert (made[3].status, made[3].current) == (Unit.Status.NEW, None)


def test_a_refused_key_stops_the_run_with_one_message_and_resumes(server, cast):
    sentence_units(cast)
    server.script.rules.append(Rule(status=401))
    run = drafted(cast)
    assert run.status == Run.Status.STOPPED and "HTTP 401" in run.message
    server.script.rules.clear()
    runs.resume(run, by=cast.ada)
    assert runs.work_here(run).status == Run.Status.DONE
    assert Unit.objects.filter(status="drafted").count() == len(TEXTS)


def test_a_long_wait_puts_the_whole_run_to_sleep_and_kills_nothing(server, cast):
    sentence_units(cast)
    server.script.rules.append(Rule(status=429, headers={"Retry-After": "3600"}, times=1))
    run = drafts.start(cast.dataset, languages=["sw"], provider=provider("openai:some-model"), by=None)
    engine.work(run.pk)
    waiting = run.items.filter(status="waiting")
    assert waiting.exists() and not waiting.filter(not_before=None).exists()
    assert set(waiting.values_list("attempts", flat=True)) == {0} and engine.due() == []


def test_an_item_whose_draft_cannot_be_kept_is_given_up_alone(server, cast):
    bad = world.unit(world.item(cast.dataset, "question", {"stem": " ", "options": [" "], "answer": 0}))
    sentence_units(cast)
    far = runs.summary(drafted(cast))
    assert (far.done, far.dead) == (len(TEXTS), 1) and "Invalid" in far.errors
    bad.refresh_from_db()
    assert bad.status == Unit.Status.NEW


def test_the_demos_recordings_say_that_they_are_recorded(cast):
    text = "The night ferry carried 15 buses across the lake before sunrise."
    unit = world.unit(cast.sentence(text))
    drafted(cast, provider=provider("replay:demo"))
    unit.refresh_from_db()
    assert unit.current.origin == Translation.Origin.RECORDED
    assert unit.current.made_by["translate"].startswith("replay:recorded:demo|prompt:translate:")


def test_only_the_operator_may_name_a_transcript_by_its_path(cast, tmp_path):
    with pytest.raises(Refused, match="command line"):
        drafted(cast, provider=provider(f"replay:{tmp_path}"))


def test_only_a_manager_drafts(server, cast):
    for person in (cast.bola, cast.efe, cast.zed, cast.olu):
        with pytest.raises(Refused):
            drafted(cast, by=person)


def test_what_the_dataset_does_not_have_is_refused_by_name(server, cast):
    with pytest.raises(Invalid, match="fr: no language of this dataset"):
        drafted(cast, languages=["fr"])
    with pytest.raises(Invalid, match="unknown kind 'poem'"):
        drafted(cast, kinds=["poem"])


def test_a_limit_takes_the_oldest_and_a_kind_only_its_own(server, cast):
    made = sentence_units(cast)
    world.unit(cast.question(TEXTS[0], TEXTS[1:3]))
    drafted(cast, kinds=["sentence"], limit=2)
    assert list(Unit.objects.filter(status="drafted").order_by("pk")) == made[:2]


def test_the_command_prints_what_came_of_it(server, cast):
    sentence_units(cast)
    server.script.rules.append(Rule(text="number 103 ", prompt="translate", replace=("103", "300"), times=1))
    out = StringIO()
    wishes = ("--lang", "sw", "--provider", "openai:some-model", "--audit", "0")
    call_command("draft", "xnli", *wishes, "--json", stdout=out, stderr=StringIO())
    said = json.loads(out.getvalue().splitlines()[-1])
    assert (said["units"], said["passed"], said["people"], said["dead"], said["redone"]) == (12, 12, 0, 0, 1)
    assert said["calls"] == len(server.asked) == 26 and said["tokens"]["prompt"] > 0
    assert said["findings"]["numbers"] == {"ok": 12}
    assert (
        Decimal(said["cost"]) == 0
        and said["unpriced"] == ["some-model"]
        and said["status"] == "done"
        and said["run"] == Run.objects.get().pk
    )


def test_the_command_refuses_in_one_line(cast):
    with pytest.raises(CommandError, match="There is no dataset 'none'"):
        call_command("draft", "none", "--lang", "sw", "--provider", "replay:demo")


def test_findings_of_a_text_are_on_record_once_for_each_signature(cast):
    unit = world.drafted(world.unit(cast.sentence("Go.")), "Nenda.")
    for _ in range(2):
        units.note(unit.current, [Found("numbers", "ok", "numbers|v:1")])
    units.note(unit.current, [Found("numbers", "warn", "numbers|v:2")])
    assert Finding.objects.filter(translation=unit.current).count() == 2


def test_a_text_of_the_wrong_shape_is_no_translation(cast):
    unit = world.unit(cast.question("Which?", ["one", "two"]))
    with pytest.raises(Invalid, match="options has 1 entries where the source has 2"):
        units.propose(unit, content={"stem": "Ipi?", "options": ["moja"]}, origin="human")


def test_a_localised_draft_says_so(server, cast):
    unit = sentence_units(cast, TEXTS[:1])[0]
    told = {"item": {"text": "Basi la Neema husimama sokoni."}, "changes": [{"before": "bus", "after": "Neema", "why": "name"}]}
    server.script.rules.append(Rule(text=TEXTS[0], content=json.dumps(told)))
    job = draft_job.DraftJob(languages=["sw"], provider=provider("openai:some-model").spec(), steps=["localise", "route"])
    runs.work_here(runs.start(cast.dataset, job, by=cast.ada))
    unit.refresh_from_db()
    assert (unit.current.origin, unit.current.content) == ("localised", told["item"])
    assert unit.current.made_by["localised"] == told["changes"]
